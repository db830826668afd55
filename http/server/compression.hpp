#pragma once
// Large answers travel compressed to who can read that (RFC 9110 §8.4). Pure functions.

#include <cstdint>
#include <string>
#include <string_view>

namespace palabre::http {

enum class coding : std::uint8_t { identity, gzip, brotli };
/// "gzip", "br"; "identity".
std::string_view name_of(coding c);

/// What an Accept-Encoding header asks for: of what we speak the one with the greatest q, brotli where they are alike.
coding preferred_coding(std::string_view accept_encoding);

constexpr std::size_t compressed_bytes_min = 1'400;      ///< what fits into one packet gains nothing
constexpr std::size_t compressed_bytes_max = 256 * 1024; ///< it is done between two requests of others: 5 ms

/// Fast levels: a chat's answers are made for one reader. Empty: it could not be done.
std::string compressed(coding how, std::string_view body);

} // namespace palabre::http

#pragma once
// SHA-256 and HMAC-SHA-256, by OpenSSL.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace palabre {

using sha256_digest = std::array<std::uint8_t, 32>;

sha256_digest sha256(std::string_view bytes);
sha256_digest hmac_sha256(std::string_view key, std::string_view bytes);

/// The first 16 bytes, where 128 bits are enough to tell things apart (stream names, idempotency).
using short_digest = std::array<std::uint8_t, 16>;
short_digest shortened(const sha256_digest& digest);

/// Takes the same time wherever they differ. Different lengths are different at once.
bool equal_in_constant_time(std::string_view a, std::string_view b);

template <std::size_t N>
std::string_view as_bytes(const std::array<std::uint8_t, N>& digest) {
  return {reinterpret_cast<const char*>(digest.data()), N};
}

std::string to_hex(std::string_view bytes);
/// RFC 4648 §5, without padding.
std::string to_base64url(std::string_view bytes);
/// Empty when `text` is not such a form (as for an empty one).
std::string from_base64url(std::string_view text);

} // namespace palabre

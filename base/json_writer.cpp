#include "base/json_writer.hpp"

#include "base/text_in_place.hpp"

#include <charconv>
#include <cstring>

namespace palabre {
namespace {

constexpr std::uint64_t ones = 0x0101010101010101, high_bits = ones * 0x80;

/// Whether one of eight bytes is zero.
constexpr std::uint64_t has_zero(std::uint64_t bytes) {
  return (bytes - ones) & ~bytes & high_bits;
}

/// How many bytes from `at` on are surely plain, found eight at a time; the next few have to be looked at.
std::size_t plain_bytes(std::string_view text, std::size_t at) {
  const std::size_t begun = at;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, text.data() + at, 8);
    const std::uint64_t control = (bytes - ones * 0x20) & ~bytes & high_bits;
    if ((control | has_zero(bytes ^ ones * '"') | has_zero(bytes ^ ones * '\\')) != 0) break;
  }
  return at - begun;
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0; // first byte not yet copied
  for (std::size_t i = plain_bytes(text, 0); i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default:
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    }
    i += plain_bytes(text, i + 1);
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

void append_json_int(std::string& out, std::int64_t value) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

char* write_decimal(char* at, std::uint64_t value) {
  return std::to_chars(at, at + decimal_bytes_max, value).ptr;
}

void append_json_uint(std::string& out, std::uint64_t value) {
  char digits[decimal_bytes_max];
  out.append(digits, write_decimal(digits, value));
}

} // namespace palabre

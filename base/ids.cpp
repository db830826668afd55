#include "base/ids.hpp"

#include "base/assert.hpp"

#include <openssl/rand.h>

namespace palabre {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

} // namespace

void append_text(std::string& out, const uuid& id) {
  char text[uuid_text_bytes];
  char* at = text;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
    *at++ = hex_digits[id.bytes[i] >> 4];
    *at++ = hex_digits[id.bytes[i] & 15];
  }
  out.append(text, uuid_text_bytes);
}

std::string to_text(const uuid& id) {
  std::string text;
  append_text(text, id);
  return text;
}

std::optional<uuid> parse_uuid(std::string_view text) {
  if (text.size() != uuid_text_bytes) return std::nullopt;
  uuid id;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      if (text[at++] != '-') return std::nullopt;
    const int high = nibble(text[at]), low = nibble(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    at += 2;
  }
  return id;
}

uuid randomness::next_id(timestamp now) {
  uuid id;
  fill(id.bytes.data() + 6, 10);
  for (int i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(now.ms >> (40 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0F));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
  return id;
}

void system_randomness::fill(std::uint8_t* out, std::size_t size) {
  PALABRE_ASSERT(RAND_bytes(out, static_cast<int>(size)) == 1);
}

} // namespace palabre

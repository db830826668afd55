#include "base/ids.hpp"

#include "base/assert.hpp"
#include "base/text_in_place.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <cstring>

namespace palabre {
namespace {

/// The two digits of each byte, one behind the other.
constexpr std::array<char, 512> hex_pairs = [] {
  constexpr char digits[] = "0123456789abcdef";
  std::array<char, 512> pairs{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    pairs[2 * byte] = digits[byte >> 4];
    pairs[2 * byte + 1] = digits[byte & 15];
  }
  return pairs;
}();

constexpr std::uint8_t no_digit = 0x80;

/// What a hexadecimal digit is worth. Every id of every event is read by it.
constexpr std::array<std::uint8_t, 256> hex_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::uint8_t i = 0; i < 10; ++i) values['0' + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) values['a' + i] = values['A' + i] = 10 + i;
  return values;
}();

std::uint8_t hex_value(char digit) {
  return hex_values[static_cast<unsigned char>(digit)];
}

void fetch(std::uint8_t* out, std::size_t size) {
  PALABRE_ASSERT(RAND_bytes(out, static_cast<int>(size)) == 1);
}

/// Of one thread. What was taken is not here any more.
class fetched_ahead {
public:
  static constexpr std::size_t bytes_max = 64; ///< that are taken at a time

  ~fetched_ahead() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  void take(std::uint8_t* out, std::size_t size) {
    if (bytes_.size() - taken_ < size) {
      fetch(bytes_.data(), bytes_.size());
      taken_ = 0;
    }
    std::memcpy(out, bytes_.data() + taken_, size);
    OPENSSL_cleanse(bytes_.data() + taken_, size);
    taken_ += size;
  }

private:
  std::array<std::uint8_t, 1024> bytes_{};
  std::size_t taken_ = sizeof bytes_;
};

} // namespace

char* write_text(char* at, const uuid& id) {
  const auto write = [&](std::size_t first, std::size_t end) {
#pragma GCC unroll 6
    for (std::size_t i = first; i < end; ++i, at += 2) std::memcpy(at, &hex_pairs[2 * std::size_t{id.bytes[i]}], 2);
  };
  write(0, 4);
  *at++ = '-';
  write(4, 6);
  *at++ = '-';
  write(6, 8);
  *at++ = '-';
  write(8, 10);
  *at++ = '-';
  write(10, 16);
  return at;
}

void append_text(std::string& out, const uuid& id) {
  char text[uuid_text_bytes];
  write_text(text, id);
  out.append(text, uuid_text_bytes);
}

std::string to_text(const uuid& id) {
  std::string text;
  append_text(text, id);
  return text;
}

std::optional<uuid> parse_uuid(std::string_view text) {
  if (text.size() != uuid_text_bytes) return std::nullopt;
  if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return std::nullopt;
  uuid id;
  std::size_t at = 0;
  std::uint8_t strange = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    const std::uint8_t high = hex_value(text[at]), low = hex_value(text[at + 1]);
    strange |= high | low;
    id.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    at += 2;
  }
  if ((strange & no_digit) != 0) return std::nullopt;
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
  if (size > fetched_ahead::bytes_max) return fetch(out, size);
  thread_local fetched_ahead ahead;
  ahead.take(out, size);
}

} // namespace palabre

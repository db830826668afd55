#include "base/digest.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>

namespace palabre {
namespace {

/// OpenSSL 3 looks an algorithm up on each one-shot call, which costs more than hashing a record: keep both per thread.
struct hasher {
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

} // namespace

sha256_digest sha256(std::string_view bytes) {
  thread_local hasher h;
  sha256_digest digest;
  PALABRE_ASSERT(EVP_DigestInit_ex2(h.context.get(), h.algorithm.get(), nullptr) == 1);
  PALABRE_ASSERT(EVP_DigestUpdate(h.context.get(), bytes.data(), bytes.size()) == 1);
  PALABRE_ASSERT(EVP_DigestFinal_ex(h.context.get(), digest.data(), nullptr) == 1);
  return digest;
}

sha256_digest hmac_sha256(std::string_view key, std::string_view bytes) {
  // RFC 2104, on the hash above: HMAC() of OpenSSL 3 costs ten times as much for short input.
  std::array<std::uint8_t, 64> inner{}, outer{};
  sha256_digest folded;
  if (key.size() > inner.size()) {
    folded = sha256(key);
    key = as_bytes(folded);
  }
  for (std::size_t i = 0; i < inner.size(); ++i) {
    const std::uint8_t k = i < key.size() ? static_cast<std::uint8_t>(key[i]) : 0;
    inner[i] = k ^ 0x36;
    outer[i] = k ^ 0x5C;
  }
  std::string message{as_bytes(inner)};
  message += bytes;
  const sha256_digest first = sha256(message);
  message.assign(as_bytes(outer));
  message += as_bytes(first);
  return sha256(message);
}

short_digest shortened(const sha256_digest& digest) {
  short_digest out;
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_hex(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char c : bytes) {
    text += digits[c >> 4];
    text += digits[c & 15];
  }
  return text;
}

namespace {

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint32_t no_letter = 1u << 31;

/// What each letter is worth as the first, second, third or fourth of four.
constexpr std::array<std::array<std::uint32_t, 256>, 4> base64_values = [] {
  std::array<std::array<std::uint32_t, 256>, 4> values{};
  for (std::uint32_t place = 0; place < 4; ++place) {
    values[place].fill(no_letter);
    for (std::uint32_t i = 0; i < base64_alphabet.size(); ++i)
      values[place][static_cast<unsigned char>(base64_alphabet[i])] = i << (18 - 6 * place);
  }
  return values;
}();

} // namespace

/// Every sealed payload goes through these two: three bytes and four letters at a time.
std::string to_base64url(std::string_view bytes) {
  std::string text((bytes.size() * 4 + 2) / 3, '\0');
  char* out = text.data();
  std::uint32_t pending = 0;
  std::size_t in = 0;
  const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(bytes[i])}; };
  for (; in + 3 <= bytes.size(); in += 3) {
    pending = byte(in) << 16 | byte(in + 1) << 8 | byte(in + 2);
    for (const int shift : {18, 12, 6, 0}) *out++ = base64_alphabet[pending >> shift & 63];
  }
  const std::size_t left = bytes.size() - in;
  if (left == 0) return text;
  pending = byte(in) << 16 | (left == 2 ? byte(in + 1) << 8 : 0);
  *out++ = base64_alphabet[pending >> 18 & 63];
  *out++ = base64_alphabet[pending >> 12 & 63];
  if (left == 2) *out++ = base64_alphabet[pending >> 6 & 63];
  return text;
}

std::string from_base64url(std::string_view text) {
  const std::size_t left = text.size() % 4;
  if (left == 1) return {};
  const std::size_t size = text.size() * 3 / 4;
  std::string bytes(size + 1, '\0'); // three bytes are written as four
  char* out = bytes.data();
  const auto value = [&](std::size_t i, std::size_t place) {
    return base64_values[place][static_cast<unsigned char>(text[i])];
  };
  std::uint32_t strange = 0; // the bit of no_letter, if any was one
  std::size_t in = 0;
  for (; in + 4 <= text.size(); in += 4) {
    const std::uint32_t three = value(in, 0) | value(in + 1, 1) | value(in + 2, 2) | value(in + 3, 3);
    strange |= three;
    set_int<std::uint32_t>(out, three << 8);
    out += 3;
  }
  if (left > 0) {
    const std::uint32_t three = value(in, 0) | value(in + 1, 1) | (left == 3 ? value(in + 2, 2) : 0);
    strange |= three;
    *out++ = static_cast<char>(three >> 16);
    if (left == 3) *out++ = static_cast<char>(three >> 8);
    if ((left == 2 ? three & 0xFFFF : three & 0xFF) != 0) return {}; // bits that no byte has
  }
  if ((strange & no_letter) != 0) return {};
  bytes.resize(size);
  return bytes;
}

} // namespace palabre

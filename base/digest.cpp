#include "base/digest.hpp"

#include "base/assert.hpp"

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

std::string to_base64url(std::string_view bytes) {
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t pending = 0;
  int bits = 0;
  for (const unsigned char c : bytes) {
    pending = pending << 8 | c;
    for (bits += 8; bits >= 6; bits -= 6) text += alphabet[pending >> (bits - 6) & 63];
  }
  if (bits > 0) text += alphabet[pending << (6 - bits) & 63];
  return text;
}

std::string from_base64url(std::string_view text) {
  std::string bytes;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char c : text) {
    int value;
    if (c >= 'A' && c <= 'Z')
      value = c - 'A';
    else if (c >= 'a' && c <= 'z')
      value = c - 'a' + 26;
    else if (c >= '0' && c <= '9')
      value = c - '0' + 52;
    else if (c == '-')
      value = 62;
    else if (c == '_')
      value = 63;
    else
      return {};
    pending = pending << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(pending >> bits & 255);
    }
  }
  if (bits == 6 || (pending & ((1u << bits) - 1)) != 0) return {};
  return bytes;
}

} // namespace palabre

#pragma once
// AES-256-GCM: bytes that only their key opens, and only beside the same additional bytes. By libsodium, or OpenSSL
// where that has no such cipher (aead_portable.hpp); the same bytes.

#include "base/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace palabre::storage {

inline constexpr std::size_t aead_key_bytes = 32, aead_nonce_bytes = 12, aead_tag_bytes = 16;
using aead_nonce = std::array<std::uint8_t, aead_nonce_bytes>;

/// Secret bytes, gone from memory with this object.
class aead_key {
public:
  /// Requires: 32 bytes.
  explicit aead_key(std::string_view bytes);
  ~aead_key();
  aead_key(const aead_key&) = delete;
  aead_key& operator=(const aead_key&) = delete;
  std::string_view bytes() const { return as_view_; }
  const unsigned char* data() const { return bytes_.data(); }

private:
  std::array<std::uint8_t, aead_key_bytes> bytes_;
  std::string_view as_view_;
};

/// nonce | ciphertext | tag. Requires: a nonce that was never used with this key. Threads: any.
std::string aead_seal(const aead_key& key, const aead_nonce& nonce, std::string_view beside, std::string_view plain);

/// Errors: corrupt: not what was sealed with this key, or not beside these bytes. Threads: any.
result<std::string> aead_open(const aead_key& key, std::string_view beside, std::string_view sealed);

} // namespace palabre::storage

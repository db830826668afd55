#include "storage/aead.hpp"

#include "base/assert.hpp"
#include "storage/aead_portable.hpp"

#include <openssl/crypto.h>
#include <sodium.h>

#include <cstring>

namespace palabre::storage {
namespace {

/// Where it is, libsodium takes a third of OpenSSL's time (docs/decisions/sealing_with_libsodium.md).
bool is_in_hardware() {
  static const bool is = sodium_init() >= 0 && crypto_aead_aes256gcm_is_available() == 1;
  return is;
}

const unsigned char* begin_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* place_in(std::string& text, std::size_t offset) {
  return reinterpret_cast<unsigned char*>(text.data() + offset);
}

/// Requires: sealed has at least a nonce and a tag.
std::optional<std::string> open_by_libsodium(const aead_key& key, std::string_view beside, std::string_view sealed) {
  const std::string_view hidden = sealed.substr(aead_nonce_bytes);
  std::string plain(hidden.size() - aead_tag_bytes, '\0');
  const int done = crypto_aead_aes256gcm_decrypt(place_in(plain, 0), nullptr, nullptr, begin_of(hidden), hidden.size(),
                                                 begin_of(beside), beside.size(), begin_of(sealed), key.data());
  if (done != 0) return std::nullopt;
  return plain;
}

static_assert(aead_key_bytes == crypto_aead_aes256gcm_KEYBYTES && aead_nonce_bytes == crypto_aead_aes256gcm_NPUBBYTES &&
              aead_tag_bytes == crypto_aead_aes256gcm_ABYTES);

} // namespace

aead_key::aead_key(std::string_view bytes) {
  PALABRE_ASSERT(bytes.size() == bytes_.size());
  std::memcpy(bytes_.data(), bytes.data(), bytes_.size());
  as_view_ = {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
}

aead_key::~aead_key() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

std::string aead_seal(const aead_key& key, const aead_nonce& nonce, std::string_view beside, std::string_view plain) {
  if (!is_in_hardware()) return aead_seal_portably(key, nonce, beside, plain);
  std::string sealed(reinterpret_cast<const char*>(nonce.data()), nonce.size());
  sealed.resize(nonce.size() + plain.size() + aead_tag_bytes);
  const int done = crypto_aead_aes256gcm_encrypt(place_in(sealed, nonce.size()), nullptr, begin_of(plain), plain.size(),
                                                 begin_of(beside), beside.size(), nullptr, nonce.data(), key.data());
  PALABRE_ASSERT(done == 0); // it has no reason to fail
  return sealed;
}

result<std::string> aead_open(const aead_key& key, std::string_view beside, std::string_view sealed) {
  if (sealed.size() < aead_nonce_bytes + aead_tag_bytes) return error{errc::corrupt, "a seal that is too short"};
  auto plain = is_in_hardware() ? open_by_libsodium(key, beside, sealed) : aead_open_portably(key, beside, sealed);
  if (!plain) return error{errc::corrupt, "the seal does not open: not these bytes, or not here"};
  return std::move(*plain);
}

} // namespace palabre::storage

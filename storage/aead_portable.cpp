#include "storage/aead_portable.hpp"

#include "base/assert.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstring>
#include <memory>

namespace palabre::storage {
namespace {

using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

/// OpenSSL 3 looks an algorithm up on each use by name, and a context that is told its algorithm again is made anew:
/// both cost more than sealing a message. Kept per thread, and told key and nonce only.
cipher_context context_for(int sealing) {
  const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> algorithm{
      EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), &EVP_CIPHER_free};
  cipher_context context{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
  PALABRE_ASSERT(algorithm && context);
  PALABRE_ASSERT(EVP_CipherInit_ex2(context.get(), algorithm.get(), nullptr, nullptr, sealing, nullptr) == 1);
  return context;
}

const unsigned char* input(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* output(std::string& text, std::size_t offset) {
  return reinterpret_cast<unsigned char*>(text.data() + offset);
}
int size_of(std::string_view text) {
  return static_cast<int>(text.size()); // an event is far below 2 GiB
}

} // namespace

std::string aead_seal_portably(const aead_key& key, const aead_nonce& nonce, std::string_view beside,
                               std::string_view plain) {
  thread_local const cipher_context own = context_for(1);
  EVP_CIPHER_CTX* const context = own.get();
  std::string sealed(reinterpret_cast<const char*>(nonce.data()), nonce.size());
  sealed.resize(nonce.size() + plain.size() + aead_tag_bytes);
  int size = 0;
  bool done = EVP_EncryptInit_ex2(context, nullptr, key.data(), nonce.data(), nullptr) == 1 &&
              EVP_EncryptUpdate(context, nullptr, &size, input(beside), size_of(beside)) == 1 &&
              EVP_EncryptUpdate(context, output(sealed, nonce.size()), &size, input(plain), size_of(plain)) == 1;
  unsigned char* const tag = output(sealed, nonce.size() + plain.size());
  done = done && EVP_EncryptFinal_ex(context, tag, &size) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, aead_tag_bytes, tag) == 1;
  PALABRE_ASSERT(done); // it has no reason to fail but memory
  return sealed;
}

std::optional<std::string> aead_open_portably(const aead_key& key, std::string_view beside, std::string_view sealed) {
  PALABRE_ASSERT(sealed.size() >= aead_nonce_bytes + aead_tag_bytes);
  thread_local const cipher_context own = context_for(0);
  EVP_CIPHER_CTX* const context = own.get();
  const std::string_view hidden = sealed.substr(aead_nonce_bytes, sealed.size() - aead_nonce_bytes - aead_tag_bytes);
  std::array<unsigned char, aead_tag_bytes> tag;
  std::memcpy(tag.data(), sealed.data() + sealed.size() - tag.size(), tag.size());
  std::string plain(hidden.size(), '\0');
  int size = 0;
  const bool begun = EVP_DecryptInit_ex2(context, nullptr, key.data(), input(sealed), nullptr) == 1 &&
                     EVP_DecryptUpdate(context, nullptr, &size, input(beside), size_of(beside)) == 1 &&
                     EVP_DecryptUpdate(context, output(plain, 0), &size, input(hidden), size_of(hidden)) == 1 &&
                     EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), tag.data()) == 1;
  PALABRE_ASSERT(begun);
  unsigned char nothing[aead_tag_bytes];
  if (EVP_DecryptFinal_ex(context, nothing, &size) != 1) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return std::nullopt;
  }
  return plain;
}

} // namespace palabre::storage

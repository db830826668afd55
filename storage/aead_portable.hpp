#pragma once
// AES-256-GCM by OpenSSL, on any processor: what aead_seal and aead_open do where libsodium has no such cipher, which
// is everywhere but on x86 with AES-NI and PCLMULQDQ.

#include "storage/aead.hpp"

namespace palabre::storage {

/// As aead_seal. Threads: any.
std::string aead_seal_portably(const aead_key& key, const aead_nonce& nonce, std::string_view beside,
                               std::string_view plain);

/// As aead_open; nullopt: it does not open. Requires: sealed has at least a nonce and a tag. Threads: any.
std::optional<std::string> aead_open_portably(const aead_key& key, std::string_view beside, std::string_view sealed);

} // namespace palabre::storage

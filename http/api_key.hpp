#pragma once
#include "http/api.hpp"

#include <string>
#include <vector>

namespace palabre::http {

/// Whether `c` brings a key of which `hashes` (SHA-256 in lower-case hex) has the hash: by the header X-API-Key, or
/// `Authorization: apikey KEY`. Every hash is compared, in constant time.
bool opens(const std::vector<std::string>& hashes, const call& c);

/// The hash of the key that `c` brings; empty: none, or one too short to be one (limits::api_key_bytes_min).
std::string hash_of_key(const call& c);
bool holds_hash(const std::vector<std::string>& hashes, const std::string& hash);

} // namespace palabre::http

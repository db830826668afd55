#pragma once
// The server's own keys: files in DIR/secrets, made on the first start, mode 0600.

#include "base/ids.hpp"
#include "base/result.hpp"

#include <string>

namespace palabre::app {

struct secrets {
  std::string token_key; ///< signs access tokens
  std::string name_key; ///< HMACs of logins, share codes and idempotency keys; a new one would make all of them unknown
};

/// Reads DIRECTORY/secrets/{token,name}.key, or makes them where there are none.
/// Errors: io; invalid: a file that others can read, or that holds less than 32 bytes; the context names it.
result<secrets> load_or_make_secrets(const std::string& directory, randomness& random);

} // namespace palabre::app

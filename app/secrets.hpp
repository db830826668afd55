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

/// Reads DIRECTORY/secrets/{token,name}.key. A missing token key is made (people log in again); a missing name key only
/// if `is_new`: nobody has a name yet. Errors: io; invalid: a file that others can read, that holds less than 32 bytes,
/// or is missing; the context names it.
result<secrets> load_secrets(const std::string& directory, bool is_new, randomness& random);

/// The secret that another system signs its users' tokens with: the bytes of the file, without one line end behind
/// them. Empty for no path. Errors: io; invalid: others can read it, or it holds less than 32 bytes.
result<std::string> load_foreign_token_key(const std::string& path);

} // namespace palabre::app

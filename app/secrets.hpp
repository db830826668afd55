#pragma once
// The server's own keys: files in DIR/secrets, made on the first start, mode 0600. Those of people's words are not here
// (storage/key_ring.hpp), but the master key that wraps them is.

#include "base/ids.hpp"
#include "base/result.hpp"

#include <string>
#include <vector>

namespace palabre::app {

struct secrets {
  std::string token_key; ///< signs access tokens
  std::string name_key; ///< HMACs of logins, share codes and idempotency keys; a new one would make all of them unknown
};

/// Reads DIRECTORY/secrets/{token,name}.key. A missing token key is made (people log in again); a missing name key only
/// if `is_new`: nobody has a name yet. Errors: io; invalid: a file that others can read, that holds less than 32 bytes,
/// or is missing; the context names it.
result<secrets> load_secrets(const std::string& directory, bool is_new, randomness& random);

/// DIRECTORY/secrets/master.key, which wraps the keys of DIRECTORY/keys, and, if a rotation was interrupted, the one
/// that was to take its place. A missing one is made only if `may_make`: nothing is wrapped yet. Errors: as
/// load_secrets.
result<std::vector<std::string>> load_master_keys(const std::string& directory, bool may_make, randomness& random);
/// Makes the key that is to take the master key's place, beside it. Errors: io.
result<std::string> make_next_master_key(const std::string& directory, randomness& random);
/// The ring turned out to be wrapped by the `used`-th of load_master_keys: that one stays. Errors: io.
result<void> settle_master_key(const std::string& directory, std::size_t used);

/// The secret that another system signs its users' tokens with: the bytes of the file, without one line end behind
/// them. Empty for no path. Errors: io; invalid: others can read it, or it holds less than 32 bytes.
result<std::string> load_foreign_token_key(const std::string& path);

} // namespace palabre::app

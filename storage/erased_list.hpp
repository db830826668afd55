#pragma once
// The file `erased`: whose key was destroyed, or is to be. It only grows, and it goes to where backups are restored.

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

#include <string>
#include <vector>

namespace palabre::storage {

struct erased_user {
  std::uint32_t key_id = 0;
  user_id user;
  timestamp time; ///< when it was noted
  friend bool operator==(const erased_user&, const erased_user&) = default;
};

/// All entries, oldest first; a torn one at the end is left out. No file: none. Errors: corrupt, io.
result<std::vector<erased_user>> read_erased(const std::string& path);

/// Adds an entry behind the whole ones, synced. Errors: io.
result<void> append_erased(const std::string& path, const std::vector<erased_user>& known, const erased_user& entry);

} // namespace palabre::storage

#pragma once
// Files that hold what others must not read.

#include "base/result.hpp"
#include "storage/synced_file.hpp"

#include <string>
#include <sys/stat.h>

namespace palabre::app {

/// What such a file must be.
struct file_rules {
  mode_t closed = 077; ///< nobody has these permissions
  std::size_t bytes_max = 4096;
};

/// All of it. Errors: io; invalid: it is open to others, or larger; the context names the path and, for the first, the
/// chmod that mends it.
result<std::string> read_private(const storage::file_handle& file, const std::string& path,
                                 const file_rules& rules = {});

} // namespace palabre::app

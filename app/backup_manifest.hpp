#pragma once
// The file manifest.json of a backup, and of the keys that go with it: what belongs to it, and what it must be.

#include "app/running_digest.hpp"
#include "base/position.hpp"

#include <map>

namespace palabre::app {

struct backup_manifest {
  std::string what;                      ///< "log" or "keys"
  std::string palabre;                   ///< the version that made it
  std::string taken_at;                  ///< RFC 3339
  std::string epoch;                     ///< of the log
  position head;                         ///< of the log in the backup
  std::string head_hash;                 ///< of the record there, in hexadecimal; zeros for an empty log
  std::map<std::string, file_sum> files; ///< by path below the directory, without the manifest itself
};

/// Sums up what lies below `directory` and writes the manifest there. Not synced. Errors: io.
result<void> write_manifest(const std::string& directory, backup_manifest manifest);

/// Errors: not_found: there is none; corrupt: it is none; from_the_future: of another format; io.
result<backup_manifest> read_manifest(const std::string& directory);

/// Copies what the manifest in `from` names into `to`, and holds each file against it.
/// Errors: corrupt: a file is missing, or not what was backed up; the context names it. io.
result<void> copy_backup(const backup_manifest& manifest, const std::string& from, const std::string& to);

} // namespace palabre::app

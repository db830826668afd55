#pragma once
#include "base/result.hpp"

#include <string>

namespace palabre::storage {

/// Keeps a stopped log from being opened for writing by anyone, as long as it lives. Threads: one.
class log_lock {
public:
  /// Errors: io: another process, or another part of this one, has it; or the directory is not there.
  static result<log_lock> take(const std::string& directory);
  log_lock(log_lock&& other) noexcept;
  ~log_lock();

private:
  explicit log_lock(void* lock) : lock_(lock) {}
  void* lock_; ///< a rocksdb::FileLock; null: moved from
};

/// Makes a copy of a log that RocksDB cannot open (its list of files is damaged or gone), and lets RocksDB make a new
/// list from the files there are. What comes out can be opened for reading and may lack records, or hold ones that were
/// never acked: whoever reads it holds each record against its predecessor. `damaged` stays as it is.
/// Requires: `copy` is not there. Errors: io, corrupt: not even that; what was begun may be left in `copy`.
result<void> repair_copy(const std::string& damaged, const std::string& copy);

} // namespace palabre::storage

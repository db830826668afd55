#include "storage/log_repair.hpp"

#include "storage/rocksdb_instance.hpp"
#include "storage/rocksdb_options.hpp"

#include <rocksdb/env.h>

#include <filesystem>
#include <utility>

namespace palabre::storage {

namespace fs = std::filesystem;

result<log_lock> log_lock::take(const std::string& directory) {
  rocksdb::FileLock* lock = nullptr;
  const auto locked = rocksdb::Env::Default()->LockFile(directory + "/LOCK", &lock);
  if (!locked.ok()) return error{errc::io, directory + " is in use: " + locked.ToString()};
  return log_lock{lock};
}

log_lock::log_lock(log_lock&& other) noexcept : lock_(std::exchange(other.lock_, nullptr)) {}

log_lock::~log_lock() {
  if (lock_ != nullptr)
    rocksdb::Env::Default()->UnlockFile(static_cast<rocksdb::FileLock*>(lock_)).PermitUncheckedError();
}

result<void> repair_copy(const std::string& damaged, const std::string& copy) {
  std::error_code failed;
  fs::create_directories(copy, failed);
  for (const auto& file : fs::directory_iterator(damaged, failed)) {
    const std::string target = copy + "/" + file.path().filename().string();
    if (file.path().filename() == "LOCK" || !file.is_regular_file(failed)) continue;
    // Tables are never changed in place, so a second name is enough, where the file system has them.
    if (file.path().extension() == ".sst") fs::create_hard_link(file.path(), target, failed);
    if (file.path().extension() != ".sst" || failed) fs::copy_file(file.path(), target, failed);
    if (failed) break;
  }
  if (failed) return error{errc::io, damaged + ": " + failed.message()};
  rocksdb::DBOptions options = log_options();
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  const auto status = rocksdb::RepairDB(copy, options, log_families());
  if (!status.ok()) return to_error(status, damaged);
  return success();
}

} // namespace palabre::storage

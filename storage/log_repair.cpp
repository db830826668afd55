#include "storage/log_repair.hpp"

#include "storage/rocksdb_instance.hpp"
#include "storage/rocksdb_options.hpp"
#include "storage/table_check.hpp"

#include <rocksdb/env.h>

#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

namespace palabre::storage {

namespace fs = std::filesystem;

// ---- Locking

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

// ---- Repairing

namespace {

std::vector<fs::path> files_of(const std::string& directory, const std::string& extension) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(directory, ignored))
    if (file.path().extension() == extension && file.is_regular_file(ignored)) found.push_back(file.path());
  return found;
}

error failed_at(const std::string& directory, const std::error_code& why) {
  return {errc::io, directory + ": " + why.message()};
}

/// RocksDB learns the families from the tables; without any it would drop all that the WAL holds. A new store of ours
/// has the same families under the same numbers, and reads WALs that are newer than itself.
result<void> replay_wals(const std::vector<fs::path>& wals, const std::string& copy) {
  constexpr std::uint64_t newer = 1'000'000;
  rocksdb::DBOptions options = log_options();
  options.create_if_missing = true;
  PALABRE_TRY(auto made, rocksdb_instance::open(options, copy, log_families()));
  made.reset();
  std::error_code failed;
  for (const fs::path& own : files_of(copy, ".log")) fs::remove(own, failed);
  for (const fs::path& wal : wals) {
    const std::uint64_t number = std::strtoull(wal.stem().c_str(), nullptr, 10);
    fs::copy_file(wal, copy + "/" + std::to_string(number + newer) + ".log", failed);
    if (failed) return failed_at(copy, failed);
  }
  return success();
}

/// Tables are never changed in place, so a second name is enough, where the file system has them.
result<void> copy_files(const std::string& from, const std::string& to) {
  std::error_code failed;
  for (const auto& file : fs::directory_iterator(from, failed)) {
    const std::string target = to + "/" + file.path().filename().string();
    if (file.path().filename() == "LOCK" || !file.is_regular_file(failed)) continue;
    const bool is_table = file.path().extension() == ".sst";
    if (is_table) fs::create_hard_link(file.path(), target, failed);
    if (!is_table || failed) fs::copy_file(file.path(), target, failed);
    if (failed) break;
  }
  if (failed) return failed_at(from, failed);
  return success();
}

} // namespace

result<void> repair_copy(const std::string& damaged, const std::string& copy) {
  std::error_code failed;
  fs::create_directories(copy, failed);
  if (failed) return failed_at(copy, failed);
  if (files_of(damaged, ".sst").empty()) return replay_wals(files_of(damaged, ".log"), copy);
  PALABRE_TRY(copy_files(damaged, copy));
  rocksdb::DBOptions options = log_options();
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  const auto env = rocksdb::NewCompositeEnv(checking_tables(rocksdb::FileSystem::Default()));
  options.env = env.get();
  const auto status = rocksdb::RepairDB(copy, options, log_families());
  if (!status.ok()) return to_error(status, damaged);
  PALABRE_TRY(rocksdb_instance::open(options, copy, log_families())); // makes the families that had no table
  return success();
}

} // namespace palabre::storage

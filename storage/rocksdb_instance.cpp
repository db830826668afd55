#include "storage/rocksdb_instance.hpp"

#include "storage/rocksdb_options.hpp"
#include "storage/table_check.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace palabre::storage {
namespace {

/// A secondary wants a directory of its own, though it has nothing to write there.
result<std::string> make_scratch_directory() {
  std::error_code failed;
  std::string path = (std::filesystem::temp_directory_path(failed) / "palabre-reader-XXXXXX").string();
  if (failed || mkdtemp(path.data()) == nullptr) return error{errc::io, "no directory for temporary files: " + path};
  return path;
}

/// All families at once: DB::Open would create them one by one, each with an options file and several syncs.
rocksdb::Status create_families(const rocksdb::DBOptions& options, const std::string& directory,
                                const rocksdb_instance::families& which) {
  rocksdb::DB* raw = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const rocksdb_instance::families only_default{which.front()};
  auto status = rocksdb::DB::Open(options, directory, only_default, &handles, &raw);
  if (!status.ok()) return status;
  const std::unique_ptr<rocksdb::DB> db{raw};
  const rocksdb_instance::families others(which.begin() + 1, which.end());
  std::vector<rocksdb::ColumnFamilyHandle*> created;
  status = db->CreateColumnFamilies(others, &created);
  handles.insert(handles.end(), created.begin(), created.end());
  for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  const auto closed = db->Close();
  return status.ok() ? closed : status;
}

constexpr int catching_up_attempts_max = 50; // a writer needs the better part of a second to fill one WAL

/// The names of the WALs there are, in order.
result<std::vector<std::string>> list_wals(const std::string& directory, rocksdb::Env& env) {
  std::vector<std::string> names;
  const auto status = env.GetChildren(directory, &names);
  if (!status.ok()) return to_error(status, directory);
  const auto is_other = [](const std::string& name) { return std::filesystem::path(name).extension() != ".log"; };
  names.erase(std::remove_if(names.begin(), names.end(), is_other), names.end());
  std::sort(names.begin(), names.end());
  return names;
}

/// RocksDB says which file it misses; where that is so because CURRENT names it, CURRENT may be what is damaged.
error cannot_open(const rocksdb::Status& status, const std::string& directory, rocksdb::Env& env) {
  error e = to_error(status, directory);
  std::string current;
  if (!status.IsPathNotFound() || !rocksdb::ReadFileToString(&env, directory + "/CURRENT", &current).ok()) return e;
  const std::string named = current.substr(0, current.find('\n'));
  if (status.ToString().find(named) != std::string::npos) e.context += ", which CURRENT names";
  return e;
}

} // namespace

error to_error(const rocksdb::Status& status, std::string_view doing) {
  const bool damaged = status.IsCorruption() || status.IsPathNotFound();
  // RocksDB's word for a file that failed to open once and then opened: our settings are no invalid argument.
  if (status.IsInvalidArgument())
    return {errc::io, std::string(doing) + ": input/output error, which RocksDB takes for: " + status.ToString()};
  return {damaged ? errc::corrupt : errc::io, std::string(doing) + ": " + status.ToString()};
}

result<bool> find_rocksdb(const std::string& directory, rocksdb::Env& env) {
  const auto status = env.FileExists(directory + "/CURRENT");
  if (!status.ok() && !status.IsNotFound()) return to_error(status, directory);
  return status.ok();
}

rocksdb::DBOptions rocksdb_instance::on_checked_disk(rocksdb::DBOptions options) {
  env_ = rocksdb::NewCompositeEnv(checking_tables(options.env->GetFileSystem()));
  options.env = env_.get();
  return options;
}

rocksdb_instance::opened rocksdb_instance::open(const rocksdb::DBOptions& wanted, const std::string& directory,
                                                const families& which) {
  std::unique_ptr<rocksdb_instance> instance{new rocksdb_instance};
  const rocksdb::DBOptions options = instance->on_checked_disk(wanted);
  PALABRE_TRY(const bool is_there, find_rocksdb(directory, *options.env));
  rocksdb::Status status;
  if (options.create_if_missing && !is_there) status = create_families(options, directory, which);
  if (status.ok()) status = rocksdb::DB::Open(options, directory, which, &instance->handles_, &instance->db_);
  if (!status.ok()) return cannot_open(status, directory, *options.env);
  return instance;
}

rocksdb_instance::opened rocksdb_instance::open_read_only(const rocksdb::DBOptions& options,
                                                          const std::string& directory, const families& which) {
  std::unique_ptr<rocksdb_instance> instance{new rocksdb_instance};
  const auto status = rocksdb::DB::OpenForReadOnly(instance->on_checked_disk(reading(options)), directory, which,
                                                   &instance->handles_, &instance->db_);
  if (!status.ok()) return cannot_open(status, directory, *options.env);
  return instance;
}

rocksdb_instance::opened rocksdb_instance::open_secondary(const rocksdb::DBOptions& options,
                                                          const std::string& directory, const families& which) {
  std::unique_ptr<rocksdb_instance> instance{new rocksdb_instance};
  PALABRE_TRY(instance->scratch_directory_, make_scratch_directory());
  instance->directory_ = directory;
  const auto status =
      rocksdb::DB::OpenAsSecondary(instance->on_checked_disk(reading(options)), directory, instance->scratch_directory_,
                                   which, &instance->handles_, &instance->db_);
  if (!status.ok()) return cannot_open(status, directory, *options.env);
  PALABRE_TRY(instance->catch_up());
  return instance;
}

result<void> rocksdb_instance::catch_up() {
  // A look reads the list of the tables, then the WALs. What the writer flushed in between is in neither once it has
  // removed the WAL; but then the next look finds the table. So the look that counts is one in which no WAL went.
  for (int attempt = 0; attempt < catching_up_attempts_max; ++attempt) {
    PALABRE_TRY(const auto before, list_wals(directory_, *db_->GetEnv()));
    const auto status = db_->TryCatchUpWithPrimary();
    PALABRE_TRY(const auto after, list_wals(directory_, *db_->GetEnv()));
    if (!std::includes(after.begin(), after.end(), before.begin(), before.end())) continue;
    if (!status.ok()) return to_error(status, directory_);
    return success();
  }
  return error{errc::io, directory_ + ": its files are removed faster than they can be read"};
}

rocksdb_instance::~rocksdb_instance() {
  if (db_ != nullptr) {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    db_->Close().PermitUncheckedError();
    delete db_;
  }
  std::error_code ignored;
  if (!scratch_directory_.empty()) std::filesystem::remove_all(scratch_directory_, ignored);
}

} // namespace palabre::storage

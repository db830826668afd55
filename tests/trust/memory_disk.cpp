#include "memory_disk.hpp"

#include "disk_files.hpp"

namespace palabre::trust {
namespace {

class silent_logger final : public rocksdb::Logger {
public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

struct held_lock final : rocksdb::FileLock {
  explicit held_lock(std::string p) : path(std::move(p)) {}
  std::string path;
};

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

rocksdb::IOStatus missing(const std::string& path) {
  return rocksdb::IOStatus::PathNotFound(path, "no such file or directory");
}

/// The answer to who only asks.
rocksdb::IOStatus absent() {
  return rocksdb::IOStatus::NotFound();
}

} // namespace

memory_disk::memory_disk() : memory_disk(std::make_shared<volume>()) {
  auto& data = volume_->names["/data"];
  data = std::make_shared<inode>();
  data->is_directory = true;
  volume_->safe = volume_->names;
}
memory_disk::memory_disk(std::shared_ptr<volume> of) : volume_(std::move(of)) {}
memory_disk::~memory_disk() = default;

std::shared_ptr<memory_disk> memory_disk::copy() const {
  const std::lock_guard lock(volume_->mutex);
  return std::shared_ptr<memory_disk>(new memory_disk(volume_->copy()));
}

std::shared_ptr<memory_disk> memory_disk::after_power_loss(std::mt19937_64& dice) const {
  const std::lock_guard lock(volume_->mutex);
  return std::shared_ptr<memory_disk>(new memory_disk(volume_->after_power_loss(dice)));
}

void memory_disk::lose_power_at(std::uint64_t operation, std::uint64_t seed) {
  const std::lock_guard lock(volume_->mutex);
  volume_->power_left = operation;
  volume_->power_seed = seed;
}

std::shared_ptr<memory_disk> memory_disk::remains() const {
  const std::lock_guard lock(volume_->mutex);
  return volume_->remains ? std::shared_ptr<memory_disk>(new memory_disk(volume_->remains)) : nullptr;
}

void memory_disk::fail(const disk_fault& how) {
  const std::lock_guard lock(volume_->mutex);
  volume_->fault = how;
  volume_->fault->at += volume_->counted[static_cast<std::size_t>(how.what)];
  volume_->failed = false;
}

void memory_disk::repair() {
  const std::lock_guard lock(volume_->mutex);
  volume_->fault.reset();
}

bool memory_disk::has_failed() const {
  const std::lock_guard lock(volume_->mutex);
  return volume_->failed;
}

std::uint64_t memory_disk::operations(disk_fault::kind of) const {
  const std::lock_guard lock(volume_->mutex);
  return volume_->counted[static_cast<std::size_t>(of)];
}

std::vector<std::string> memory_disk::files() const {
  const std::lock_guard lock(volume_->mutex);
  std::vector<std::string> all;
  for (const auto& [path, file] : volume_->names)
    if (!file->is_directory) all.push_back(path);
  return all;
}

std::string memory_disk::bytes_of(const std::string& path) const {
  const std::lock_guard lock(volume_->mutex);
  const auto file = volume_->find(path);
  return file ? file->bytes : std::string{};
}

void memory_disk::set_bytes(const std::string& path, std::string bytes) {
  const std::lock_guard lock(volume_->mutex);
  auto& file = volume_->names[path];
  file = std::make_shared<inode>();
  file->bytes = std::move(bytes);
  file->sync();
  volume_->safe[path] = file;
}

void memory_disk::remove(const std::string& path) {
  const std::lock_guard lock(volume_->mutex);
  volume_->names.erase(path);
  volume_->safe.erase(path);
}

template <class File, class Made>
memory_disk::status memory_disk::open_as(const std::string& path, bool wants_directory, std::unique_ptr<Made>* out) {
  const std::lock_guard lock(volume_->mutex);
  const auto may = volume_->begin(volume::operation::look, path);
  if (!may.ok()) return may;
  const auto file = volume_->find(without_slash(path));
  if (!file || file->is_directory != wants_directory) return missing(path);
  *out = std::make_unique<File>(volume_, without_slash(path), file);
  return status::OK();
}

memory_disk::status memory_disk::NewSequentialFile(const std::string& path, const rocksdb::FileOptions&,
                                                   std::unique_ptr<rocksdb::FSSequentialFile>* out, debug*) {
  return open_as<sequential_file>(path, false, out);
}

memory_disk::status memory_disk::NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions&,
                                                     std::unique_ptr<rocksdb::FSRandomAccessFile>* out, debug*) {
  return open_as<random_file>(path, false, out);
}

memory_disk::status memory_disk::NewWritableFile(const std::string& path, const rocksdb::FileOptions&,
                                                 std::unique_ptr<rocksdb::FSWritableFile>* out, debug*) {
  const std::lock_guard lock(volume_->mutex);
  const auto may = volume_->begin(volume::operation::name, path);
  if (!may.ok()) return may;
  const auto file = std::make_shared<inode>();
  volume_->name(path, file);
  *out = std::make_unique<writing_file>(volume_, path, file);
  return status::OK();
}

memory_disk::status memory_disk::ReopenWritableFile(const std::string& path, const rocksdb::FileOptions&,
                                                    std::unique_ptr<rocksdb::FSWritableFile>* out, debug*) {
  return open_as<writing_file>(path, false, out);
}

memory_disk::status memory_disk::NewRandomRWFile(const std::string& path, const rocksdb::FileOptions&,
                                                 std::unique_ptr<rocksdb::FSRandomRWFile>* out, debug*) {
  return open_as<in_place_file>(path, false, out);
}

memory_disk::status memory_disk::NewDirectory(const std::string& path, const options&,
                                              std::unique_ptr<rocksdb::FSDirectory>* out, debug*) {
  return open_as<open_directory>(path, true, out);
}

memory_disk::status memory_disk::FileExists(const std::string& path, const options&, debug*) {
  const std::lock_guard lock(volume_->mutex);
  const auto may = volume_->begin(volume::operation::look, path);
  if (!may.ok()) return may;
  return volume_->find(without_slash(path)) ? status::OK() : absent();
}

memory_disk::status memory_disk::GetChildren(const std::string& path, const options&, std::vector<std::string>* out,
                                             debug*) {
  const std::lock_guard lock(volume_->mutex);
  const auto may = volume_->begin(volume::operation::look, path);
  if (!may.ok()) return may;
  const std::string directory = without_slash(path);
  if (!volume_->find(directory)) return absent();
  out->clear();
  for (const auto& [name, file] : volume_->names)
    if (volume::is_in(name, directory)) out->push_back(name.substr(directory.size() + 1));
  return status::OK();
}

memory_disk::status memory_disk::DeleteFile(const std::string& path, const options&, debug*) {
  const std::lock_guard lock(volume_->mutex);
  const auto may = volume_->begin(volume::operation::look, path);
  if (!may.ok()) return may;
  if (!volume_->find(path)) return missing(path);
  volume_->name(path, nullptr);
  return status::OK();
}

memory_disk::status memory_disk::Truncate(const std::string& path, std::size_t size, const options&, debug*) {
  const std::lock_guard lock(volume_->mutex);
  const auto file = volume_->find(path);
  if (!file) return missing(path);
  file->bytes.resize(size);
  return status::OK();
}

memory_disk::status memory_disk::CreateDir(const std::string& path, const options&, debug*) {
  const std::lock_guard lock(volume_->mutex);
  const auto may = volume_->begin(volume::operation::name, path);
  if (!may.ok()) return may;
  if (volume_->find(without_slash(path))) return status::IOError(path, "file exists");
  const auto made = std::make_shared<inode>();
  made->is_directory = true;
  volume_->name(without_slash(path), made);
  return status::OK();
}

memory_disk::status memory_disk::CreateDirIfMissing(const std::string& path, const options& how, debug* said) {
  {
    const std::lock_guard lock(volume_->mutex);
    if (volume_->find(without_slash(path))) return status::OK();
  }
  return CreateDir(path, how, said);
}

memory_disk::status memory_disk::DeleteDir(const std::string& path, const options& how, debug* said) {
  return DeleteFile(without_slash(path), how, said);
}

memory_disk::status memory_disk::GetFileSize(const std::string& path, const options&, std::uint64_t* size, debug*) {
  const std::lock_guard lock(volume_->mutex);
  const auto may = volume_->begin(volume::operation::look, path);
  if (!may.ok()) return may;
  const auto file = volume_->find(path);
  if (!file) return missing(path);
  *size = file->bytes.size();
  return status::OK();
}

memory_disk::status memory_disk::GetFileModificationTime(const std::string&, const options&, std::uint64_t* time,
                                                         debug*) {
  *time = 0;
  return status::OK();
}

memory_disk::status memory_disk::RenameFile(const std::string& from, const std::string& to, const options&, debug*) {
  const std::lock_guard lock(volume_->mutex);
  const auto may = volume_->begin(volume::operation::name, from);
  if (!may.ok()) return may;
  const auto file = volume_->find(from);
  if (!file) return missing(from);
  volume_->name(to, file);
  volume_->name(from, nullptr);
  return status::OK();
}

memory_disk::status memory_disk::LinkFile(const std::string& from, const std::string& to, const options&, debug*) {
  const std::lock_guard lock(volume_->mutex);
  const auto file = volume_->find(from);
  if (!file) return missing(from);
  volume_->name(to, file);
  return status::OK();
}

memory_disk::status memory_disk::LockFile(const std::string& path, const options&, rocksdb::FileLock** lock, debug*) {
  const std::lock_guard hold(volume_->mutex);
  const auto may = volume_->begin(volume::operation::look, path);
  if (!may.ok()) return may;
  if (!volume_->find(path)) volume_->name(path, std::make_shared<inode>());
  if (!volume_->locks.insert(path).second) return status::IOError(path, "lock held by another");
  *lock = new held_lock(path);
  return status::OK();
}

memory_disk::status memory_disk::UnlockFile(rocksdb::FileLock* lock, const options&, debug*) {
  const std::unique_ptr<held_lock> held(static_cast<held_lock*>(lock));
  const std::lock_guard hold(volume_->mutex);
  volume_->locks.erase(held->path);
  return status::OK();
}

memory_disk::status memory_disk::GetTestDirectory(const options&, std::string* path, debug*) {
  path->assign(1, '/'); // GCC 12 takes an assigned literal for one that overlaps
  return status::OK();
}

memory_disk::status memory_disk::NewLogger(const std::string&, const options&, std::shared_ptr<rocksdb::Logger>* out,
                                           debug*) {
  *out = std::make_shared<silent_logger>(); // RocksDB's diary is none of the log
  return status::OK();
}

memory_disk::status memory_disk::GetAbsolutePath(const std::string& path, const options&, std::string* out, debug*) {
  *out = path;
  return status::OK();
}

memory_disk::status memory_disk::IsDirectory(const std::string& path, const options&, bool* is, debug*) {
  const std::lock_guard lock(volume_->mutex);
  const auto file = volume_->find(without_slash(path));
  *is = file && file->is_directory;
  return file ? status::OK() : missing(path);
}

} // namespace palabre::trust

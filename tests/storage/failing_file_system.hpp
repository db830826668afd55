#pragma once
// A file system whose writes and syncs fail from a chosen call on.

#include <rocksdb/file_system.h>

#include <atomic>
#include <limits>

namespace palabre::storage {

class failing_file_system final : public rocksdb::FileSystemWrapper {
public:
  failing_file_system() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "failing_file_system"; }

  /// The `calls`-th write or sync from now on fails, and every later one.
  void fail_after(int calls) { left_ = calls; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* out,
                                    rocksdb::IODebugContext* debug) override {
    const auto status = target()->NewWritableFile(name, options, out, debug);
    if (status.ok()) *out = std::make_unique<file>(std::move(*out), *this);
    return status;
  }

private:
  bool works() { return left_.fetch_sub(1) > 0; }
  static rocksdb::IOStatus failure() { return rocksdb::IOStatus::IOError("the disk is broken"); }

  class file final : public rocksdb::FSWritableFileOwnerWrapper {
  public:
    file(std::unique_ptr<rocksdb::FSWritableFile>&& target, failing_file_system& of)
        : FSWritableFileOwnerWrapper(std::move(target)), of_(of) {}
    using FSWritableFileOwnerWrapper::Append;
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
      return of_.works() ? FSWritableFileOwnerWrapper::Append(data, options, debug) : failure();
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
      return of_.works() ? FSWritableFileOwnerWrapper::Sync(options, debug) : failure();
    }

  private:
    failing_file_system& of_;
  };

  std::atomic<int> left_{std::numeric_limits<int>::max()};
};

} // namespace palabre::storage

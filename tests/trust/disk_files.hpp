#pragma once
// The open files of a memory_disk, as RocksDB wants them.

#include "disk_volume.hpp"

#include <algorithm>
#include <cstring>

namespace palabre::trust {

/// What every open file has.
class memory_disk::open_file {
public:
  open_file(std::shared_ptr<volume> on, std::string path, std::shared_ptr<inode> of)
      : on_(std::move(on)), path_(std::move(path)), of_(std::move(of)) {}

protected:
  using operation = volume::operation;

  status read_at(std::uint64_t offset, std::size_t size, rocksdb::Slice* result, char* scratch) const {
    const std::lock_guard lock(on_->mutex);
    const auto may = on_->begin(operation::read, path_);
    if (!may.ok()) return may;
    const std::string& bytes = of_->bytes;
    const std::size_t from = std::min<std::size_t>(offset, bytes.size()), got = std::min(size, bytes.size() - from);
    std::memcpy(scratch, bytes.data() + from, got);
    *result = rocksdb::Slice(scratch, got);
    return status::OK();
  }
  /// Writes by `put`, which gets the bytes that are to be written: a half of them if that is the fault.
  template <class Put>
  status write(const rocksdb::Slice& data, Put put) {
    const std::lock_guard lock(on_->mutex);
    const auto may = on_->begin(operation::write, path_);
    const bool half = !may.ok() && on_->fault && on_->fault->what == disk_fault::kind::short_write;
    if (may.ok()) put(data.ToStringView());
    if (half) put(data.ToStringView().substr(0, data.size() / 2));
    return may;
  }
  status sync_bytes() {
    const std::lock_guard lock(on_->mutex);
    const auto may = on_->begin(operation::sync, path_);
    may.ok() ? of_->sync() : of_->fail_to_sync();
    return may;
  }

  const std::shared_ptr<volume> on_;
  const std::string path_;
  const std::shared_ptr<inode> of_;
};

class memory_disk::sequential_file final : public rocksdb::FSSequentialFile, open_file {
public:
  using open_file::open_file;
  status Read(std::size_t size, const options&, rocksdb::Slice* result, char* scratch, debug*) override {
    const auto done = read_at(at_, size, result, scratch);
    if (done.ok()) at_ += result->size();
    return done;
  }
  status Skip(std::uint64_t size) override {
    at_ += size;
    return status::OK();
  }

private:
  std::uint64_t at_ = 0;
};

class memory_disk::random_file final : public rocksdb::FSRandomAccessFile, open_file {
public:
  using open_file::open_file;
  status Read(std::uint64_t offset, std::size_t size, const options&, rocksdb::Slice* result, char* scratch,
              debug*) const override {
    return read_at(offset, size, result, scratch);
  }
};

class memory_disk::writing_file final : public rocksdb::FSWritableFile, open_file {
public:
  using FSWritableFile::Append;
  using open_file::open_file;
  status Append(const rocksdb::Slice& data, const options&, debug*) override {
    return write(data, [this](std::string_view some) { of_->append(some); });
  }
  status Truncate(std::uint64_t size, const options&, debug*) override {
    const std::lock_guard lock(on_->mutex);
    of_->bytes.resize(size);
    return status::OK();
  }
  status Close(const options&, debug*) override { return status::OK(); }
  status Flush(const options&, debug*) override { return status::OK(); }
  status Sync(const options&, debug*) override { return sync_bytes(); }
  bool IsSyncThreadSafe() const override { return true; }
  std::uint64_t GetFileSize(const options&, debug*) override {
    const std::lock_guard lock(on_->mutex);
    return of_->bytes.size();
  }
};

class memory_disk::in_place_file final : public rocksdb::FSRandomRWFile, open_file {
public:
  using open_file::open_file;
  status Write(std::uint64_t offset, const rocksdb::Slice& data, const options&, debug*) override {
    return write(data, [&](std::string_view some) { of_->write_at(offset, some); });
  }
  status Read(std::uint64_t offset, std::size_t size, const options&, rocksdb::Slice* result, char* scratch,
              debug*) const override {
    return read_at(offset, size, result, scratch);
  }
  status Flush(const options&, debug*) override { return status::OK(); }
  status Sync(const options&, debug*) override { return sync_bytes(); }
  status Close(const options&, debug*) override { return status::OK(); }
};

class memory_disk::open_directory final : public rocksdb::FSDirectory, open_file {
public:
  using open_file::open_file;
  status Fsync(const options&, debug*) override {
    const std::lock_guard lock(on_->mutex);
    const auto may = on_->begin(operation::sync, path_);
    if (may.ok()) on_->sync_names_in(path_);
    return may;
  }
};

} // namespace palabre::trust

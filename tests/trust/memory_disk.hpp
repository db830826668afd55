#pragma once
// A disk in memory that knows which of its bytes and names would be there after a power loss, and that can fail. It
// holds a log with its watermark and the views beside it, as one volume would.

#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace palabre::trust {

/// What goes wrong. Operations are counted from 1, each kind by itself: see `concerns` in the .cpp.
struct disk_fault {
  enum class kind : std::uint8_t {
    io_error,    ///< any operation, reading too
    no_space,    ///< whatever needs some
    short_write, ///< a half of the bytes is written
    failed_sync  ///< and what was to be synced never reaches the disk, whatever later syncs say
  };
  kind what = kind::io_error;
  std::uint64_t at = 0;
  bool lasting = false; ///< all that follow fail too
};

/// It begins with one directory, /data. Threads: any. Lifetime: shared; files keep what they need.
class memory_disk final : public rocksdb::FileSystem {
public:
  memory_disk();
  ~memory_disk() override;

  // ---- What becomes of it. A copy is a disk of its own.

  /// As a process finds it that starts after another one was killed.
  std::shared_ptr<memory_disk> copy() const;
  /// As a machine finds it after a power loss: synced bytes under synced names, and of the rest what chance left.
  std::shared_ptr<memory_disk> after_power_loss(std::mt19937_64& dice) const;

  /// At the `operation`-th operation from now, before it is done, the power goes: remains() is what is left. This disk
  /// goes on as if nothing had happened, so that whoever uses it ends in order.
  void lose_power_at(std::uint64_t operation, std::uint64_t seed);
  /// Null: the power has not gone yet.
  std::shared_ptr<memory_disk> remains() const;

  void fail(const disk_fault& how);
  void repair();
  /// Whether the fault has happened.
  bool has_failed() const;
  /// Operations that a fault of this kind could have hit so far.
  std::uint64_t operations(disk_fault::kind of) const;

  // ---- Bytes on it, by path.
  std::vector<std::string> files() const;
  std::string bytes_of(const std::string& path) const;
  void set_bytes(const std::string& path, std::string bytes);
  void remove(const std::string& path);

  // ---- rocksdb::FileSystem
  using options = rocksdb::IOOptions;
  using debug = rocksdb::IODebugContext;
  using status = rocksdb::IOStatus;
  const char* Name() const override { return "memory_disk"; }
  status NewSequentialFile(const std::string&, const rocksdb::FileOptions&, std::unique_ptr<rocksdb::FSSequentialFile>*,
                           debug*) override;
  status NewRandomAccessFile(const std::string&, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSRandomAccessFile>*, debug*) override;
  status NewWritableFile(const std::string&, const rocksdb::FileOptions&, std::unique_ptr<rocksdb::FSWritableFile>*,
                         debug*) override;
  status ReopenWritableFile(const std::string&, const rocksdb::FileOptions&, std::unique_ptr<rocksdb::FSWritableFile>*,
                            debug*) override;
  status NewRandomRWFile(const std::string&, const rocksdb::FileOptions&, std::unique_ptr<rocksdb::FSRandomRWFile>*,
                         debug*) override;
  status NewDirectory(const std::string&, const options&, std::unique_ptr<rocksdb::FSDirectory>*, debug*) override;
  status FileExists(const std::string&, const options&, debug*) override;
  status GetChildren(const std::string&, const options&, std::vector<std::string>*, debug*) override;
  status DeleteFile(const std::string&, const options&, debug*) override;
  status Truncate(const std::string&, std::size_t, const options&, debug*) override;
  status CreateDir(const std::string&, const options&, debug*) override;
  status CreateDirIfMissing(const std::string&, const options&, debug*) override;
  status DeleteDir(const std::string&, const options&, debug*) override;
  status GetFileSize(const std::string&, const options&, std::uint64_t*, debug*) override;
  status GetFileModificationTime(const std::string&, const options&, std::uint64_t*, debug*) override;
  status RenameFile(const std::string&, const std::string&, const options&, debug*) override;
  status LinkFile(const std::string&, const std::string&, const options&, debug*) override;
  status LockFile(const std::string&, const options&, rocksdb::FileLock**, debug*) override;
  status UnlockFile(rocksdb::FileLock*, const options&, debug*) override;
  status GetTestDirectory(const options&, std::string*, debug*) override;
  status NewLogger(const std::string&, const options&, std::shared_ptr<rocksdb::Logger>*, debug*) override;
  status GetAbsolutePath(const std::string&, const options&, std::string*, debug*) override;
  status IsDirectory(const std::string&, const options&, bool*, debug*) override;

private:
  struct inode;
  struct volume;
  class open_file;
  class sequential_file;
  class random_file;
  class writing_file;
  class in_place_file;
  class open_directory;
  explicit memory_disk(std::shared_ptr<volume> of);

  template <class File, class Made>
  status open_as(const std::string& path, bool wants_directory, std::unique_ptr<Made>* out);

  std::shared_ptr<volume> volume_;
};

} // namespace palabre::trust

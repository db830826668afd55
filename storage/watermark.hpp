#pragma once
// A small file beside the log that remembers how far it was acked, so that a log that lost its end is noticed.

#include "base/digest.hpp"
#include "base/position.hpp"
#include "base/result.hpp"

#include <memory>
#include <optional>
#include <string>

namespace rocksdb {
class FileSystem;
class FSRandomRWFile;
} // namespace rocksdb

namespace palabre::storage {

/// What a slot of the file says.
struct acked_mark {
  position head;        ///< last acked position
  sha256_digest hash{}; ///< of the record there
  std::string epoch;    ///< 8 letters
  short_digest boot{};  ///< of the machine's boot id, or zero
  bool clean = false;   ///< written by an orderly close
};

/// Where the mark of the log in `log_directory` is.
inline std::string watermark_path(const std::string& log_directory) {
  return log_directory + ".watermark";
}

/// Three checksummed slots. The one that was synced last is left alone until another one was, the other two are written
/// in turn: a power loss may tear both of them, a kill at most the last. Written after every batch and before its acks
/// (in place: survives a kill), synced at most once a second and at close. Threads: one at a time.
class watermark {
public:
  /// Opens the file on `disk`; null: the operating system's. One that does not exist is made, whole and synced, by the
  /// first write. Errors: io, corrupt.
  static result<watermark> open(const std::string& path, const std::shared_ptr<rocksdb::FileSystem>& disk = nullptr);
  watermark(watermark&& other) noexcept;
  watermark& operator=(watermark&& other) noexcept;
  ~watermark();

  /// Reads without changing anything; nullopt: no file, or an empty one (a file with bytes but no valid slot:
  /// errc::corrupt).
  static result<std::optional<acked_mark>> read(const std::string& path,
                                                const std::shared_ptr<rocksdb::FileSystem>& disk = nullptr);

  /// Errors: io.
  result<void> write(const acked_mark& mark);
  result<void> sync();

private:
  using disk_ptr = std::shared_ptr<rocksdb::FileSystem>;
  watermark(disk_ptr disk, std::string path);
  result<void> create(const std::string& first_slot);
  std::size_t next_slot() const;

  disk_ptr disk_;
  std::string path_;
  std::unique_ptr<rocksdb::FSRandomRWFile> file_; ///< null: there is none yet
  std::uint64_t turn_ = 0;
  std::size_t last_ = 0;   ///< slot that was written last
  std::size_t synced_ = 0; ///< slot that was written last before the last sync
};

/// Digest of this boot of the machine, or zero where the kernel does not tell.
short_digest machine_boot();

} // namespace palabre::storage

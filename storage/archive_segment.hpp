#pragma once
// Files of old records of one stream, outside the log. Written once, never changed; the log keeps the hash of each
// record, so that a file is proved by the log it came from. The bytes are described in docs/data_format.md.

#include "storage/archived_row.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace palabre::storage {

/// Writes one segment under another name and gives it its own when it is whole. Threads: one.
class segment_writer {
public:
  /// Requires: `directory` is there. Errors: io.
  static result<segment_writer> create(const std::string& directory, const segment_name& name);
  segment_writer(segment_writer&& other) noexcept;
  /// Removes what was not finished.
  ~segment_writer();

  /// The next version. Requires: it is of the stream, and in order. Errors: io.
  result<void> add(const committed_record& r);
  /// Synced, then named. Requires: every version was added. Errors: io.
  result<void> finish();

private:
  segment_writer(std::string path, int file, const segment_name& name);
  result<void> put(std::string_view bytes);
  result<void> write();

  std::string path_;
  int file_; ///< -1: finished, or moved from
  segment_name name_;
  std::string pending_;
  std::uint64_t size_ = 0;
  std::vector<std::uint64_t> offsets_; ///< 8 bytes a record
  sha256_digest sum_{};
};

/// Reads a segment from its first byte to its last, and holds it against the sum behind its records: without a log,
/// what it proves is that nothing of it was changed by accident. Errors: corrupt: what is wrong; io.
result<void> check_segment(const std::string& path);
/// The segments in `directory`, by their paths, in order. No such directory: none.
std::vector<std::string> segments_in(const std::string& directory);

/// Where the segments of the log in `log_directory` are.
std::string archive_directory(const std::string& log_directory);

/// The directory of segments beside a log. Threads: any. Keeps at most `open_max` files open.
class segment_archive {
public:
  static constexpr std::size_t open_max = 64;

  explicit segment_archive(std::string directory) : directory_(std::move(directory)) {}
  ~segment_archive();
  segment_archive(const segment_archive&) = delete;

  /// The stored bytes of a version; nullopt: the file is not there. Errors: corrupt: it is damaged; io.
  result<std::optional<std::string>> read(const segment_name& name, stream_version version);
  std::string path_of(const segment_name& name) const { return directory_ + "/" + file_name_of(name); }

private:
  /// -1: not there.
  result<int> open(const segment_name& name); // mutex_

  const std::string directory_;
  std::mutex mutex_;
  std::map<segment_name, int> files_; // mutex_
};

} // namespace palabre::storage

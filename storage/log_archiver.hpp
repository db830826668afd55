#pragma once
// Moves old records out of the log into segments beside it, and leaves what the chain needs.

#include "storage/archive_segment.hpp"
#include "storage/event_log.hpp"

namespace palabre::storage {

/// The last records stay in the log: opening it looks at them.
constexpr std::uint64_t archive_distance_min = 1'000;

struct archived_part {
  segment_name name;
  std::string path;
  std::uint64_t records = 0, bytes = 0;
};

/// Requires: the log is open for writing, and nobody writes it. Threads: one. Lifetime: the log outlives it.
class log_archiver {
public:
  explicit log_archiver(event_log& log) : log_(log) {}

  /// Moves the versions of `stream` up to `last` that are still in the log: the segment is written, synced and read
  /// again before the first row is replaced. Killed at any moment, each record is in the log or in a whole segment; the
  /// next call goes on. nullopt: there is nothing to move. Requires: none of them is among the last
  /// archive_distance_min of the log. Errors: corrupt, io: as far as it came, it holds.
  result<std::optional<archived_part>> move(const stream_id& stream, stream_version last);
  /// Has RocksDB write the files anew that hold what was moved, also by one that was killed before this: until then the
  /// bytes are still in them. Errors: io, corrupt.
  result<void> free_space();

private:
  result<stream_version> first_in_log(const stream_id& stream, stream_version last) const;
  result<archived_part> write_segment(const segment_name& name);
  result<void> check_segment(const archived_part& part) const;
  result<void> note_unfreed(const archived_part& part);
  result<void> replace_rows(const archived_part& part);

  event_log& log_;
};

} // namespace palabre::storage

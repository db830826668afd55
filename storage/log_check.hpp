#pragma once
// Proves that a log is what was written: positions without a gap, every record continuing the one before it in its
// stream by version and hash, and the families that could be computed from the records (`stream`, `head`, `cmd`)
// holding just what they say.

#include "storage/event_log.hpp"

namespace palabre::storage {

struct log_check {
  position after; ///< 0: everything; else the records behind it. What streams were then is read from the records there.
  std::size_t threads = 1;
  /// Also the indexes and heads. Not asked of a log that is known to be damaged: its records end before them.
  bool indexes = true;
  /// Can this record still be read? Called by several threads at once. May be empty.
  std::function<result<void>(const record&)> readable;
  /// How a stream is called in errors.
  std::function<std::string(const stream_id&)> name_of;
  /// Told how far the records are checked, on the calling thread; answers whether to go on. May be empty.
  std::function<bool(position)> progress;
};

struct checked_log {
  std::uint64_t records = 0;
  std::size_t streams = 0; ///< that have a record behind `after`
  std::uint64_t away =
      0; ///< archived records whose segments are not at hand: their hashes chain, their bytes were not seen
};

/// Memory: an entry of about 100 bytes for each such stream, and a few thousand records' worth for each thread; nothing
/// for each record: sets of rows are compared by their fingerprints (storage/row_set.hpp). Where those differ, the log
/// is read once more, record by record, to name the first that an index does not lead to. Errors: corrupt: what was
/// found; the context begins with "position N: ", the first position that is wrong, wherever there is one. io.
/// abandoned: `progress` did not want more.
result<checked_log> check(const event_log& log, const log_check& how);

} // namespace palabre::storage

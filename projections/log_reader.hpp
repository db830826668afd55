#pragma once
// What the edge may know of the log: how far it is, the events of one stream for recovery and for answers that were
// given before, and, for administrators, all of them (event_search.hpp). Everything else is asked of the views.

#include "storage/event_log.hpp"

#include <functional>
#include <string>
#include <vector>

namespace palabre::projections {

/// Reads from any thread. Errors of all: io, corrupt.
class log_reader {
public:
  explicit log_reader(const storage::event_log& log) : log_(log) {}

  position head() const { return log_.head(); }
  const std::string& epoch() const { return log_.epoch(); }

  /// A stretch of a stream's events. `complete` is false where a bound cut it off before `last`.
  struct stretch {
    std::vector<storage::committed_record> records;
    bool complete = true;
  };
  /// The events of `stream` with after < version ≤ last, at most `count_max` and about `bytes_max` stored bytes.
  result<stretch> events_of(const stream_id& stream, stream_version after, stream_version last, std::size_t count_max,
                            std::size_t bytes_max) const;
  /// The last durable version of `stream`; 0: it has no event.
  result<stream_version> head_of(const stream_id& stream) const;

  using record_filter = std::function<bool(const storage::record&)>;
  /// Where the records after `after` up to `last` stand that `wanted` takes, of the log or of a stream, ascending.
  /// Costs what reading all of them does. Requires: last ≤ head().
  result<std::vector<position>> find_in_log(position after, position last, const record_filter& wanted) const;
  result<std::vector<position>> find_in_stream(const stream_id& stream, stream_version after, stream_version last,
                                               const record_filter& wanted) const;
  result<storage::committed_record> read(position at) const { return log_.read(at); }
  /// The last version of `stream` at or before a position, found by halving; 0: there is none.
  result<stream_version> version_at(const stream_id& stream, position at) const;
  /// Where a version stands. Requires: the stream has it.
  result<position> position_of(const stream_id& stream, stream_version version) const;

private:
  const storage::event_log& log_;
};

} // namespace palabre::projections

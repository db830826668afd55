#pragma once
// What the edge may know of the log: how far it is, and the events of one room for recovery and for answers that were
// given before. Everything else is asked of the views.

#include "storage/event_log.hpp"

#include <string>
#include <vector>

namespace palabre::projections {

/// Reads from any thread. Errors of all: io, corrupt.
class log_reader {
public:
  explicit log_reader(const storage::event_log& log) : log_(log) {}

  position head() const { return log_.head(); }
  const std::string& epoch() const { return log_.epoch(); }

  /// A stretch of a room's events. `complete` is false where a bound cut it off before `last_seq`.
  struct stretch {
    std::vector<storage::committed_record> records;
    bool complete = true;
  };
  /// The events of `room` with after < seq ≤ last, at most `count_max` and about `bytes_max` stored bytes.
  result<stretch> room_events(room_id room, stream_version after, stream_version last, std::size_t count_max,
                              std::size_t bytes_max) const;
  /// The last durable seq of `room`; 0: no such room.
  result<stream_version> room_head(room_id room) const;

private:
  const storage::event_log& log_;
};

} // namespace palabre::projections

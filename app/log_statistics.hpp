#pragma once
// What a log holds, in numbers.

#include "storage/event_log.hpp"

#include <map>
#include <string>
#include <vector>

namespace palabre::app {

struct counted {
  std::uint64_t events = 0, bytes = 0; ///< bytes: of records as they are stored, before compression

  void add(const counted& more) {
    events += more.events;
    bytes += more.bytes;
  }
};

struct log_statistics {
  struct type_count {
    char kind; ///< of the stream
    std::string type;
    counted of;
  };
  counted all;
  timestamp oldest, newest;
  std::uint64_t keys = 0;                        ///< of idempotency
  std::uint64_t away = 0;                        ///< archived in segments that are not here: of the type of their rows
  std::vector<type_count> by_type;               ///< most events first
  std::map<std::int64_t, counted> by_day;        ///< by utc_day of the events' times
  std::map<char, std::uint64_t> streams_by_kind; ///< that have an event

  std::uint64_t streams() const;
  /// The average of the days that have an event. Requires: there is one.
  counted of_a_day() const;

  void add(const storage::record& r, std::size_t bytes);
  void add(const log_statistics& more);

private:
  counted& of_type(char kind, std::string_view type);
};

/// Reads the whole log, with all cores. Memory: nothing per event. `progress` is told how far it is, and answers
/// whether to go on. Errors: corrupt, io; abandoned: it did not want more.
result<log_statistics> count(const storage::event_log& log, const std::function<bool(position)>& progress);

} // namespace palabre::app

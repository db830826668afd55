#include "app/moment.hpp"

#include <charconv>

namespace palabre::app {

result<timestamp> parse_time(const char* option, const std::string& text) {
  const auto time = parse_rfc3339(text);
  if (!time) return error{errc::invalid, std::string(option) + ' ' + text + ": write a time as 2026-01-31T12:00:00Z"};
  return *time;
}

result<moment> parse_moment(const char* option, const std::string& text, const char* counts) {
  moment m;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), m.number);
  if (failed == std::errc{} && end == text.data() + text.size()) return m;
  m = {};
  m.time = parse_rfc3339(text);
  if (m.time) return m;
  return error{errc::invalid,
               std::string(option) + ' ' + text + ": write " + counts + ", or a time as 2026-01-31T12:00:00Z"};
}

namespace {

/// Also of a record that was archived into a segment that is not at hand.
result<timestamp> time_at(const storage::event_log& log, position at) {
  timestamp time;
  PALABRE_TRY(log.scan_in_place(
      {at.value - 1}, at,
      [&](const storage::record& r, std::string_view) {
        time = r.time;
        return true;
      },
      storage::event_log::archived::as_rows));
  return time;
}

} // namespace

result<position> last_before(const storage::event_log& log, timestamp time) {
  position before{}, from = log.head().next();
  while (before.next() < from) {
    const position middle{before.value + (from.value - before.value) / 2};
    PALABRE_TRY(const timestamp there, time_at(log, middle));
    (there < time ? before : from) = middle;
  }
  return before;
}

} // namespace palabre::app

#pragma once
// A moment as commands are told one: a number that counts events, or a time.

#include "storage/event_log.hpp"

#include <optional>
#include <string>

namespace palabre::app {

/// Of a stream `number` is a seq, of the log a position.
struct moment {
  std::uint64_t number = ~std::uint64_t{0}; ///< with a time: no bound
  std::optional<timestamp> time;

  /// Is this event of a room later than the moment? Of a time: the last event at or before it is not.
  bool is_before(const storage::record& r) const { return r.version > number || (time && r.time > *time); }
};

/// Errors: invalid: not RFC 3339.
result<timestamp> parse_time(const char* option, const std::string& text);
/// `counts`: what the number is, as "a seq". Errors: invalid: neither a number nor RFC 3339.
result<moment> parse_moment(const char* option, const std::string& text, const char* counts);

/// The position before the first record of `time` or later, found by halving: records stand in the order of their
/// commits, so that only clocks that were set back can make another one the first. Errors: corrupt, io.
result<position> last_before(const storage::event_log& log, timestamp time);

} // namespace palabre::app

#pragma once
// What `palabre events` prints, taken apart.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::testing {

struct event_line {
  std::uint64_t position = 0;
  std::uint64_t seq = 0;
  std::string stream; ///< the room's id, or the stream's name
  std::string type, actor, at;
  std::string text; ///< all of it
};

/// Throws std::runtime_error for a line that is not one of an event.
std::vector<event_line> parse_events(std::string_view printed);
/// Runs `palabre events` with these filters. Throws when it fails.
std::vector<event_line> read_events(const std::string& data, const std::vector<std::string>& filters = {});

} // namespace palabre::testing

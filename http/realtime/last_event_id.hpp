#pragma once
// What a plain EventSource says it has: the id of the last event that it saw, "<epoch>:<seq>".

#include "base/position.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace palabre::http::realtime {

struct seen_position {
  stream_version seq = 0;
  std::string epoch;
};

/// nullopt: no id of ours.
std::optional<seen_position> read_last_event_id(std::string_view id);

} // namespace palabre::http::realtime

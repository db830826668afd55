#pragma once
// What a committed batch has for presence: changes of people's presence, and of who is in which room.

#include "events/room.hpp"
#include "events/user.hpp"
#include "storage/record.hpp"

#include <optional>
#include <variant>

namespace palabre::http {

struct presence_fact {
  position at;
  timestamp time;
  uuid stream; ///< the user of a presence, the room of a membership
  uuid event;  ///< its id, as clients see it
  std::variant<events::presence_changed, events::presence_configured, events::member_joined, events::member_left,
               events::member_kicked, events::room_archived, events::room_restored>
      what;
};

/// nullopt: `record` is about something else (which costs one comparison of its type), or cannot be read.
std::optional<presence_fact> fact_in(const storage::committed_record& record);

} // namespace palabre::http

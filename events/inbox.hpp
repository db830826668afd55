#pragma once
// The *inbox* of a user: what concerns them, wherever it happened, in one stream whose version is the offset of
// `user:<id>` (decisions.md 11). There is no aggregate: an event is a note, appended together with the event that
// concerns the user, and nothing is ever expected of the stream's version. Some names are those of room events, with
// another shape: a type is known by its stream's kind and its name.

#include "events/room.hpp"
#include "events/streams.hpp"

namespace palabre::events {

// ---- Events. The room comes first in each: publications take it from there.

/// The user came into a room.
struct inbox_joined {
  static constexpr event_type type{"member.joined", 1, audience::self};
  room_id room;
  events::role role = events::role::member;
  join_way way = join_way::open;
};
BOOST_DESCRIBE_STRUCT(inbox_joined, (), (room, role, way))

/// The user is no longer in a room.
struct inbox_left {
  static constexpr event_type type{"member.left", 1, audience::self};
  room_id room;
};
BOOST_DESCRIBE_STRUCT(inbox_left, (), (room))

/// The user has read a room up to a seq. Of several the highest counts.
struct read_advanced {
  static constexpr event_type type{"read.advanced", 1, audience::self};
  room_id room;
  stream_version seq = 0;
};
BOOST_DESCRIBE_STRUCT(read_advanced, (), (room, seq))

using inbox_event = std::variant<inbox_joined, inbox_left, read_advanced>;

/// Tells `user`.
template <class Event>
note note_to(user_id user, const Event& event) {
  return {inbox_of(user), encode_one(event)};
}

} // namespace palabre::events

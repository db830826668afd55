#pragma once
// The *inbox* of a user: what concerns them, wherever it happened, in one stream whose version is the offset of
// `user:<id>` (decisions.md 11). There is no aggregate: an event is a note, appended together with the event that
// concerns the user, and nothing is ever expected of the stream's version. Some names are those of room events, with
// another shape: a type is known by its stream's kind and its name.

#include "events/notification_level.hpp"
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

/// The user was sent away.
struct inbox_kicked {
  static constexpr event_type type{"member.kicked", 1, audience::self};
  room_id room;
};
BOOST_DESCRIBE_STRUCT(inbox_kicked, (), (room))

/// The user was sent away, if they were there, and may not come back before then. Why is the moderators' business.
struct inbox_banned {
  static constexpr event_type type{"member.banned", 1, audience::self};
  room_id room;
  std::optional<timestamp> expires_at; ///< nullopt: never
};
BOOST_DESCRIBE_STRUCT(inbox_banned, (), (room, expires_at))

struct inbox_unbanned {
  static constexpr event_type type{"member.unbanned", 1, audience::self};
  room_id room;
};
BOOST_DESCRIBE_STRUCT(inbox_unbanned, (), (room))

struct inbox_muted {
  static constexpr event_type type{"member.muted", 1, audience::self};
  room_id room;
  std::optional<timestamp> expires_at; ///< nullopt: never
};
BOOST_DESCRIBE_STRUCT(inbox_muted, (), (room, expires_at))

struct inbox_unmuted {
  static constexpr event_type type{"member.unmuted", 1, audience::self};
  room_id room;
};
BOOST_DESCRIBE_STRUCT(inbox_unmuted, (), (room))

struct inbox_role_changed {
  static constexpr event_type type{"member.role_changed", 1, audience::self};
  room_id room;
  events::role role = events::role::member;
};
BOOST_DESCRIBE_STRUCT(inbox_role_changed, (), (room, role))

/// The user may come into a room, and finds the code among their invitations.
struct invitation_received {
  static constexpr event_type type{"invitation.received", 1, audience::self};
  room_id room;
  invitation_id invitation;
  timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(invitation_received, (), (room, invitation, expires_at))

/// The user has read a room up to a seq. Of several the highest counts.
struct read_advanced {
  static constexpr event_type type{"read.advanced", 1, audience::self};
  room_id room;
  stream_version seq = 0;
};
BOOST_DESCRIBE_STRUCT(read_advanced, (), (room, seq))

/// A message names the user.
struct mention_received {
  static constexpr event_type type{"mention.received", 1, audience::self};
  room_id room;
  message_id message;
  stream_version message_seq = 0;
};
BOOST_DESCRIBE_STRUCT(mention_received, (), (room, message, message_seq))

/// What the user wants to be told of in a room.
struct notifications_chosen {
  static constexpr event_type type{"notifications.chosen", 1, audience::self};
  room_id room;
  notification_level level = notification_level::all;
};
BOOST_DESCRIBE_STRUCT(notifications_chosen, (), (room, level))

/// The user's draft in a room is another one, or was thrown away; posting in the room ends it too.
struct draft_changed {
  static constexpr event_type type{"draft.changed", 1, audience::self};
  room_id room;
  stream_version draft_version = 0; ///< of the draft.saved in their own stream that says it; 0: there is none
};
BOOST_DESCRIBE_STRUCT(draft_changed, (), (room, draft_version))

using inbox_event = std::variant<inbox_joined, inbox_left, inbox_kicked, inbox_banned, inbox_unbanned, inbox_muted,
                                 inbox_unmuted, inbox_role_changed, invitation_received, read_advanced,
                                 mention_received, notifications_chosen, draft_changed>;

/// Tells `user`.
template <class Event>
note note_to(user_id user, const Event& event) {
  return {inbox_of(user), encode_one(event)};
}

} // namespace palabre::events

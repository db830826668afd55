#pragma once
// The one table of who may do what in a room (api.md, "Roles"). The edge asks it before it reads a body, decide() asks
// it again; `palabre describe permissions` prints it.

#include "base/clock.hpp"
#include "events/described.hpp"

#include <optional>
#include <span>

namespace palabre::events {

enum class role : std::uint8_t { member, moderator, admin, owner }; ///< in ascending order
BOOST_DESCRIBE_ENUM(role, member, moderator, admin, owner)

/// A member's place in a room.
struct standing {
  role as = role::member;
  timestamp muted_until; ///< the beginning of time: not muted

  standing() = default;
  standing(role r, timestamp muted = {}) : as(r), muted_until(muted) {}
  bool is_muted(timestamp now) const { return now < muted_until; }
  friend bool operator==(const standing&, const standing&) = default;
};
/// Of what does not end by itself.
inline constexpr timestamp for_ever{INT64_MAX};

enum class visibility : std::uint8_t { open, closed }; ///< "public" and "private" outside: those are words of C++
std::string_view name_of(visibility v);
std::optional<visibility> parse_visibility(std::string_view name);

enum class room_action : std::uint8_t { see, join, read, post, moderate, administrate, own };

/// A row of the table: everything that an action stands for, and who may.
struct permission {
  room_action action;
  std::string_view allows; ///< in words, for the documentation
  bool of_role[4];         ///< by role, in ascending order
  bool of_others[2];       ///< who is not a member: of a public room, of a private one
};

inline constexpr permission permissions[] = {
    {room_action::see, "see the room, its counts and its members", {true, true, true, true}, {true, false}},
    {room_action::join,
     "come in as one likes, unless banned (by code or invitation, into any room)",
     {false, false, false, false},
     {true, false}},
    {room_action::read,
     "read messages, react, report them, subscribe, search, travel in time, keep a draft, leave (an owner transfers "
     "first)",
     {true, true, true, true},
     {false, false}},
    {room_action::post,
     "post and reply (unless muted; in slow mode members wait), edit and delete one's own",
     {true, true, true, true},
     {false, false}},
    {room_action::moderate,
     "delete messages of lower roles, see deleted words and reports, pin, invite; kick, ban and mute lower roles",
     {false, true, true, true},
     {false, false}},
    {room_action::administrate,
     "change the room, make a new share code, give and take roles below one's own",
     {false, false, true, true},
     {false, false}},
    {room_action::own, "archive and restore the room, hand it over", {false, false, false, true}, {false, false}},
};

/// Requires: the row's place is its action's number.
const permission& permission_of(room_action action);
/// `place`: of who asks, nullopt for someone who is not a member.
bool may(const std::optional<standing>& place, visibility v, room_action action);

} // namespace palabre::events

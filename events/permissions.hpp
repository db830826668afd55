#pragma once
// The one table of who may do what in a room (api.md, "Roles"). The edge asks it before it reads a body, decide() asks
// it again.

#include "events/described.hpp"

#include <optional>

namespace palabre::events {

enum class role : std::uint8_t { member, moderator, admin, owner }; ///< in ascending order
BOOST_DESCRIBE_ENUM(role, member, moderator, admin, owner)

enum class visibility : std::uint8_t { open, closed }; ///< "public" and "private" outside: those are words of C++
std::string_view name_of(visibility v);
std::optional<visibility> parse_visibility(std::string_view name);

enum class room_action : std::uint8_t {
  see,          ///< the room and its members
  read,         ///< messages; react, reply, subscribe, time-travel
  post,         ///< and edit and delete one's own
  moderate,     ///< delete others' messages (of lower roles)
  administrate, ///< change the room, rotate the code
  own           ///< archive
};

/// `standing`: the role of who asks, nullopt for someone who is not a member.
bool may(std::optional<role> standing, visibility v, room_action action);

} // namespace palabre::events

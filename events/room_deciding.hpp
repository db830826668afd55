#pragma once
// What the decisions of a room have in common: those about the room and its messages (room.cpp), and those about the
// people in it (room_people.cpp, room_invitations.cpp).

#include "events/room.hpp"

namespace palabre::events::deciding {

using outcome = result<decided<room_event>>;

/// What every handler looks at.
struct situation {
  const room_state& state;
  const room_facts& facts;
  const command_meta& meta;

  room_id room() const { return room_id{meta.aggregate}; }
};

template <class... Event>
decided<room_event> just(Event... events) {
  decided<room_event> d;
  (d.events.emplace_back(std::move(events)), ...);
  return d;
}

error over(std::string_view bound, std::size_t max);
/// A private room does not exist for who is not in it.
error refused(const situation& s);
/// Errors: not_found, forbidden, room_archived.
result<void> require(const situation& s, room_action action);
/// Errors: muted.
result<void> require_voice(const situation& s);
/// Whether whom the command is about has a lower role than who acts. Who is no member has the lowest.
bool is_lower(const situation& s);

outcome on(const situation& s, const join_room& c);
outcome on(const situation& s, const leave_room& c);
outcome on(const situation& s, const create_invitation& c);
outcome on(const situation& s, const revoke_invitation& c);
/// The open invitation that lets who acts in: `shown`, or else one that is for them. nullptr: none does.
const open_invitation* invitation_for(const situation& s, std::optional<invitation_id> shown);
outcome on(const situation& s, const transfer_room& c);
outcome on(const situation& s, const change_role& c);
outcome on(const situation& s, const kick_member& c);
outcome on(const situation& s, const ban_user& c);
outcome on(const situation& s, const unban_user& c);
outcome on(const situation& s, const mute_user& c);
outcome on(const situation& s, const unmute_user& c);

} // namespace palabre::events::deciding

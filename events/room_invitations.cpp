// Inviting people into a room.

#include "base/limits.hpp"
#include "events/inbox.hpp"
#include "events/room_deciding.hpp"

#include <algorithm>

namespace palabre::events::deciding {

const open_invitation* invitation_for(const situation& s, std::optional<invitation_id> shown) {
  const auto lets_in = [&](const open_invitation& i) {
    if (i.has_expired(s.meta.now)) return false;
    if (!shown) return i.user_id == s.meta.actor;
    return i.invitation == *shown && (!i.user_id || *i.user_id == s.meta.actor);
  };
  const auto found = std::find_if(s.state.invitations.begin(), s.state.invitations.end(), lets_in);
  return found == s.state.invitations.end() ? nullptr : &*found;
}

outcome on(const situation& s, const create_invitation& c) {
  PALABRE_TRY(require(s, room_action::moderate));
  if (c.user_id && s.facts.other_standing) return error{errc::conflict, "they are in this room already"};
  if (c.user_id && s.meta.now < s.facts.held.banned_until) return error{errc::banned, "they are banned from this room"};
  const auto is_for_them = [&](const open_invitation& i) {
    return i.user_id == c.user_id && !i.has_expired(s.meta.now);
  };
  if (c.user_id && std::any_of(s.state.invitations.begin(), s.state.invitations.end(), is_for_them))
    return error{errc::conflict, "they are invited already"};
  decided<room_event> d;
  if (s.state.invitations.size() >= limits::open_invitations_per_room_max)
    for (const open_invitation& each : s.state.invitations)
      if (each.has_expired(s.meta.now)) d.events.emplace_back(invitation_revoked{each.invitation, true});
  if (s.state.invitations.size() - d.events.size() >= limits::open_invitations_per_room_max)
    return over("open_invitations_per_room", limits::open_invitations_per_room_max);
  d.events.emplace_back(invitation_created{c.invitation, {c.code}, c.user_id, {c.email}, c.uses, c.expires_at});
  if (c.user_id) d.notes.push_back(note_to(*c.user_id, invitation_received{s.room(), c.invitation, c.expires_at}));
  return d;
}

outcome on(const situation& s, const revoke_invitation& c) {
  PALABRE_TRY(require(s, room_action::moderate));
  const auto is_it = [&](const open_invitation& i) { return i.invitation == c.invitation; };
  if (std::none_of(s.state.invitations.begin(), s.state.invitations.end(), is_it))
    return error{errc::not_found, "there is no such invitation"};
  return just(invitation_revoked{c.invitation});
}

} // namespace palabre::events::deciding

// Coming and going, roles, and what a room holds against people.

#include "base/limits.hpp"
#include "events/inbox.hpp"
#include "events/room_deciding.hpp"

namespace palabre::events::deciding {
namespace {

/// How long, for whom it is held against: "" for ever.
std::string until(timestamp end) {
  return end == for_ever ? std::string() : " until " + to_rfc3339(end);
}

/// What all commands about a person ask for.
result<void> require_power(const situation& s, room_action action) {
  PALABRE_TRY(require(s, action));
  if (!is_lower(s)) return error{errc::forbidden, "their role is not lower than yours"};
  return success();
}

/// Only who is a member is told: a room does not speak to people who have nothing to do with it.
template <class Note>
void tell(decided<room_event>& d, const situation& s, user_id member, const Note& what) {
  if (s.facts.other_standing) d.notes.push_back(note_to(member, what));
}

error nobody_here() {
  return {errc::not_a_member, "they are not in this room"};
}

} // namespace

error over(std::string_view bound, std::size_t max) {
  return {errc::limit_exceeded, std::string(bound) + ": at most " + std::to_string(max)};
}

error refused(const situation& s) {
  if (!s.facts.standing && s.state.settings.visibility == visibility::closed)
    return {errc::not_found, "there is no such room"};
  return {errc::forbidden,
          s.facts.standing ? "your role in this room does not allow this" : "you are not in this room"};
}

result<void> require(const situation& s, room_action action) {
  if (!may(s.facts.standing, s.state.settings.visibility, action)) return refused(s);
  if (s.state.archived) return error{errc::room_archived, "this room is archived"};
  return success();
}

result<void> require_voice(const situation& s) {
  if (!s.facts.standing->is_muted(s.meta.now)) return success();
  return error{errc::muted, "you are muted in this room" + until(s.facts.standing->muted_until)};
}

bool is_lower(const situation& s) {
  return s.facts.standing && (!s.facts.other_standing || s.facts.other_standing->as < s.facts.standing->as);
}

// ---- Coming and going

/// What lets who acts into the room. Who they are counts before what the room is.
/// Errors: not_found, banned, room_archived.
result<join_way> way_in(const situation& s, const join_room& c, const open_invitation* invited) {
  const error no_such_code{errc::not_found, "no room has this code"};
  const bool is_banned = s.meta.now < s.facts.held.banned_until;
  const bool admits_by_code = !is_banned && !s.state.archived;
  if (c.invitation) return invited && admits_by_code ? result<join_way>(join_way::invitation) : no_such_code;
  if (c.share_code) {
    const bool fits = !c.share_code->empty() && *c.share_code == s.state.share_code; // a direct room has none
    return fits && admits_by_code ? result<join_way>(join_way::share_code) : no_such_code;
  }
  if (!invited && s.state.settings.visibility == visibility::closed) return refused(s);
  if (is_banned) return error{errc::banned, "you are banned from this room" + until(s.facts.held.banned_until)};
  if (s.state.archived) return error{errc::room_archived, "this room is archived"};
  return invited ? join_way::invitation : join_way::open;
}

outcome on(const situation& s, const join_room& c) {
  if (s.facts.standing) return just();
  const open_invitation* const invited = invitation_for(s, c.invitation);
  PALABRE_TRY(const join_way way, way_in(s, c, invited));
  if (s.facts.rooms_of_user >= limits::rooms_per_user_max) return over("rooms_per_user", limits::rooms_per_user_max);
  auto d = just(member_joined{s.meta.actor, role::member, way, {c.display_name}});
  if (invited) d.events.emplace_back(invitation_accepted{invited->invitation});
  d.notes.push_back(note_to(s.meta.actor, inbox_joined{s.room(), role::member, way}));
  return d;
}

outcome on(const situation& s, const leave_room&) {
  if (!s.facts.standing) {
    if (s.state.settings.visibility == visibility::closed) return refused(s);
    return just();
  }
  if (s.state.kind == room_kind::direct) return error{errc::forbidden, "a direct room is of its two people for good"};
  if (s.state.owner == s.meta.actor)
    return error{errc::owner_must_transfer, "the owner of a room stays in it until it has another owner"};
  auto d = just(member_left{s.meta.actor});
  d.notes.push_back(note_to(s.meta.actor, inbox_left{s.room()}));
  return d;
}

// ---- Roles

outcome on(const situation& s, const transfer_room& c) {
  PALABRE_TRY(require(s, room_action::own));
  if (c.user == s.meta.actor) return just();
  if (!s.facts.other_standing) return nobody_here();
  auto d = just(room_owner_changed{c.user, s.meta.actor});
  const bool silent = s.meta.now < s.facts.held.muted_until; // nobody above them could let them speak
  if (silent) d.events.emplace_back(member_unmuted{c.user});
  d.notes.push_back(note_to(c.user, inbox_role_changed{s.room(), role::owner}));
  if (silent) d.notes.push_back(note_to(c.user, inbox_unmuted{s.room()}));
  d.notes.push_back(note_to(s.meta.actor, inbox_role_changed{s.room(), role::admin}));
  return d;
}

outcome on(const situation& s, const change_role& c) {
  PALABRE_TRY(require_power(s, room_action::administrate));
  if (c.role >= s.facts.standing->as) return error{errc::forbidden, "only roles below your own are yours to give"};
  if (!s.facts.other_standing) return nobody_here();
  if (s.facts.other_standing->as == c.role) return just();
  auto d = just(member_role_changed{c.user, c.role});
  d.notes.push_back(note_to(c.user, inbox_role_changed{s.room(), c.role}));
  return d;
}

// ---- Sanctions

outcome on(const situation& s, const kick_member& c) {
  PALABRE_TRY(require_power(s, room_action::moderate));
  if (!s.facts.other_standing) return nobody_here();
  auto d = just(member_kicked{c.user});
  d.notes.push_back(note_to(c.user, inbox_kicked{s.room()}));
  return d;
}

outcome on(const situation& s, const ban_user& c) {
  PALABRE_TRY(require_power(s, room_action::moderate));
  const bool is_member = s.facts.other_standing.has_value();
  if (!is_member && !c.reason && s.facts.held.banned_until == c.expires_at.value_or(for_ever)) return just();
  decided<room_event> d;
  if (is_member) d.events.emplace_back(member_kicked{c.user});
  d.events.emplace_back(member_banned{c.user, c.expires_at, {c.reason}});
  tell(d, s, c.user, inbox_banned{s.room(), c.expires_at});
  return d;
}

outcome on(const situation& s, const unban_user& c) {
  PALABRE_TRY(require_power(s, room_action::moderate));
  if (s.facts.held.banned_until <= s.meta.now) return just();
  auto d = just(member_unbanned{c.user});
  if (s.state.settings.visibility == visibility::open) d.notes.push_back(note_to(c.user, inbox_unbanned{s.room()}));
  return d;
}

outcome on(const situation& s, const mute_user& c) {
  PALABRE_TRY(require_power(s, room_action::moderate));
  if (!c.reason && s.facts.held.muted_until == c.expires_at.value_or(for_ever)) return just();
  auto d = just(member_muted{c.user, c.expires_at, {c.reason}});
  tell(d, s, c.user, inbox_muted{s.room(), c.expires_at});
  return d;
}

outcome on(const situation& s, const unmute_user& c) {
  PALABRE_TRY(require_power(s, room_action::moderate));
  if (s.facts.held.muted_until <= s.meta.now) return just();
  auto d = just(member_unmuted{c.user});
  tell(d, s, c.user, inbox_unmuted{s.room()});
  return d;
}

} // namespace palabre::events::deciding

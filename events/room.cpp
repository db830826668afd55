#include "events/room.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "events/inbox.hpp"
#include "events/room_deciding.hpp"

#include <algorithm>

namespace palabre::events {

using namespace deciding;

namespace {

/// The message a command is about: there, and not deleted.
result<const message_fact*> living_message(const situation& s) {
  if (!s.facts.message) return error{errc::not_found, "there is no such message in this room"};
  if (s.facts.message->deleted) return error{errc::message_deleted, "this message was deleted"};
  return &*s.facts.message;
}

outcome on(const situation& s, const create_room& c) {
  if (s.state.exists) return error{errc::conflict, "this room exists"};
  if (s.facts.rooms_of_user >= limits::rooms_per_user_max) return over("rooms_per_user", limits::rooms_per_user_max);
  auto d = just(room_created{c.kind, c.settings, {c.share_code}},
                member_joined{s.meta.actor, role::owner, join_way::created, {c.display_name}});
  d.claims.push_back({c.share_code_stream, encode_one(share_code_claimed{c.room})});
  d.notes.push_back(note_to(s.meta.actor, inbox_joined{c.room, role::owner, join_way::created}));
  return d;
}

outcome on(const situation& s, const open_direct_room& c) {
  if (s.state.exists) return error{errc::conflict, "this room exists"};
  if (std::max(s.facts.rooms_of_user, s.facts.rooms_of_other) >= limits::rooms_per_user_max)
    return over("rooms_per_user", limits::rooms_per_user_max);
  auto d = just(room_created{room_kind::direct, c.settings, {}},
                member_joined{s.meta.actor, role::member, join_way::created, {c.display_name}},
                member_joined{c.user, role::member, join_way::created, {}});
  d.claims.push_back({c.pair, encode_one(direct_pair_claimed{c.room})});
  for (const user_id each : {s.meta.actor, c.user})
    d.notes.push_back(note_to(each, inbox_joined{c.room, role::member, join_way::created}));
  return d;
}

/// Adds the event and the two claims that put `c`'s new code in the place of the old one.
template <class Command>
result<void> rotate(const situation& s, const Command& c, decided<room_event>& d) {
  if (c.old_share_code != s.state.share_code) return error{errc::conflict, "the share code was changed meanwhile"};
  d.events.emplace_back(room_code_rotated{{c.share_code}});
  d.claims.push_back({c.share_code_stream, encode_one(share_code_claimed{c.room})});
  d.claims.push_back({c.old_share_code_stream, encode_one(share_code_released{c.room})});
  return success();
}

outcome on(const situation& s, const update_room& c) {
  PALABRE_TRY(require(s, room_action::administrate));
  if (c.based_on && *c.based_on != s.state.settings)
    return error{errc::stale_facts, "the settings were changed meanwhile"};
  if (c.settings == s.state.settings) return just();
  auto d = just(room_updated{c.settings});
  if (s.state.settings.visibility == visibility::open && c.settings.visibility == visibility::closed) {
    PALABRE_TRY(rotate(s, c, d));
  }
  return d;
}

outcome on(const situation& s, const rotate_share_code& c) {
  PALABRE_TRY(require(s, room_action::administrate));
  decided<room_event> d;
  PALABRE_TRY(rotate(s, c, d));
  return d;
}

outcome on(const situation& s, const archive_room&) {
  if (!may(s.facts.standing, s.state.settings.visibility, room_action::own)) return refused(s);
  if (s.state.archived) return just();
  return just(room_archived{});
}

outcome on(const situation& s, const restore_room&) {
  if (!may(s.facts.standing, s.state.settings.visibility, room_action::own)) return refused(s);
  if (!s.state.archived) return just();
  return just(room_restored{});
}

/// A post has to be far enough behind the last one of a member; the roles above them speak as they like.
result<void> wait_their_turn(const situation& s) {
  const std::int64_t pause = std::int64_t{s.state.settings.slow_mode_seconds} * 1'000;
  if (pause == 0 || s.facts.standing->as != role::member || s.facts.last_post.ms + pause <= s.meta.now.ms)
    return success();
  const std::int64_t left = (s.facts.last_post.ms + pause - s.meta.now.ms + 999) / 1'000;
  return error{errc::slow_mode,
               std::to_string(left) + " s: slow mode lets a member post every " + std::to_string(pause / 1'000) + " s"};
}

/// Errors: limit_exceeded.
result<std::vector<user_id>> mentioned_members(const situation& s) {
  std::vector<user_id> users;
  for (const auto& possible : s.facts.mentioned) {
    const auto meant = std::ranges::find(possible, true, &mentioned_person::is_member);
    const bool is_new = meant != possible.end() && std::find(users.begin(), users.end(), meant->user) == users.end();
    if (is_new && meant->user != s.meta.actor) users.push_back(meant->user);
  }
  if (users.size() > limits::mentions_per_message_max)
    return over("mentions_per_message", limits::mentions_per_message_max);
  return users;
}

outcome on(const situation& s, const post_message& c) {
  PALABRE_TRY(require(s, room_action::post));
  PALABRE_TRY(require_voice(s));
  PALABRE_TRY(wait_their_turn(s));
  if (c.reply_to && !s.facts.message) return error{errc::invalid, "reply_to: no message of this room"};
  const stream_version parent = c.reply_to ? s.facts.message->seq : 0;
  PALABRE_TRY(auto mentioned, mentioned_members(s));
  decided<room_event> d;
  for (const user_id each : mentioned)
    d.notes.push_back(note_to(each, mention_received{s.room(), c.message, s.state.version + 1}));
  d.events.emplace_back(message_posted{
      c.message, {c.body}, c.reply_to, parent, c.client_id, {c.metadata}, {c.author_name}, std::move(mentioned)});
  return d;
}

outcome on(const situation& s, const edit_message& c) {
  PALABRE_TRY(require(s, room_action::post));
  PALABRE_TRY(require_voice(s));
  PALABRE_TRY(const message_fact* message, living_message(s));
  if (message->author != s.meta.actor) return error{errc::forbidden, "only its author edits a message"};
  if (message->edits >= limits::edits_per_message_max) return over("edits_per_message", limits::edits_per_message_max);
  PALABRE_TRY(auto mentioned, mentioned_members(s));
  decided<room_event> d;
  for (const user_id each : mentioned)
    if (std::find(message->mentioned.begin(), message->mentioned.end(), each) == message->mentioned.end())
      d.notes.push_back(note_to(each, mention_received{s.room(), c.message, message->seq}));
  d.events.emplace_back(message_edited{c.message, message->seq, message->edits + 1, {c.body}, std::move(mentioned)});
  return d;
}

outcome on(const situation& s, const delete_message& c) {
  PALABRE_TRY(require(s, room_action::post));
  if (!s.facts.message) return error{errc::not_found, "there is no such message in this room"};
  const message_fact& message = *s.facts.message;
  if (message.author != s.meta.actor) {
    if (!may(s.facts.standing, s.state.settings.visibility, room_action::moderate) || !is_lower(s))
      return error{errc::forbidden, "only its author, or someone with a higher role, deletes a message"};
  }
  if (message.deleted) return just();
  return just(message_deleted{c.message, message.seq, message.author});
}

bool is_pinned(const situation& s, message_id message) {
  return std::find(s.state.pins.begin(), s.state.pins.end(), message) != s.state.pins.end();
}

outcome on(const situation& s, const pin_message& c) {
  PALABRE_TRY(require(s, room_action::moderate));
  PALABRE_TRY(const message_fact* message, living_message(s));
  if (is_pinned(s, c.message)) return just();
  if (s.state.pins.size() >= limits::pins_per_room_max) return over("pins_per_room", limits::pins_per_room_max);
  return just(message_pinned{c.message, message->seq});
}

outcome on(const situation& s, const unpin_message& c) {
  PALABRE_TRY(require(s, room_action::moderate));
  if (!s.facts.message) return error{errc::not_found, "there is no such message in this room"};
  if (!is_pinned(s, c.message)) return just();
  return just(message_unpinned{c.message, s.facts.message->seq});
}

outcome on(const situation& s, const report_message& c) {
  PALABRE_TRY(require(s, room_action::read));
  PALABRE_TRY(const message_fact* message, living_message(s));
  if (message->author == s.meta.actor) return error{errc::forbidden, "nobody reports what they wrote themselves"};
  const auto& reporters = s.facts.reporters;
  if (std::find(reporters.begin(), reporters.end(), s.meta.actor) != reporters.end()) return just();
  if (reporters.size() >= limits::reports_per_message_max)
    return over("reports_per_message", limits::reports_per_message_max);
  return just(message_reported{c.message, message->seq, {c.reason}});
}

outcome on(const situation& s, const review_message& c) {
  PALABRE_TRY(require(s, room_action::moderate));
  if (!s.facts.message) return error{errc::not_found, "there is no such message in this room"};
  if (s.facts.reporters.empty()) return just();
  return just(message_reviewed{c.message, s.facts.message->seq});
}

outcome on(const situation& s, const react& c) {
  PALABRE_TRY(require(s, room_action::read));
  PALABRE_TRY(const message_fact* message, living_message(s));
  const bool add = c.change == reaction_change::add || (c.change == reaction_change::toggle && !s.facts.reacted);
  if (add == s.facts.reacted) return just();
  if (!add) return just(reaction_removed{c.message, message->seq, c.emoji});
  const auto& kinds = s.facts.emoji_kinds;
  if (kinds.size() >= limits::emoji_kinds_per_message_max &&
      std::find(kinds.begin(), kinds.end(), c.emoji) == kinds.end())
    return over("emoji_kinds_per_message", limits::emoji_kinds_per_message_max);
  return just(reaction_added{c.message, message->seq, c.emoji});
}

void apply(room_state& state, const room_created& e, const event_meta& meta) {
  state.exists = true;
  state.kind = e.kind;
  state.settings = e.settings;
  state.owner = meta.actor;
  state.share_code = e.share_code.value;
  state.created_at = state.updated_at = meta.time;
}
void apply(room_state& state, const room_updated& e, const event_meta& meta) {
  state.settings = e.settings;
  state.updated_at = meta.time;
}
void apply(room_state& state, const room_code_rotated& e, const event_meta&) {
  state.share_code = e.share_code.value;
}
void apply(room_state& state, const room_archived&, const event_meta& meta) {
  state.archived = true;
  state.updated_at = meta.time;
}
void apply(room_state& state, const room_restored&, const event_meta& meta) {
  state.archived = false;
  state.updated_at = meta.time;
}
void apply(room_state& state, const room_owner_changed& e, const event_meta& meta) {
  state.owner = e.user;
  state.updated_at = meta.time;
}
void apply(room_state& state, const member_joined&, const event_meta&) {
  ++state.member_count;
}
void apply(room_state& state, const message_posted&, const event_meta&) {
  ++state.message_count;
}
void apply(room_state& state, const message_deleted& e, const event_meta&) {
  --state.message_count;
  std::erase(state.pins, e.message);
}
void apply(room_state& state, const message_pinned& e, const event_meta&) {
  std::erase(state.pins, e.message); // as the views: whatever a log holds, there is one of each
  state.pins.push_back(e.message);
}
void apply(room_state& state, const message_unpinned& e, const event_meta&) {
  std::erase(state.pins, e.message);
}
void apply(room_state& state, const invitation_created& e, const event_meta&) {
  state.invitations.push_back({e.invitation, e.user_id, e.uses, e.expires_at});
}
void apply(room_state& state, const invitation_accepted& e, const event_meta&) {
  std::erase_if(state.invitations,
                [&](open_invitation& i) { return i.invitation == e.invitation && --i.uses_left == 0; });
}
void apply(room_state& state, const invitation_revoked& e, const event_meta&) {
  std::erase_if(state.invitations, [&](const open_invitation& i) { return i.invitation == e.invitation; });
}
/// The others change nothing that the room has to know: what they are about comes as facts.
template <class Other>
void apply(room_state&, const Other&, const event_meta&) {}

} // namespace

void read_json(json_value value, visibility& out) {
  const std::string_view name = value.get_string();
  const auto v = parse_visibility(name);
  if (!v) throw field_error{"unknown visibility " + std::string(name)};
  out = *v;
}

std::optional<user_id> departed_in(const room_event& event) {
  if (const auto* left = std::get_if<member_left>(&event)) return left->user;
  if (const auto* kicked = std::get_if<member_kicked>(&event)) return kicked->user;
  return std::nullopt;
}

bool makes_a_room(const room_command& command) {
  return std::holds_alternative<create_room>(command) || std::holds_alternative<open_direct_room>(command);
}

std::optional<user_id> person_of(const room_command& command) {
  if (const auto* invite = std::get_if<create_invitation>(&command)) return invite->user_id;
  return std::visit(
      [](const auto& c) -> std::optional<user_id> {
        if constexpr (requires { c.user; }) return c.user;
        return std::nullopt;
      },
      command);
}

std::optional<message_id> message_of(const room_command& command) {
  if (const auto* post = std::get_if<post_message>(&command)) return post->reply_to;
  return std::visit(
      [](const auto& c) -> std::optional<message_id> {
        if constexpr (requires { c.message; }) return c.message;
        return std::nullopt;
      },
      command);
}

result<decided<room_event>> decide(const room_state& state, const room_facts& facts, const room_command& command,
                                   const command_meta& meta) {
  if (!state.exists && !makes_a_room(command)) return error{errc::not_found, "there is no such room"};
  const situation s{state, facts, meta};
  return std::visit([&](const auto& c) { return on(s, c); }, command);
}

void evolve(room_state& state, const room_event& event, const event_meta& meta) {
  PALABRE_ASSERT(meta.version == state.version + 1);
  std::visit([&](const auto& e) { apply(state, e, meta); }, event);
  if (departed_in(event)) --state.member_count;
  state.version = meta.version;
  state.last_time = meta.time;
}

} // namespace palabre::events

#include "room_model.hpp"

#include "base/limits.hpp"
#include "events/event.hpp"

namespace palabre::trust {
namespace {

using namespace events;
using expectation = room_model::expectation;

expectation refused(errc why) {
  return {why, {}};
}
/// What keeps a member, or everybody else, from writing.
std::optional<errc> barrier(const room_model& room, user_id actor, role least = role::member) {
  const auto member = room.members.find(actor);
  if (member == room.members.end() || member->second < least) return errc::forbidden;
  if (room.archived) return errc::room_archived;
  return std::nullopt;
}
template <class Event>
expectation leads_to(const Event& event) {
  return {std::nullopt, {text_of(event)}};
}

bool is_held(const std::map<user_id, timestamp>& until, user_id user) {
  return until.contains(user);
}
/// What keeps somebody from doing something about somebody else.
std::optional<errc> barrier_about(const room_model& room, user_id actor, user_id whom, role least) {
  if (const auto why = barrier(room, actor, least)) return why;
  const auto other = room.members.find(whom);
  if (other != room.members.end() && other->second >= room.members.at(actor)) return errc::forbidden;
  return std::nullopt;
}
template <class... Event>
expectation leads_to_all(const Event&... events) {
  return {std::nullopt, {text_of(events)...}};
}

expectation expect(const room_model& room, const restore_room&, user_id actor) {
  const auto member = room.members.find(actor);
  if (member == room.members.end() || member->second != role::owner) return refused(errc::forbidden);
  if (!room.archived) return {};
  return leads_to(room_restored{});
}

expectation expect(const room_model& room, const transfer_room& c, user_id actor) {
  if (const auto why = barrier(room, actor, role::owner)) return refused(*why);
  if (c.user == actor) return {};
  if (!room.members.contains(c.user)) return refused(errc::not_a_member);
  if (is_held(room.muted_until, c.user)) return leads_to_all(room_owner_changed{c.user, actor}, member_unmuted{c.user});
  return leads_to(room_owner_changed{c.user, actor});
}

expectation expect(const room_model& room, const change_role& c, user_id actor) {
  if (const auto why = barrier_about(room, actor, c.user, role::admin)) return refused(*why);
  if (c.role >= room.members.at(actor)) return refused(errc::forbidden);
  const auto other = room.members.find(c.user);
  if (other == room.members.end()) return refused(errc::not_a_member);
  if (other->second == c.role) return {};
  return leads_to(member_role_changed{c.user, c.role});
}

expectation expect(const room_model& room, const kick_member& c, user_id actor) {
  if (const auto why = barrier_about(room, actor, c.user, role::moderator)) return refused(*why);
  if (!room.members.contains(c.user)) return refused(errc::not_a_member);
  return leads_to(member_kicked{c.user});
}

expectation expect(const room_model& room, const ban_user& c, user_id actor) {
  if (const auto why = barrier_about(room, actor, c.user, role::moderator)) return refused(*why);
  const member_banned banned{c.user, c.expires_at, {c.reason}};
  if (room.members.contains(c.user)) return leads_to_all(member_kicked{c.user}, banned);
  if (!c.reason && is_held(room.banned_until, c.user)) return {};
  return leads_to(banned);
}

expectation expect(const room_model& room, const unban_user& c, user_id actor) {
  if (const auto why = barrier_about(room, actor, c.user, role::moderator)) return refused(*why);
  if (!is_held(room.banned_until, c.user)) return {};
  return leads_to(member_unbanned{c.user});
}

expectation expect(const room_model& room, const mute_user& c, user_id actor) {
  if (const auto why = barrier_about(room, actor, c.user, role::moderator)) return refused(*why);
  if (!c.reason && is_held(room.muted_until, c.user)) return {};
  return leads_to(member_muted{c.user, c.expires_at, {c.reason}});
}

expectation expect(const room_model& room, const unmute_user& c, user_id actor) {
  if (const auto why = barrier_about(room, actor, c.user, role::moderator)) return refused(*why);
  if (!is_held(room.muted_until, c.user)) return {};
  return leads_to(member_unmuted{c.user});
}

expectation expect(const room_model& room, const join_room& c, user_id actor) {
  if (room.members.contains(actor)) return {};
  if (is_held(room.banned_until, actor)) return refused(errc::banned);
  if (room.archived) return refused(errc::room_archived);
  return leads_to(member_joined{actor, role::member, join_way::open, {c.display_name}});
}

expectation expect(const room_model& room, const update_room& c, user_id actor) {
  if (const auto why = barrier(room, actor, role::admin)) return refused(*why);
  if (c.settings == room.settings) return {};
  return leads_to(room_updated{c.settings});
}

expectation expect(const room_model& room, const rotate_share_code& c, user_id actor) {
  if (const auto why = barrier(room, actor, role::admin)) return refused(*why);
  if (c.old_share_code != room.share_code) return refused(errc::conflict);
  return leads_to(room_code_rotated{{c.share_code}});
}

expectation expect(const room_model& room, const archive_room&, user_id actor) {
  const auto member = room.members.find(actor);
  if (member == room.members.end() || member->second != role::owner) return refused(errc::forbidden);
  if (room.archived) return {};
  return leads_to(room_archived{});
}

expectation expect(const room_model& room, const leave_room&, user_id actor) {
  const auto member = room.members.find(actor);
  if (member == room.members.end()) return {};
  if (member->second == role::owner) return refused(errc::owner_must_transfer);
  return leads_to(member_left{actor});
}

/// The schedules write "@<id>" in front of a text.
std::vector<user_id> mentioned_by(const room_model& room, const std::string& body, user_id actor) {
  const auto named = named_in(body);
  if (!named || *named == actor || !room.members.contains(*named)) return {};
  return {*named};
}

expectation expect(const room_model& room, const post_message& c, user_id actor) {
  if (const auto why = barrier(room, actor)) return refused(*why);
  if (is_held(room.muted_until, actor)) return refused(errc::muted);
  message_posted posted{c.message,   {c.body},     c.reply_to,      0,
                        c.client_id, {c.metadata}, {c.author_name}, mentioned_by(room, c.body, actor)};
  if (c.reply_to) {
    const auto parent = room.messages.find(*c.reply_to);
    if (parent == room.messages.end()) return refused(errc::invalid);
    posted.reply_to_seq = parent->second.seq;
  }
  return leads_to(posted);
}

expectation expect(const room_model& room, const edit_message& c, user_id actor) {
  if (const auto why = barrier(room, actor)) return refused(*why);
  if (is_held(room.muted_until, actor)) return refused(errc::muted);
  const auto found = room.messages.find(c.message);
  if (found == room.messages.end()) return refused(errc::not_found);
  const room_model::message& m = found->second;
  if (m.deleted) return refused(errc::message_deleted);
  if (m.author != actor) return refused(errc::forbidden);
  return leads_to(message_edited{c.message, m.seq, m.edits + 1, {c.body}, mentioned_by(room, c.body, actor)});
}

expectation expect(const room_model& room, const delete_message& c, user_id actor) {
  if (const auto why = barrier(room, actor)) return refused(*why);
  const auto found = room.messages.find(c.message);
  if (found == room.messages.end()) return refused(errc::not_found);
  const room_model::message& m = found->second;
  if (m.author != actor) {
    const auto author = room.members.find(m.author);
    const role own = room.members.at(actor);
    if (own < role::moderator || (author != room.members.end() && author->second >= own))
      return refused(errc::forbidden);
  }
  if (m.deleted) return {};
  return leads_to(message_deleted{c.message, m.seq, m.author});
}

bool is_pinned(const room_model& room, message_id message) {
  return std::find(room.pins.begin(), room.pins.end(), message) != room.pins.end();
}

expectation expect(const room_model& room, const pin_message& c, user_id actor) {
  if (const auto why = barrier(room, actor, role::moderator)) return refused(*why);
  const auto found = room.messages.find(c.message);
  if (found == room.messages.end()) return refused(errc::not_found);
  if (found->second.deleted) return refused(errc::message_deleted);
  if (is_pinned(room, c.message)) return {};
  if (room.pins.size() == limits::pins_per_room_max) return refused(errc::limit_exceeded);
  return leads_to(message_pinned{c.message, found->second.seq});
}

expectation expect(const room_model& room, const unpin_message& c, user_id actor) {
  if (const auto why = barrier(room, actor, role::moderator)) return refused(*why);
  const auto found = room.messages.find(c.message);
  if (found == room.messages.end()) return refused(errc::not_found);
  if (!is_pinned(room, c.message)) return {};
  return leads_to(message_unpinned{c.message, found->second.seq});
}

expectation expect(const room_model& room, const report_message& c, user_id actor) {
  if (const auto why = barrier(room, actor)) return refused(*why);
  const auto found = room.messages.find(c.message);
  if (found == room.messages.end()) return refused(errc::not_found);
  if (found->second.deleted) return refused(errc::message_deleted);
  if (found->second.author == actor) return refused(errc::forbidden);
  if (found->second.reporters.contains(actor)) return {};
  return leads_to(message_reported{c.message, found->second.seq, {c.reason}});
}

expectation expect(const room_model& room, const review_message& c, user_id actor) {
  if (const auto why = barrier(room, actor, role::moderator)) return refused(*why);
  const auto found = room.messages.find(c.message);
  if (found == room.messages.end()) return refused(errc::not_found);
  if (found->second.reporters.empty()) return {};
  return leads_to(message_reviewed{c.message, found->second.seq});
}

expectation expect(const room_model& room, const react& c, user_id actor) {
  if (const auto why = barrier(room, actor)) return refused(*why);
  const auto found = room.messages.find(c.message);
  if (found == room.messages.end()) return refused(errc::not_found);
  const room_model::message& m = found->second;
  if (m.deleted) return refused(errc::message_deleted);
  const bool there = m.reactions.contains({c.emoji, actor});
  const bool add = c.change == reaction_change::add || (c.change == reaction_change::toggle && !there);
  if (add == there) return {};
  return add ? leads_to(reaction_added{c.message, m.seq, c.emoji})
             : leads_to(reaction_removed{c.message, m.seq, c.emoji});
}

template <class Other>
expectation expect(const room_model&, const Other&, user_id) {
  return refused(errc::internal); // no schedule sends it
}

} // namespace

expectation room_model::expected_of(const room_command& command, user_id actor) const {
  return std::visit([&](const auto& c) { return expect(*this, c, actor); }, command);
}

void room_model::apply(const room_event& event, user_id actor) {
  ++version;
  if (const auto* created = std::get_if<room_created>(&event))
    settings = created->settings, share_code = created->share_code.value;
  if (const auto* updated = std::get_if<room_updated>(&event)) settings = updated->settings;
  if (const auto* rotated = std::get_if<room_code_rotated>(&event)) share_code = rotated->share_code.value;
  if (std::holds_alternative<room_archived>(event)) archived = true;
  if (const auto* joined = std::get_if<member_joined>(&event)) members[joined->user] = joined->role;
  if (const auto user = departed_in(event)) members.erase(*user);
  if (std::holds_alternative<room_restored>(event)) archived = false;
  if (const auto* handed = std::get_if<room_owner_changed>(&event))
    members[handed->was] = role::admin, members[handed->user] = role::owner;
  if (const auto* changed = std::get_if<member_role_changed>(&event)) members[changed->user] = changed->role;
  if (const auto* ban = std::get_if<member_banned>(&event)) banned_until[ban->user] = for_ever;
  if (const auto* lifted = std::get_if<member_unbanned>(&event)) banned_until.erase(lifted->user);
  if (const auto* mute = std::get_if<member_muted>(&event)) muted_until[mute->user] = for_ever;
  if (const auto* lifted = std::get_if<member_unmuted>(&event)) muted_until.erase(lifted->user);
  if (const auto* posted = std::get_if<message_posted>(&event))
    messages[posted->message] = {version, actor, false, 0, {}, {}};
  if (const auto* edited = std::get_if<message_edited>(&event)) messages[edited->message].edits = edited->edit;
  if (const auto* gone = std::get_if<message_deleted>(&event)) {
    messages[gone->message].deleted = true;
    messages[gone->message].reporters.clear();
    std::erase(pins, gone->message);
  }
  if (const auto* pinned = std::get_if<message_pinned>(&event)) pins.push_back(pinned->message);
  if (const auto* unpinned = std::get_if<message_unpinned>(&event)) std::erase(pins, unpinned->message);
  if (const auto* reported = std::get_if<message_reported>(&event)) messages[reported->message].reporters.insert(actor);
  if (const auto* reviewed = std::get_if<message_reviewed>(&event)) messages[reviewed->message].reporters.clear();
  if (const auto* added = std::get_if<reaction_added>(&event))
    messages[added->message].reactions.emplace(added->emoji, actor);
  if (const auto* removed = std::get_if<reaction_removed>(&event))
    messages[removed->message].reactions.erase({removed->emoji, actor});
}

std::optional<user_id> named_in(std::string_view text) {
  constexpr std::size_t id_letters = 36;
  return text.starts_with('@') ? user_id::parse(text.substr(1, id_letters)) : std::nullopt;
}

std::string text_of(const room_event& event) {
  const encoded_event encoded = encode(event);
  return std::string(encoded.type) + ' ' + encoded.payload;
}

} // namespace palabre::trust

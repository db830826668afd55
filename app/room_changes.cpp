#include "app/room_changes.hpp"

#include "projections/projection.hpp"

namespace palabre::app {
namespace {

using namespace events;

template <class T>
std::string as_json(const T& value) {
  std::string text;
  append_json(text, value, secrets::hidden);
  return text;
}

/// The message that a payload is about, without decoding it: its id is the first field.
std::optional<message_id> message_in(std::string_view payload) {
  constexpr std::string_view key = R"({"message_id":")";
  if (!payload.starts_with(key)) return std::nullopt;
  return message_id::parse(payload.substr(key.size(), uuid_text_bytes));
}

bool is_edit_or_end(std::string_view type) {
  return type == message_edited::type.name || type == message_deleted::type.name;
}

} // namespace

result<void> room_changes::visit(const std::function<bool(const room_change&)>& tell) {
  PALABRE_TRY(find_wanted());
  result<void> sound = success();
  bool exists = false;
  const auto show = [&](const storage::record& r) -> result<bool> {
    const bool is_shown = range_.from.is_before(r) && (!range_.message || message_in(r.payload) == range_.message);
    if (!is_shown && !is_needed(r)) return true;
    PALABRE_TRY(const auto decoded, projections::decode(r));
    const auto& event = std::get<room_event>(decoded.event);
    bool go_on = true;
    if (is_shown) {
      PALABRE_TRY(room_change change, begin(r));
      PALABRE_TRY(describe(change, event, r.at));
      go_on = tell(change);
    }
    follow(event, r);
    return go_on;
  };
  PALABRE_TRY(log_.read_stream(stream_of(range_.room), 0, SIZE_MAX, [&](const storage::committed_record& r) {
    exists = true;
    if (range_.to.is_before(r.view)) return false;
    const auto shown = show(r.view);
    if (!shown) sound = shown.error();
    return shown && shown.value();
  }));
  if (!exists) return error{errc::not_found, "there is no room " + to_text(range_.room)};
  return sound;
}

result<void> room_changes::find_wanted() {
  if (range_.message) {
    wanted_.insert(*range_.message);
    return success();
  }
  const stream_version after = range_.from.time ? 0 : range_.from.number;
  return log_.read_stream(stream_of(range_.room), after, SIZE_MAX, [&](const storage::committed_record& r) {
    if (range_.to.is_before(r.view)) return false;
    if (range_.from.is_before(r.view) && is_edit_or_end(r.view.type))
      if (const auto message = message_in(r.view.payload)) wanted_.insert(*message);
    return true;
  });
}

/// Whether what comes before the range has to be known of this event: all but most messages and reactions.
bool room_changes::is_needed(const storage::record& r) const {
  if (r.type == reaction_added::type.name || r.type == reaction_removed::type.name) return false;
  const auto message = message_in(r.payload);
  return !message || wanted_.contains(*message);
}

result<room_change> room_changes::begin(const storage::record& r) {
  room_change change;
  change.seq = r.version;
  change.at = r.at;
  change.time = r.time;
  change.type = r.type;
  PALABRE_TRY(change.who, names_.find(r.actor, r.at));
  return change;
}

result<void> room_changes::describe(room_change& change, const room_event& event, position at) {
  return std::visit([&](const auto& e) { return add(change, e, at); }, event);
}

result<void> room_changes::add(room_change& c, const room_created& e, position) {
  c.fields.push_back({"kind", std::nullopt, as_json(e.kind)});
  add_settings(c, nullptr, e.settings);
  return success();
}

result<void> room_changes::add(room_change& c, const room_updated& e, position) {
  add_settings(c, settings_ ? &*settings_ : nullptr, e.settings);
  return success();
}

result<void> room_changes::add(room_change& c, const room_archived&, position) {
  c.fields.push_back({"archived", "false", "true"});
  return success();
}

result<void> room_changes::add(room_change&, const room_code_rotated&, position) {
  return success(); // both codes are secrets
}

result<void> room_changes::add(room_change& c, const member_joined& e, position at) {
  PALABRE_TRY(c.member, names_.find(e.user, at));
  c.fields.push_back({"role", std::nullopt, as_json(e.role)});
  c.fields.push_back({"way", std::nullopt, as_json(e.way)});
  return success();
}

result<void> room_changes::add(room_change& c, const room_restored&, position) {
  c.fields.push_back({"archived", "true", "false"});
  return success();
}

result<void> room_changes::add(room_change& c, const room_owner_changed& e, position at) {
  PALABRE_TRY(c.member, names_.find(e.user, at));
  c.fields.push_back({"owner_id", as_json(e.was), as_json(e.user)});
  return success();
}

/// As JSON; null: not known.
std::string room_changes::role_of(user_id user) const {
  const auto role = roles_.find(user);
  return role == roles_.end() ? "null" : as_json(role->second);
}

result<void> room_changes::add_departure(room_change& c, user_id user, position at) {
  PALABRE_TRY(c.member, names_.find(user, at));
  c.fields.push_back({"role", role_of(user), std::nullopt});
  return success();
}

result<void> room_changes::add(room_change& c, const member_left& e, position at) {
  return add_departure(c, e.user, at);
}

result<void> room_changes::add(room_change& c, const member_kicked& e, position at) {
  return add_departure(c, e.user, at);
}

result<void> room_changes::add(room_change& c, const member_role_changed& e, position at) {
  PALABRE_TRY(c.member, names_.find(e.user, at));
  c.fields.push_back({"role", role_of(e.user), as_json(e.role)});
  return success();
}

template <class Sanction>
result<void> room_changes::add_sanction(room_change& c, const Sanction& e, position at) {
  PALABRE_TRY(c.member, names_.find(e.user, at));
  c.fields.push_back({"expires_at", std::nullopt, as_json(e.expires_at)});
  if (e.reason.value) c.fields.push_back({"reason", std::nullopt, as_json(e.reason)});
  return success();
}

result<void> room_changes::add(room_change& c, const member_banned& e, position at) {
  return add_sanction(c, e, at);
}

result<void> room_changes::add(room_change& c, const member_muted& e, position at) {
  return add_sanction(c, e, at);
}

result<void> room_changes::add(room_change& c, const member_unbanned& e, position at) {
  PALABRE_TRY(c.member, names_.find(e.user, at));
  return success();
}

result<void> room_changes::add(room_change& c, const member_unmuted& e, position at) {
  PALABRE_TRY(c.member, names_.find(e.user, at));
  return success();
}

result<void> room_changes::add(room_change& c, const invitation_created& e, position at) {
  if (e.user_id) {
    PALABRE_TRY(c.member, names_.find(*e.user_id, at));
  }
  c.fields.push_back({"invitation_id", std::nullopt, as_json(e.invitation)});
  if (e.email.value) c.fields.push_back({"email", std::nullopt, as_json(e.email)});
  c.fields.push_back({"uses", std::nullopt, as_json(e.uses)});
  c.fields.push_back({"expires_at", std::nullopt, as_json(e.expires_at)});
  return success();
}

result<void> room_changes::add(room_change& c, const invitation_accepted& e, position) {
  c.fields.push_back({"invitation_id", std::nullopt, as_json(e.invitation)});
  return success();
}

result<void> room_changes::add(room_change& c, const invitation_revoked& e, position) {
  c.fields.push_back({"invitation_id", as_json(e.invitation), std::nullopt});
  return success();
}

result<void> room_changes::add(room_change& c, const message_posted& e, position) {
  c.message = {e.message, c.seq, c.who};
  c.fields.push_back({"body", std::nullopt, as_json(e.body)});
  if (e.reply_to) c.fields.push_back({"reply_to_seq", std::nullopt, as_json(e.reply_to_seq)});
  return success();
}

result<void> room_changes::add(room_change& c, const message_edited& e, position at) {
  c.message = {e.message, e.message_seq, std::nullopt};
  const words* const now = words_of(e.message);
  if (now) {
    PALABRE_TRY(c.message->author, names_.find(now->author, at));
  }
  c.fields.push_back({"body", now ? now->body : "null", as_json(e.body)});
  return success();
}

result<void> room_changes::add(room_change& c, const message_deleted& e, position at) {
  c.message = {e.message, e.message_seq, std::nullopt};
  PALABRE_TRY(c.message->author, names_.find(e.author, at));
  const words* const now = words_of(e.message);
  c.fields.push_back({"body", now ? now->body : "null", std::nullopt});
  if (pinned_.contains(e.message)) c.fields.push_back({"pinned", "true", "false"});
  return success();
}

result<void> room_changes::add(room_change& c, const message_pinned& e, position) {
  c.message = {e.message, e.message_seq, std::nullopt};
  c.fields.push_back({"pinned", "false", "true"});
  return success();
}

result<void> room_changes::add(room_change& c, const message_unpinned& e, position) {
  c.message = {e.message, e.message_seq, std::nullopt};
  c.fields.push_back({"pinned", "true", "false"});
  return success();
}

result<void> room_changes::add(room_change& c, const message_reported& e, position) {
  c.message = {e.message, e.message_seq, std::nullopt};
  c.fields.push_back({"reported", std::nullopt, as_json(e.reason)});
  return success();
}

result<void> room_changes::add(room_change& c, const message_reviewed& e, position) {
  c.message = {e.message, e.message_seq, std::nullopt};
  c.fields.push_back({"reviewed", std::nullopt, "true"});
  return success();
}

result<void> room_changes::add(room_change& c, const reaction_added& e, position) {
  c.message = {e.message, e.message_seq, std::nullopt};
  c.fields.push_back({"reaction", std::nullopt, as_json(e.emoji)});
  return success();
}

result<void> room_changes::add(room_change& c, const reaction_removed& e, position) {
  c.message = {e.message, e.message_seq, std::nullopt};
  c.fields.push_back({"reaction", as_json(e.emoji), std::nullopt});
  return success();
}

/// As they are before the event at hand; null where they are not known: those of a message that nothing happens to.
const room_changes::words* room_changes::words_of(message_id message) const {
  const auto found = words_.find(message);
  return found == words_.end() ? nullptr : &found->second;
}

void room_changes::add_settings(room_change& c, const room_settings* before, const room_settings& after) const {
  boost::mp11::mp_for_each<members_of<room_settings>>([&](auto member) {
    const std::string is = as_json(after.*member.pointer);
    std::optional<std::string> was;
    if (before) was = as_json(before->*member.pointer);
    if (was != is && (before || is != "null")) c.fields.push_back({member.name, std::move(was), is});
  });
}

/// Takes in what an event changes of what later ones are held against.
void room_changes::follow(const room_event& event, const storage::record& r) {
  if (const auto* created = std::get_if<room_created>(&event)) settings_ = created->settings;
  if (const auto* updated = std::get_if<room_updated>(&event)) settings_ = updated->settings;
  if (const auto* joined = std::get_if<member_joined>(&event)) roles_[joined->user] = joined->role;
  if (const auto user = departed_in(event)) roles_.erase(*user);
  if (const auto* changed = std::get_if<member_role_changed>(&event)) roles_[changed->user] = changed->role;
  if (const auto* handed = std::get_if<room_owner_changed>(&event)) {
    roles_[handed->was] = role::admin;
    roles_[handed->user] = role::owner;
  }
  if (const auto* posted = std::get_if<message_posted>(&event); posted && wanted_.contains(posted->message))
    words_[posted->message] = {as_json(posted->body), r.actor};
  if (const auto* edited = std::get_if<message_edited>(&event))
    if (const auto found = words_.find(edited->message); found != words_.end())
      found->second.body = as_json(edited->body);
  if (const auto* pinned = std::get_if<message_pinned>(&event); pinned && wanted_.contains(pinned->message))
    pinned_.insert(pinned->message);
  if (const auto* unpinned = std::get_if<message_unpinned>(&event)) pinned_.erase(unpinned->message);
}

} // namespace palabre::app

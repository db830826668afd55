#include "events/recent_facts.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace palabre::events {
namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// What is newer than `true_at`; nullptr: nothing.
template <class Map, class Key>
auto newer(const Map& map, const Key& key, stream_version true_at) {
  const auto found = map.find(key);
  return found != map.end() && found->second.at > true_at ? &found->second.now : nullptr;
}

} // namespace

std::size_t recent_facts::reaction_key_hash::operator()(const reaction_key& k) const noexcept {
  return std::hash<message_id>{}(k.message) ^ (std::hash<user_id>{}(k.user) * 31) ^ std::hash<std::string>{}(k.emoji);
}

void recent_facts::remember(stream_version at, decltype(entry::of) of) {
  order_.push_back({at, std::move(of)});
  while (order_.size() > limits::recent_facts_max) forget_oldest();
}

void recent_facts::forget_oldest() {
  const entry oldest = std::move(order_.front());
  order_.pop_front();
  floor_ = oldest.at;
  // A later change of the same fact has an entry of its own: only what was last changed here goes.
  const auto drop = [&](auto& map, const auto& key) {
    const auto found = map.find(key);
    if (found != map.end() && found->second.at == oldest.at) map.erase(found);
  };
  if (const auto* user = std::get_if<user_id>(&oldest.of)) {
    drop(roles_, *user);
    drop(bans_, *user);
    drop(mutes_, *user);
  } else if (const auto* message = std::get_if<message_id>(&oldest.of)) {
    if (const auto found = messages_.find(*message); found != messages_.end()) drop(posts_, found->second.now.author);
    drop(messages_, *message);
    drop(reports_, *message);
  } else {
    const auto& reaction = std::get<reaction_key>(oldest.of);
    drop(reactions_, reaction);
    drop(kinds_, reaction.message);
  }
}

// ---- Taking in

void recent_facts::evolve(const room_event& event, const event_meta& meta) {
  std::visit([&](const auto& e) { take_in(e, meta); }, event);
  if (const auto user = departed_in(event)) set_role(*user, std::nullopt, meta.version);
}

void recent_facts::set_role(user_id user, std::optional<role> as, stream_version at) {
  roles_[user] = {as, at};
  remember(at, user);
}

void recent_facts::set_until(changes<user_id, timestamp>& of, user_id user, timestamp until, stream_version at) {
  of[user] = {until, at};
  remember(at, user);
}

void recent_facts::take_in(const message_posted& e, const event_meta& meta) {
  messages_[e.message] = {{meta.version, meta.actor, false, 0, e.mentioned_user_ids}, meta.version};
  posts_[meta.actor] = {meta.time, meta.version};
  remember(meta.version, e.message);
}
/// Only authors edit.
void recent_facts::take_in(const message_edited& e, const event_meta& meta) {
  messages_[e.message] = {{e.message_seq, meta.actor, false, e.edit, e.mentioned_user_ids}, meta.version};
  remember(meta.version, e.message);
}
void recent_facts::take_in(const message_deleted& e, const event_meta& meta) {
  messages_[e.message] = {{e.message_seq, e.author, true, 0}, meta.version};
  forget_reports(e.message, meta.version);
}
void recent_facts::take_in(const message_reported& e, const event_meta& meta) {
  auto& reports = reports_[e.message];
  reports.now.users.push_back(meta.actor);
  reports.at = meta.version;
  remember(meta.version, e.message);
}
void recent_facts::take_in(const message_reviewed& e, const event_meta& meta) {
  forget_reports(e.message, meta.version);
}
void recent_facts::forget_reports(message_id message, stream_version at) {
  reports_[message] = {{true, {}}, at};
  remember(at, message);
}
void recent_facts::take_in(const reaction_added& e, const event_meta& meta) {
  reaction_key key{e.message, meta.actor, e.emoji};
  reactions_[key] = {true, meta.version};
  auto& kinds = kinds_[e.message];
  if (!contains(kinds.now, e.emoji)) kinds.now.push_back(e.emoji);
  kinds.at = meta.version;
  remember(meta.version, std::move(key));
}
void recent_facts::take_in(const reaction_removed& e, const event_meta& meta) {
  reaction_key key{e.message, meta.actor, e.emoji};
  reactions_[key] = {false, meta.version};
  remember(meta.version, std::move(key));
}
void recent_facts::take_in(const member_joined& e, const event_meta& meta) {
  set_role(e.user, e.role, meta.version);
}
void recent_facts::take_in(const member_role_changed& e, const event_meta& meta) {
  set_role(e.user, e.role, meta.version);
}
void recent_facts::take_in(const room_owner_changed& e, const event_meta& meta) {
  set_role(e.was, role::admin, meta.version);
  set_role(e.user, role::owner, meta.version);
}
void recent_facts::take_in(const member_banned& e, const event_meta& meta) {
  set_until(bans_, e.user, e.expires_at.value_or(for_ever), meta.version);
}
void recent_facts::take_in(const member_unbanned& e, const event_meta& meta) {
  set_until(bans_, e.user, {}, meta.version);
}
void recent_facts::take_in(const member_muted& e, const event_meta& meta) {
  set_until(mutes_, e.user, e.expires_at.value_or(for_ever), meta.version);
}
void recent_facts::take_in(const member_unmuted& e, const event_meta& meta) {
  set_until(mutes_, e.user, {}, meta.version);
}

// ---- Correcting

void recent_facts::correct_standing(std::optional<standing>& facts, user_id user, stream_version true_at,
                                    timestamp muted_until) const {
  if (facts) muted_until = facts->muted_until;
  if (const auto* as = newer(roles_, user, true_at))
    facts = *as ? std::optional(standing(**as, muted_until)) : std::nullopt;
  const auto* muted = newer(mutes_, user, true_at);
  if (muted && facts) facts->muted_until = *muted;
}

void recent_facts::correct_mentioned(room_facts& facts) const {
  for (auto& possible : facts.mentioned)
    for (mentioned_person& each : possible)
      if (const auto* as = newer(roles_, each.user, facts.true_at)) each.is_member = as->has_value();
}

void recent_facts::correct_reporters(room_facts& facts, message_id message) const {
  const reporters* const since = newer(reports_, message, facts.true_at);
  if (since == nullptr) return;
  if (since->are_all) facts.reporters.clear();
  for (const user_id each : since->users)
    if (std::find(facts.reporters.begin(), facts.reporters.end(), each) == facts.reporters.end())
      facts.reporters.push_back(each);
}

result<void> recent_facts::correct_message(room_facts& facts, const room_command& command, user_id actor,
                                           message_id message) const {
  const bool author_was_looked_up = facts.message.has_value();
  if (const auto* now = newer(messages_, message, facts.true_at)) facts.message = *now;
  if (std::holds_alternative<delete_message>(command) && facts.message && facts.message->author != actor &&
      !author_was_looked_up && newer(roles_, facts.message->author, facts.true_at) == nullptr)
    return error{errc::stale_facts, "facts of seq " + std::to_string(facts.true_at) + " about a message posted later"};
  if (facts.message) correct_standing(facts.other_standing, facts.message->author, facts.true_at);
  correct_reporters(facts, message);
  const auto* c = std::get_if<react>(&command);
  if (c == nullptr) return success();
  if (const auto* present = newer(reactions_, reaction_key{c->message, actor, c->emoji}, facts.true_at))
    facts.reacted = *present;
  if (const auto* kinds = newer(kinds_, c->message, facts.true_at))
    for (const std::string& emoji : *kinds)
      if (!contains(facts.emoji_kinds, emoji)) facts.emoji_kinds.push_back(emoji);
  return success();
}

result<void> recent_facts::correct(room_facts& facts, const room_command& command, user_id actor) const {
  if (facts.true_at < floor_)
    return error{errc::stale_facts,
                 "facts of seq " + std::to_string(facts.true_at) + ", changes known from " + std::to_string(floor_)};
  const auto person = person_of(command);
  correct_standing(facts.standing, actor, facts.true_at, person ? timestamp{} : facts.held.muted_until);
  if (person) correct_standing(facts.other_standing, *person, facts.true_at);
  correct_mentioned(facts);
  if (const auto* posted = newer(posts_, actor, facts.true_at)) facts.last_post = *posted;
  if (const auto* until = newer(bans_, person.value_or(actor), facts.true_at)) facts.held.banned_until = *until;
  if (const auto* until = newer(mutes_, person.value_or(actor), facts.true_at)) facts.held.muted_until = *until;
  if (const auto message = message_of(command)) return correct_message(facts, command, actor, *message);
  return success();
}

} // namespace palabre::events

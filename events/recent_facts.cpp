#include "base/limits.hpp"
#include "events/room.hpp"

#include <algorithm>

namespace palabre::events {
namespace {

/// Which message a command is about, or replies to.
std::optional<message_id> message_of(const room_command& command) {
  if (const auto* post = std::get_if<post_message>(&command)) return post->reply_to;
  if (const auto* edit = std::get_if<edit_message>(&command)) return edit->message;
  if (const auto* remove = std::get_if<delete_message>(&command)) return remove->message;
  if (const auto* reaction = std::get_if<react>(&command)) return reaction->message;
  return std::nullopt;
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
  if (const auto* user = std::get_if<user_id>(&oldest.of)) drop(standings_, *user);
  if (const auto* reaction = std::get_if<reaction_key>(&oldest.of)) drop(reactions_, *reaction);
  if (const auto* message = std::get_if<message_id>(&oldest.of)) drop(messages_, *message);
  if (const auto* reaction = std::get_if<reaction_key>(&oldest.of)) drop(kinds_, reaction->message);
}

void recent_facts::evolve(const room_event& event, const event_meta& meta) {
  const stream_version at = meta.version;
  if (const auto* e = std::get_if<message_posted>(&event)) {
    messages_[e->message] = {{at, meta.actor, false, 0}, at};
    remember(at, e->message);
  } else if (const auto* edited = std::get_if<message_edited>(&event)) {
    messages_[edited->message] = {{edited->message_seq, meta.actor, false, edited->edit}, at}; // only authors edit
    remember(at, edited->message);
  } else if (const auto* deleted = std::get_if<message_deleted>(&event)) {
    messages_[deleted->message] = {{deleted->message_seq, deleted->author, true, 0}, at};
    remember(at, deleted->message);
  } else if (const auto* added = std::get_if<reaction_added>(&event)) {
    reaction_key key{added->message, meta.actor, added->emoji};
    reactions_[key] = {true, at};
    auto& kinds = kinds_[added->message];
    if (std::find(kinds.now.begin(), kinds.now.end(), added->emoji) == kinds.now.end())
      kinds.now.push_back(added->emoji);
    kinds.at = at;
    remember(at, std::move(key));
  } else if (const auto* removed = std::get_if<reaction_removed>(&event)) {
    reaction_key key{removed->message, meta.actor, removed->emoji};
    reactions_[key] = {false, at};
    remember(at, std::move(key));
  } else if (const auto* joined = std::get_if<member_joined>(&event)) {
    standings_[joined->user] = {joined->role, at};
    remember(at, joined->user);
  } else if (const auto* left = std::get_if<member_left>(&event)) {
    standings_[left->user] = {std::nullopt, at};
    remember(at, left->user);
  }
}

result<void> recent_facts::correct(room_facts& facts, const room_command& command, user_id actor) const {
  if (facts.true_at < floor_)
    return error{errc::stale_facts,
                 "facts of seq " + std::to_string(facts.true_at) + ", changes known from " + std::to_string(floor_)};
  const auto newer = [&](const auto& map, const auto& key) {
    const auto found = map.find(key);
    return found != map.end() && found->second.at > facts.true_at ? &found->second.now : nullptr;
  };
  if (const auto* standing = newer(standings_, actor)) facts.standing = *standing;
  const auto message = message_of(command);
  if (!message) return success();
  if (const auto* now = newer(messages_, *message)) facts.message = *now;
  if (facts.message)
    if (const auto* standing = newer(standings_, facts.message->author)) facts.author_standing = *standing;
  if (const auto* c = std::get_if<react>(&command)) {
    if (const auto* present = newer(reactions_, reaction_key{c->message, actor, c->emoji})) facts.reacted = *present;
    if (const auto* kinds = newer(kinds_, c->message))
      for (const std::string& emoji : *kinds)
        if (std::find(facts.emoji_kinds.begin(), facts.emoji_kinds.end(), emoji) == facts.emoji_kinds.end())
          facts.emoji_kinds.push_back(emoji);
  }
  return success();
}

} // namespace palabre::events

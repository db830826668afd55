#pragma once
// A small language for decisions: given(events…).when(command).then(events…) or .then_refused(code).

#include "events/inbox.hpp"
#include "events/room.hpp"
#include "events/user.hpp"

#include <gtest/gtest.h>

namespace palabre::events::testing {

inline user_id person(std::uint8_t n) {
  user_id id;
  id.bytes[15] = n;
  return id;
}
inline message_id message(std::uint8_t n) {
  message_id id;
  id.bytes[0] = 9;
  id.bytes[15] = n;
  return id;
}
inline session_id session(std::uint8_t n) {
  session_id id;
  id.bytes[0] = 5;
  id.bytes[15] = n;
  return id;
}

const user_id ada = person(1), bob = person(2), eve = person(3);
const room_id garden{person(77)}; ///< where the stories of rooms take place
constexpr timestamp noon{1'700'000'000'000};

/// What a decision led to; ends a sentence.
template <class Event>
class decision {
public:
  explicit decision(result<decided<Event>> what) : what_(std::move(what)) {}

  /// The types of the events, in order.
  decision& then(std::vector<std::string> types) {
    EXPECT_TRUE(what_) << (what_ ? "" : what_.error().context);
    if (!what_) return *this;
    std::vector<std::string> is;
    for (const auto& e : what_.value().events) is.emplace_back(encode(e).type);
    EXPECT_EQ(is, types);
    EXPECT_FALSE(what_.value().refusal);
    return *this;
  }
  decision& then_nothing() { return then({}).then_told({}); }
  /// Who is told what in their inbox, in order: type and payload.
  decision& then_told(std::vector<std::tuple<user_id, std::string, std::string>> told) {
    EXPECT_TRUE(what_) << (what_ ? "" : what_.error().context);
    if (!what_) return *this;
    std::vector<std::tuple<user_id, std::string, std::string>> is;
    for (const note& n : what_.value().notes) {
      EXPECT_EQ(n.to.kind, static_cast<char>(stream_kind::inbox));
      is.emplace_back(user_id{n.to.id}, n.event.type, n.event.payload);
    }
    EXPECT_EQ(is, told);
    return *this;
  }
  void then_refused(errc code) {
    ASSERT_FALSE(what_);
    EXPECT_EQ(what_.error().code, code) << name_of(what_.error().code) << ": " << what_.error().context;
  }
  void then_refused_with_words(errc code, std::string_view words) {
    then_refused(code);
    if (!what_) {
      EXPECT_NE(what_.error().context.find(words), std::string::npos) << what_.error().context;
    }
  }
  const decided<Event>& value() const { return what_.value(); }

private:
  result<decided<Event>> what_;
};

/// A room, as a sequence of who did what. Facts are what a naive look at the same sequence says.
class room_story {
public:
  room_story& by(user_id actor) {
    actor_ = actor;
    return *this;
  }
  template <class Event>
  room_story& happened(Event event) {
    const room_event e = std::move(event);
    const event_meta meta{state_.version + 1, {noon.ms + static_cast<std::int64_t>(state_.version)}, actor_};
    evolve(state_, e, meta);
    learn(e, meta);
    return *this;
  }
  decision<room_event> when(user_id actor, room_command command) const {
    return decision<room_event>(
        decide(state_, facts_for(actor, command), command, {actor, {noon.ms + 1'000'000}, garden}));
  }
  const room_state& state() const { return state_; }
  room_facts facts_for(user_id actor, const room_command& command) const;

private:
  void learn(const room_event& e, const event_meta& meta);
  std::optional<standing> standing_of(user_id user) const {
    const auto m = members_.find(user);
    if (m == members_.end()) return std::nullopt;
    const auto h = held_.find(user);
    return standing(m->second, h == held_.end() ? timestamp{} : h->second.muted_until);
  }

  user_id actor_ = ada;
  room_state state_;
  std::unordered_map<user_id, role> members_;
  std::unordered_map<user_id, sanctions> held_;
  std::unordered_map<user_id, timestamp> last_posts_;
  std::unordered_map<message_id, message_fact> messages_;
  std::vector<std::tuple<message_id, user_id, std::string>> reactions_;
  std::unordered_map<message_id, std::vector<user_id>> reporters_;
};

inline void room_story::learn(const room_event& e, const event_meta& meta) {
  if (const auto* j = std::get_if<member_joined>(&e)) members_[j->user] = j->role;
  if (const auto user = departed_in(e)) members_.erase(*user);
  if (const auto* r = std::get_if<member_role_changed>(&e)) members_[r->user] = r->role;
  if (const auto* o = std::get_if<room_owner_changed>(&e))
    members_[o->was] = role::admin, members_[o->user] = role::owner;
  if (const auto* b = std::get_if<member_banned>(&e)) held_[b->user].banned_until = b->expires_at.value_or(for_ever);
  if (const auto* u = std::get_if<member_unbanned>(&e)) held_[u->user].banned_until = {};
  if (const auto* m = std::get_if<member_muted>(&e)) held_[m->user].muted_until = m->expires_at.value_or(for_ever);
  if (const auto* u = std::get_if<member_unmuted>(&e)) held_[u->user].muted_until = {};
  if (std::holds_alternative<message_posted>(e)) last_posts_[meta.actor] = meta.time;
  if (const auto* p = std::get_if<message_posted>(&e))
    messages_[p->message] = {meta.version, meta.actor, false, 0, p->mentioned_user_ids};
  if (const auto* x = std::get_if<message_edited>(&e))
    messages_[x->message].edits = x->edit, messages_[x->message].mentioned = x->mentioned_user_ids;
  if (const auto* d = std::get_if<message_deleted>(&e))
    messages_[d->message].deleted = true, reporters_.erase(d->message);
  if (const auto* r = std::get_if<message_reported>(&e)) reporters_[r->message].push_back(meta.actor);
  if (const auto* r = std::get_if<message_reviewed>(&e)) reporters_.erase(r->message);
  if (const auto* r = std::get_if<reaction_added>(&e)) reactions_.emplace_back(r->message, meta.actor, r->emoji);
  if (const auto* r = std::get_if<reaction_removed>(&e))
    std::erase(reactions_, std::tuple{r->message, meta.actor, r->emoji});
}

/// "@ada": whose text a command brings.
inline std::vector<user_id> named_in(const room_command& command) {
  const auto* posting = std::get_if<post_message>(&command);
  const auto* editing = std::get_if<edit_message>(&command);
  const std::string text = posting ? posting->body : editing ? editing->body : std::string();
  std::vector<user_id> named;
  for (const auto& [who, name] : {std::pair{ada, "@ada"}, {bob, "@bob"}, {eve, "@eve"}})
    if (text.find(name) != text.npos) named.push_back(who);
  return named;
}

inline room_facts room_story::facts_for(user_id actor, const room_command& command) const {
  room_facts f;
  f.true_at = state_.version;
  f.standing = standing_of(actor);
  if (const auto p = last_posts_.find(actor); p != last_posts_.end()) f.last_post = p->second;
  const auto person = person_of(command);
  if (person) f.other_standing = standing_of(*person);
  if (const auto h = held_.find(person.value_or(actor)); h != held_.end()) f.held = h->second;
  for (const user_id each : named_in(command)) f.mentioned.push_back({{each, standing_of(each).has_value()}});
  const auto about = message_of(command);
  const auto* reaction = std::get_if<react>(&command);
  const std::string emoji = reaction ? reaction->emoji : std::string();
  if (!about) return f;
  if (const auto m = messages_.find(*about); m != messages_.end()) {
    f.message = m->second;
    f.other_standing = standing_of(m->second.author);
  }
  if (const auto r = reporters_.find(*about); r != reporters_.end()) f.reporters = r->second;
  for (const auto& [of, who, what] : reactions_) {
    if (of != *about) continue;
    if (who == actor && what == emoji) f.reacted = true;
    if (std::find(f.emoji_kinds.begin(), f.emoji_kinds.end(), what) == f.emoji_kinds.end())
      f.emoji_kinds.push_back(what);
  }
  return f;
}

inline room_story given() {
  return {};
}

/// Ada's room with Bob in it.
inline room_story given_a_room(visibility visible = visibility::closed) {
  room_settings settings;
  settings.name = "Garden";
  settings.visibility = visible;
  room_story s;
  s.by(ada).happened(room_created{room_kind::salon, settings, {"ABCDEFGHJK"}});
  s.happened(member_joined{ada, role::owner, join_way::created, {"Ada"}});
  s.by(bob).happened(member_joined{bob, role::member, join_way::share_code, {"Bob"}});
  return s;
}

inline message_posted posted(std::uint8_t n, std::string body = "hello") {
  message_posted e;
  e.message = message(n);
  e.body.value = std::move(body);
  e.author_name.value = "someone";
  return e;
}
inline post_message post(std::uint8_t n, std::string body = "hello") {
  post_message c;
  c.message = message(n);
  c.body = std::move(body);
  return c;
}

} // namespace palabre::events::testing

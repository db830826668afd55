#include "bench/load/invented_community.hpp"

#include "base/assert.hpp"
#include "base/digest.hpp"
#include "events/streams.hpp"

#include <algorithm>
#include <array>

namespace palabre::bench {
namespace {

constexpr double start_ms = 1'735'689'600'000; // 2025-01-01
constexpr double span_ms = 300.0 * 24 * 3600 * 1000;
constexpr double quiet_ms = 60'000; // between two events, where there are few
constexpr std::size_t recent_max = 64;

std::size_t between(std::uint64_t least, std::uint64_t value, std::uint64_t most) {
  return static_cast<std::size_t>(std::clamp(value, least, most));
}

/// 32 bytes in hex, as of a hash.
std::string hash_like(invention& by) {
  sha256_digest bytes;
  by.fill(bytes.data(), bytes.size());
  return to_hex(as_bytes(bytes));
}

} // namespace

invented_community::invented_community(const plan& what, std::string name_key, const projections::record_seal* seal)
    : plan_(what), name_key_(std::move(name_key)), seal_(seal), invent_(what.seed),
      people_wanted_(between(10, what.events / 1'000, 10'000)), rooms_wanted_(between(4, what.events / 5'000, 2'000)),
      now_ms_(start_ms), gap_ms_(std::min(quiet_ms, span_ms / static_cast<double>(what.events))) {
  PALABRE_ASSERT(what.events >= plan::events_min);
  double sum = 0;
  for (std::size_t i = 0; i < rooms_wanted_; ++i) talk_of_.push_back(sum += 1 / static_cast<double>(i + 1)); // Zipf
}

storage::append invented_community::next() {
  PALABRE_ASSERT(!is_over());
  if (people_.size() < people_wanted_) return register_someone();
  if (rooms_.size() < rooms_wanted_) return open_a_room();
  while (joining_ < rooms_.size() &&
         rooms_[joining_].members.size() >= std::max<std::size_t>(2, people_.size() / (joining_ + 1)))
    ++joining_;
  return joining_ < rooms_.size() ? join_a_room() : talk();
}

timestamp invented_community::later() {
  now_ms_ += invent_.gap(gap_ms_);
  return {static_cast<std::int64_t>(now_ms_)};
}

template <class Event>
storage::append invented_community::stored(const stream_id& stream, stream_version version, timestamp time,
                                           user_id actor, const events::decided<Event>& what) {
  const std::string request = to_text(invent_.next_id(time));
  const auto bytes_of = [&](const stream_id& of, const events::encoded_event& event,
                            const projections::sealed_payload& sealed = {}) {
    storage::record r;
    r.stream = of;
    r.time = time;
    r.actor = actor;
    r.schema = event.schema;
    r.type = event.type;
    r.correlation = request;
    r.key_id = sealed.key_id;
    r.payload = sealed.key_id == 0 ? event.payload : sealed.stored;
    ++made_;
    return storage::encode(r);
  };
  storage::append made;
  auto& own = made.streams.emplace_back();
  own.stream = stream;
  own.expected = storage::expectation::exactly(version);
  for (const auto& event : what.events) {
    const events::encoded_event encoded = events::encode(event);
    auto parts = events::divide(event);
    projections::sealed_payload sealed;
    if (seal_ != nullptr && !parts.personal.empty()) {
      const auto key = seal_->keys().key_of(projections::person_of(stream, actor));
      PALABRE_ASSERT(key);
      sealed = seal_->seal(stream, ++version, encoded, std::move(parts), key.value());
    } else {
      ++version;
    }
    own.records.push_back(bytes_of(stream, encoded, sealed));
  }
  for (const auto& claim : what.claims)
    made.streams.push_back({claim.name, storage::expectation::even(), {bytes_of(claim.name, claim.event)}});
  for (const auto& note : what.notes)
    made.streams.push_back({note.to, storage::expectation::any(), {bytes_of(note.to, note.event)}});
  return made;
}

storage::append invented_community::register_someone() {
  const timestamp now = later();
  const person who{user_id{invent_.next_id(now)}, invent_.name()};
  events::register_user what;
  what.login = "person." + std::to_string(people_.size() + 1);
  what.login_stream = events::login_stream(name_key_, what.login);
  what.email = what.login + "@example.org";
  what.profile.display_name.value = who.name;
  what.profile.city.value = invent_.city();
  what.profile.bio.value = invent_.sentence(80);
  what.password_hash = "$argon2id$v=19$m=19456,t=2,p=1$" + hash_like(invent_).substr(0, 22) + "$" +
                       hash_like(invent_).substr(0, 43); // nobody's
  what.session = {session_id{invent_.next_id(now)}, {hash_like(invent_)}, {now.ms + 7ll * 24 * 3600 * 1000}};
  const auto decided = events::decide(events::user_state{}, what, {who.id, now});
  PALABRE_ASSERT(decided);
  people_.push_back(who);
  return stored(events::stream_of(who.id), 0, now, who.id, decided.value());
}

storage::append invented_community::open_a_room() {
  const timestamp now = later();
  room& made = rooms_.emplace_back();
  made.id = room_id{invent_.next_id(now)};
  const std::size_t owner = invent_.below(people_.size());
  std::array<std::uint8_t, 7> random;
  invent_.fill(random.data(), random.size());
  events::create_room what;
  what.room = made.id;
  what.settings.name = invent_.sentence(24);
  what.settings.description = invent_.sentence(100);
  // The largest is open, so that anyone can come in and look at it.
  what.settings.visibility = rooms_.size() % 3 == 0 ? events::visibility::closed : events::visibility::open;
  what.share_code = events::share_code_from(random.data());
  what.share_code_stream = events::share_code_stream(name_key_, what.share_code);
  what.display_name = people_[owner].name;
  auto append = command(made, owner, what, {});
  PALABRE_ASSERT(append);
  made.members.push_back(owner);
  return std::move(*append);
}

/// The next of all people who is not in the room.
storage::append invented_community::join_a_room() {
  room& in = rooms_[joining_];
  const std::size_t who = (in.members.back() + 1) % people_.size();
  events::join_room what;
  if (in.state.settings.visibility == events::visibility::closed) what.share_code = in.state.share_code;
  what.display_name = people_[who].name;
  events::room_facts facts;
  facts.true_at = in.state.version;
  auto append = command(in, who, what, facts);
  PALABRE_ASSERT(append);
  in.members.push_back(who);
  return std::move(*append);
}

storage::append invented_community::talk() {
  room& in = rooms_[invent_.weighted(talk_of_)];
  const std::size_t what = invent_.below(100);
  std::optional<storage::append> made;
  if (what < 10)
    made = react(in);
  else if (what < 13)
    made = edit(in);
  else if (what < 15)
    made = remove(in);
  return made ? std::move(*made) : post(in);
}

storage::append invented_community::post(room& in) {
  const std::size_t who = in.members[invent_.below(in.members.size())];
  const message* parent =
      !in.recent.empty() && invent_.one_in(10) ? &in.recent[invent_.below(in.recent.size())] : nullptr;
  events::post_message what;
  what.message = message_id{invent_.next_id({static_cast<std::int64_t>(now_ms_)})};
  what.body = invent_.sentence(plan_.body_bytes);
  if (parent) what.reply_to = parent->id;
  what.author_name = people_[who].name;
  auto append = command(in, who, what, facts_about(in, who, parent));
  PALABRE_ASSERT(append);
  in.recent.push_back({{in.state.version, people_[who].id}, what.message, who, {}});
  if (in.recent.size() > recent_max) in.recent.pop_front();
  return std::move(*append);
}

/// A living message that people still talk about; null if there is none at hand.
invented_community::message* invented_community::living(room& in) {
  if (in.recent.empty()) return nullptr;
  message& found = in.recent[invent_.below(in.recent.size())];
  return found.fact.deleted ? nullptr : &found;
}

std::optional<storage::append> invented_community::react(room& in) {
  message* about = living(in);
  if (!about) return std::nullopt;
  const std::size_t who = in.members[invent_.below(in.members.size())];
  const std::pair<std::size_t, std::string> mine{who, invent_.emoji()};
  events::room_facts facts = facts_about(in, who, about);
  const auto found = std::ranges::find(about->reactions, mine);
  facts.reacted = found != about->reactions.end();
  for (const auto& [by, emoji] : about->reactions)
    if (std::ranges::find(facts.emoji_kinds, emoji) == facts.emoji_kinds.end()) facts.emoji_kinds.push_back(emoji);
  auto append = command(in, who, events::react{about->id, mine.second, events::reaction_change::toggle}, facts);
  if (!append) return std::nullopt;
  if (facts.reacted)
    about->reactions.erase(found);
  else
    about->reactions.push_back(mine);
  return append;
}

std::optional<storage::append> invented_community::edit(room& in) {
  message* mine = living(in);
  if (!mine) return std::nullopt;
  const events::edit_message what{mine->id, invent_.sentence(plan_.body_bytes)};
  auto append = command(in, mine->author, what, facts_about(in, mine->author, mine));
  if (append) ++mine->fact.edits;
  return append;
}

std::optional<storage::append> invented_community::remove(room& in) {
  message* mine = living(in);
  if (!mine) return std::nullopt;
  events::room_facts facts = facts_about(in, mine->author, mine);
  facts.other_standing = facts.standing;
  auto append = command(in, mine->author, events::delete_message{mine->id}, facts);
  if (append) mine->fact.deleted = true;
  return append;
}

events::room_facts invented_community::facts_about(const room& in, std::size_t who, const message* about) const {
  events::room_facts facts;
  facts.true_at = in.state.version;
  facts.standing = who == in.members.front() ? events::role::owner : events::role::member;
  if (about) facts.message = about->fact;
  return facts;
}

/// Nothing if the rules refuse it, or if nothing changes.
std::optional<storage::append> invented_community::command(room& in, std::size_t who, const events::room_command& what,
                                                           const events::room_facts& facts) {
  const timestamp now = later();
  const user_id actor = people_[who].id;
  const auto decided = events::decide(in.state, facts, what, {actor, now, in.id});
  if (!decided || decided.value().events.empty()) return std::nullopt;
  const stream_version before = in.state.version;
  for (const auto& event : decided.value().events) events::evolve(in.state, event, {in.state.version + 1, now, actor});
  return stored(events::stream_of(in.id), before, now, actor, decided.value());
}

} // namespace palabre::bench

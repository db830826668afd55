#include "seed/filling.hpp"

#include "base/digest.hpp"
#include "bench/report/numbers.hpp"

#include <chrono>

namespace palabre::seed {
namespace {

constexpr std::size_t messages_remembered = 256; ///< more than any step looks back

double part(std::size_t done, std::size_t all) {
  return all == 0 ? 1 : static_cast<double>(done) / static_cast<double>(all);
}

std::string of_all(std::size_t done, std::size_t all) {
  return std::to_string(done) + " of " + std::to_string(all);
}

} // namespace

filling::message* filling::memory::find(std::size_t number) {
  if (number < forgotten || number - forgotten >= last.size()) return nullptr;
  return &last[number - forgotten];
}

void filling::memory::add(message made) {
  last.push_back(std::move(made));
  if (last.size() <= messages_remembered) return;
  last.pop_front();
  ++forgotten;
}

filling::filling(community& whom, accounts& people, listener& tell)
    : whom_(whom), people_(people), tell_(tell), rooms_(whom.rooms().size()), memories_(whom.rooms().size()) {}

result<void> filling::run() {
  PALABRE_TRY(enter_people());
  PALABRE_TRY(make_rooms());
  PALABRE_TRY(talk());
  PALABRE_TRY(read_rooms());
  PALABRE_TRY(look_at_rooms());
  return leave_people();
}

result<void> filling::enter_people() {
  tell_.phase("people");
  const std::size_t all = whom_.people().size();
  for (std::size_t who = 0; who < all; ++who) {
    PALABRE_TRY(const bool is_new, people_.enter(who));
    ++(is_new ? tally_.people_new : tally_.people_known);
    tell_.entered(is_new);
    tell_.progress(part(who + 1, all), of_all(who + 1, all));
  }
  return success();
}

result<void> filling::make_rooms() {
  tell_.phase("rooms");
  const std::size_t all = whom_.rooms().size();
  for (std::size_t number = 0; number < all; ++number) {
    PALABRE_TRY(make_room(number));
    for (const std::size_t who : whom_.rooms()[number].members) {
      PALABRE_TRY(join(number, who));
    }
    tell_.progress(part(number + 1, all), of_all(number + 1, all));
  }
  return success();
}

result<void> filling::make_room(std::size_t number) {
  const room_plan& plan = whom_.rooms()[number];
  const std::string body = R"({"name":)" + json_string(plan.name) + R"(,"kind":"salon","visibility":")" +
                           (plan.is_private ? "private" : "public") + R"(","description":)" + json_string(plan.about) +
                           R"(,"category":)" + json_string(plan.category) + '}';
  const std::string key = key_of("room " + std::to_string(number) + ' ' + body);
  PALABRE_TRY(const api_answer made, people_.ask_as(plan.members.front(), {"POST", "/api/v1/rooms", body, {}, key}));
  ++(made.is_replayed ? tally_.rooms_known : tally_.rooms_new);
  rooms_[number].id = made.text("/id").value_or("");
  rooms_[number].share_code = made.text("/share_code").value_or("");
  return success();
}

/// Public rooms are open; private ones have a code, and tries with codes are few: who is in already does not try.
result<void> filling::join(std::size_t number, std::size_t who) {
  const room_plan& plan = whom_.rooms()[number];
  if (who == plan.members.front()) return success();
  if (!plan.is_private) {
    PALABRE_TRY(people_.ask_as(who, {"POST", path_of(number) + "/join"}));
    return success();
  }
  if (people_.ask_as(who, {"GET", path_of(number)})) return success();
  PALABRE_TRY(people_.ask_as(
      who, {"POST", "/api/v1/rooms/join", R"({"share_code":)" + json_string(rooms_[number].share_code) + '}'}));
  return success();
}

result<void> filling::talk() {
  tell_.phase("messages");
  const auto begun = std::chrono::steady_clock::now();
  const std::size_t all = whom_.size().messages;
  while (const auto happens = whom_.next()) {
    PALABRE_TRY(take(*happens));
    const std::size_t done = tally_.messages_new + tally_.messages_known;
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begun;
    const double rate = static_cast<double>(done) / std::max(passed.count(), 1e-3);
    tell_.progress(part(done, all), of_all(done, all) + ", " + bench::grouped(rate, 0) + "/s");
  }
  return success();
}

result<void> filling::take(const step& what) {
  if (what.what == step::kind::post) return post(what);
  message* about = memories_[what.room].find(what.message);
  if (about == nullptr) return success(); // too long ago
  switch (what.what) {
  case step::kind::edit: return edit(what, *about);
  case step::kind::react: return react(what, *about);
  case step::kind::remove: return remove(what, *about);
  case step::kind::post: break;
  }
  return success();
}

result<void> filling::post(const step& what) {
  const std::string number = std::to_string(what.room) + ' ' + std::to_string(what.message);
  std::string body = R"({"body":)" + json_string(what.text) + R"(,"client_id":")" +
                     key_of("message " + number + ' ' + whom_.people()[what.who].login + ' ' + what.text) + '"';
  if (what.reply_to)
    if (const message* parent = memories_[what.room].find(*what.reply_to))
      body += R"(,"reply_to":)" + json_string(parent->id);
  PALABRE_TRY(const api_answer made, people_.ask_as(what.who, {"POST", path_of(what.room) + "/messages", body + '}'}));
  ++(made.is_replayed ? tally_.messages_known : tally_.messages_new);
  memories_[what.room].add(
      {made.text("/id").value_or(""), made.number("/seq"), made.is_replayed, made.text("/deleted_at").has_value()});
  return success();
}

/// A message that was there already is answered with its first words: whether it was corrected since has to be asked.
result<void> filling::edit(const step& what, message& about) {
  ++tally_.edits;
  if (about.is_deleted) return success();
  if (about.is_known) {
    PALABRE_TRY(const api_answer now, people_.ask_as(what.who, {"GET", path_of(what, about)}));
    if (now.text("/edited_at") || now.text("/deleted_at")) return success();
  }
  PALABRE_TRY(people_.ask_as(what.who, {"PATCH", path_of(what, about), R"({"body":)" + json_string(what.text) + '}'}));
  return success();
}

result<void> filling::react(const step& what, message& about) {
  ++tally_.reactions;
  if (about.is_deleted) return success();
  PALABRE_TRY(people_.ask_as(what.who, {"PUT", path_of(what, about) + "/reactions/" + path_segment(what.text)}));
  return success();
}

result<void> filling::remove(const step& what, message& about) {
  ++tally_.removals;
  if (about.is_deleted) return success();
  PALABRE_TRY(people_.ask_as(what.who, {"DELETE", path_of(what, about)}));
  about.is_deleted = true;
  return success();
}

result<void> filling::read_rooms() {
  tell_.phase("reading");
  for (std::size_t room = 0; room < rooms_.size(); ++room) {
    PALABRE_TRY(read(room));
    tell_.progress(part(room + 1, rooms_.size()), of_all(room + 1, rooms_.size()) + " rooms");
  }
  return success();
}

result<void> filling::read(std::size_t room) {
  const memory& kept = memories_[room];
  for (const std::size_t who : whom_.rooms()[room].members) {
    const std::size_t unread = whom_.unread(room, who);
    if (unread >= kept.last.size()) continue;
    const std::uint64_t seq = kept.last[kept.last.size() - 1 - unread].seq;
    PALABRE_TRY(people_.ask_as(who, {"PUT", path_of(room) + "/read", R"({"seq":)" + std::to_string(seq) + '}'}));
  }
  return success();
}

result<void> filling::look_at_rooms() {
  for (std::size_t room = 0; room < rooms_.size(); ++room) {
    const std::size_t owner = whom_.rooms()[room].members.front();
    PALABRE_TRY(const api_answer now, people_.ask_as(owner, {"GET", path_of(room)}));
    rooms_[room].share_code = now.text("/share_code").value_or("");
    rooms_[room].members = now.number("/member_count");
    rooms_[room].messages = now.number("/message_count");
  }
  return success();
}

result<void> filling::leave_people() {
  for (std::size_t who = 0; who < whom_.people().size(); ++who) {
    PALABRE_TRY(people_.leave(who));
  }
  return success();
}

std::string filling::path_of(const step& what, const message& about) const {
  return path_of(what.room) + "/messages/" + about.id;
}

std::string filling::key_of(const std::string& what) const {
  const auto digest = shortened(sha256(std::to_string(whom_.size().seed) + ' ' + what));
  return "seed-" + to_hex(as_bytes(digest));
}

} // namespace palabre::seed

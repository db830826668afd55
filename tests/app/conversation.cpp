#include "conversation.hpp"

#include <gtest/gtest.h>

namespace palabre::testing {

conversation::conversation(const running_server& server, std::uint64_t seed) : random_(seed), stranger_(server, "eve") {
  for (const char* login : {"ada", "bob", "cyd", "dan"}) people_.emplace_back(server, login);
  room_ = owner().make_room("Salon", R"(,"visibility":"public","description":"where it happens")");
  present_.insert(0);
  look();
}

void conversation::look() {
  const auto room = stranger_.get("/api/v1/rooms/" + room_);
  room_as_seen now;
  now.room = room.json("");
  now.members = stranger_.get("/api/v1/rooms/" + room_ + "/members?limit=200").json("/items");
  const auto messages = owner().get(messages_of(room_) + "?limit=200&after=0");
  EXPECT_TRUE(messages.is_null("/next")) << "more than one page";
  now.messages = messages.json("/items");
  now.pins = owner().get("/api/v1/rooms/" + room_ + "/pins").json("/items");
  seen_[static_cast<std::uint64_t>(room.number("/last_seq"))] = std::move(now);
}

void conversation::go_on() {
  const std::size_t who = random_() % people_.size();
  const auto dice = random_() % 12;
  if (!present_.count(who) || (who != 0 && dice == 0))
    come_or_go(who);
  else if (messages_.empty() || dice < 5)
    post(who);
  else if (dice < 7)
    change(who);
  else if (dice < 8)
    remove(who);
  else if (who != 0)
    react(who);
  else if (dice < 11)
    pin();
  else
    owner().patch("/api/v1/rooms/" + room_, R"({"name":)" + json_quoted(words()) + '}');
  look();
}

std::string conversation::words() {
  static constexpr const char* all[] = {"hello", "tea", "été", "\"quoted\"", "a\nline", "雨",  "👩‍👩‍👧",
                                        "<b>",   "\\",  "why", "@bob",       "@Cyd,",   "@eve"};
  std::string text = "say";
  for (auto count = random_() % 6; count > 0; --count) text += std::string(" ") + all[random_() % std::size(all)];
  return text;
}

void conversation::post(std::size_t who) {
  std::string body = R"({"body":)" + json_quoted(words());
  if (!messages_.empty() && random_() % 3 == 0)
    body += R"(,"reply_to":")" + messages_[random_() % messages_.size()].id + '"';
  if (random_() % 4 == 0) body += R"(,"metadata":{"mood":"fine"})";
  const auto posted = people_[who].post(messages_of(room_), body + '}');
  ASSERT_EQ(posted.status, 201) << posted.body;
  messages_.push_back({message_path(room_, posted), posted.text("/id"), who});
}

void conversation::change(std::size_t who) {
  for (const message& each : messages_) {
    if (each.author != who || random_() % 2 == 0) continue;
    const auto got = people_[who].patch(each.path, R"({"body":)" + json_quoted(words()) + '}');
    ASSERT_EQ(got.status, 200) << got.body;
    return;
  }
}

/// One's own, or, for the owner, anyone's.
void conversation::remove(std::size_t who) {
  const std::size_t which = random_() % messages_.size();
  if (who != 0 && messages_[which].author != who) return;
  const auto got = people_[who].del(messages_[which].path);
  ASSERT_EQ(got.status, 204) << got.body;
  messages_.erase(messages_.begin() + static_cast<std::ptrdiff_t>(which));
}

void conversation::react(std::size_t who) {
  static constexpr const char* emoji[] = {"👍", "❤️", "🎉"};
  const std::string with = emoji[random_() % std::size(emoji)];
  const std::string path = messages_[random_() % messages_.size()].path + "/reactions";
  const auto got = random_() % 3 == 0 ? people_[who].put(path + '/' + escaped(with), "{}")
                                      : people_[who].post(path, R"({"emoji":")" + with + "\"}");
  ASSERT_EQ(got.status, 200) << got.body;
}

/// Or takes the pin away, if it has one.
void conversation::pin() {
  const std::string& id = messages_[random_() % messages_.size()].id;
  const std::string path = "/api/v1/rooms/" + room_ + "/pins/" + id;
  const bool is_pinned = seen_.rbegin()->second.pins.find(R"("id":")" + id + '"') != std::string::npos;
  const auto got = is_pinned ? owner().del(path) : owner().put(path, "");
  ASSERT_EQ(got.status, 204) << got.body;
}

void conversation::come_or_go(std::size_t who) {
  const bool goes = present_.erase(who) > 0;
  if (!goes) present_.insert(who);
  const auto got = people_[who].post("/api/v1/rooms/" + room_ + (goes ? "/leave" : "/join"), "");
  ASSERT_EQ(got.status, goes ? 204 : 200) << got.body;
}

} // namespace palabre::testing

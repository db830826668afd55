// People who are named, what a reply shows, and messages by their ids, over real sockets.

#include "realtime_scene.hpp"

#include "base/limits.hpp"

namespace palabre::testing {
namespace {

class Mentions : public Realtime {
protected:
  static constexpr std::string_view mine = "/api/v1/me/mentions";

  std::string path(std::string_view rest = {}) const { return "/api/v1/rooms/" + room_ + std::string(rest); }
  std::string message(const http_answer& posted) const { return path("/messages/" + posted.text("/id")); }
  void come_in(person& who) { ASSERT_EQ(who.post(path("/join"), "").status, 200); }
  std::int64_t count_of(person& who) const { return who.get("/api/v1/rooms").number("/items/0/mention_count"); }

  person bob_{server_, "bob"}, eve_{server_, "eve"};
};

TEST_F(Mentions, ReachMembersAndNobodyElse) {
  come_in(bob_);
  websocket_client line = connected(server_, bob_), stranger = connected(server_, eve_);
  const auto said = ada_.say(room_, "@Bob, @eve, @ada and @nobody: tea?");
  ASSERT_EQ(said.status, 201) << said.body;
  ASSERT_EQ(said.count("/mentioned_user_ids"), 1u);
  EXPECT_EQ(said.text("/mentioned_user_ids/0"), bob_.id());
  const auto told = line.next_with("/push/pub/data/data/message_id");
  EXPECT_EQ(told.text("/push/pub/data/type"), "mention.received") << told.body;
  EXPECT_EQ(told.text("/push/pub/data/data/message_id"), said.text("/id"));
  EXPECT_EQ(told.text("/push/pub/data/data/room_id"), room_);
  EXPECT_EQ(told.text("/push/pub/data/actor_id"), ada_.id());
  EXPECT_EQ(told.number("/push/pub/data/data/message_seq"), said.number("/seq"));
  EXPECT_EQ(told.body.find("tea"), std::string::npos) << "no words";

  const auto list = bob_.get(mine);
  ASSERT_EQ(list.count("/items"), 1u) << list.body;
  EXPECT_EQ(list.text("/items/0/message/id"), said.text("/id"));
  EXPECT_TRUE(list.flag("/items/0/unread"));
  EXPECT_EQ(count_of(bob_), 1);
  for (person* each : {&ada_, &eve_}) EXPECT_EQ(each->get(mine).count("/items"), 0u);

  // Who comes in later was not named then.
  come_in(eve_);
  EXPECT_EQ(eve_.get(mine).count("/items"), 0u);
  const auto later = ada_.say(room_, "now @eve");
  EXPECT_EQ(stranger.next_with("/push/pub/data/data/message_id").text("/push/pub/data/data/message_id"),
            later.text("/id"))
      << "and of nothing before";
}

TEST_F(Mentions, AreThoseOfWhatTheMessageSaysNow) {
  come_in(bob_);
  come_in(eve_);
  const auto first = ada_.say(room_, "@bob"), second = ada_.say(room_, "nobody");
  ASSERT_EQ(count_of(bob_), 1);
  ASSERT_EQ(ada_.patch(message(first), R"({"body":"@eve"})").status, 200);
  ASSERT_EQ(ada_.patch(message(second), R"({"body":"@bob and @eve"})").text("/mentioned_user_ids/1"), eve_.id());
  EXPECT_EQ(bob_.get(mine).text("/items/0/message/id"), second.text("/id"));
  EXPECT_EQ(bob_.get(mine).count("/items"), 1u);
  EXPECT_EQ(count_of(eve_), 2);

  // As it was, and as it is without its words.
  const auto then = bob_.get(message(first) + "?at=" + std::to_string(second.number("/seq")));
  ASSERT_EQ(then.status, 200) << then.body;
  EXPECT_EQ(then.text("/mentioned_user_ids/0"), bob_.id());
  ASSERT_EQ(ada_.del(message(second)).status, 204);
  EXPECT_EQ(count_of(eve_), 1);
  EXPECT_EQ(bob_.get(mine).count("/items"), 0u);
  EXPECT_EQ(eve_.get(message(second)).count("/mentioned_user_ids"), 0u);
}

TEST_F(Mentions, AreReadAsTheirRoomIs) {
  come_in(bob_);
  for (int n = 0; n < 3; ++n) ASSERT_EQ(ada_.say(room_, "@bob " + std::to_string(n)).status, 201);
  const auto second = bob_.get(mine).number("/items/1/message/seq");
  const auto read = bob_.put(path("/read"), R"({"seq":)" + std::to_string(second) + '}');
  EXPECT_EQ(read.number("/mention_count"), 1) << read.body;
  EXPECT_EQ(read.number("/unread_count"), 1);
  EXPECT_EQ(bob_.get(path("/read")).number("/mention_count"), 1);
  EXPECT_EQ(count_of(bob_), 1);
  const auto list = bob_.get(mine);
  EXPECT_TRUE(list.flag("/items/0/unread"));
  EXPECT_FALSE(list.flag("/items/1/unread"));

  const auto page = bob_.get(std::string(mine) + "?limit=2");
  ASSERT_EQ(page.count("/items"), 2u);
  const auto rest = bob_.get(page.text("/next"));
  ASSERT_EQ(rest.count("/items"), 1u) << rest.body;
  EXPECT_EQ(rest.text("/items/0/message/body"), "@bob 0");
  EXPECT_TRUE(rest.is_null("/next"));

  ASSERT_EQ(bob_.post(path("/leave"), "").status, 204);
  EXPECT_EQ(bob_.get(mine).count("/items"), 0u) << "not of rooms that one has left";
  come_in(bob_);
  EXPECT_EQ(bob_.get(mine).count("/items"), 3u);
  EXPECT_EQ(count_of(bob_), 0) << "behind what was there when they came";
}

TEST_F(Mentions, AreToldInTheNextSync) {
  come_in(bob_);
  const auto before = bob_.get("/api/v1/sync");
  ASSERT_EQ(ada_.say(room_, "@bob").status, 201);
  const auto after = bob_.get("/api/v1/sync?since=" + before.text("/cursor"));
  ASSERT_EQ(after.count("/rooms"), 1u) << after.body;
  EXPECT_EQ(after.number("/rooms/0/mention_count"), 1);
}

TEST_F(Mentions, HaveTheirBounds) {
  const auto naming = [&](std::size_t logins) {
    std::string text;
    for (std::size_t n = 0; n < logins; ++n) text += "@nobody" + std::to_string(n) + ' ';
    return ada_.say(room_, text);
  };
  EXPECT_EQ(naming(limits::mentions_per_message_max + 1).status, 201) << "who is not there does not count";
  const auto refused = naming(limits::logins_per_message_max + 1);
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find("logins_per_message"), std::string::npos) << refused.body;
}

/// Nobody takes a name away from others by a login that only adds a full stop to it.
TEST_F(Mentions, AtTheEndOfASentenceAreOfThePerson) {
  person dotted(server_, "bob."), only_dotted(server_, "dan.");
  for (person* each : {&bob_, &dotted, &only_dotted}) come_in(*each);
  EXPECT_EQ(ada_.say(room_, "Ask @bob.").text("/mentioned_user_ids/0"), bob_.id());
  EXPECT_EQ(ada_.say(room_, "Ask @dan.").text("/mentioned_user_ids/0"), only_dotted.id());
  ASSERT_EQ(bob_.post(path("/leave"), "").status, 204);
  EXPECT_EQ(ada_.say(room_, "Ask @bob.").text("/mentioned_user_ids/0"), dotted.id()) << "of those the member";
}

TEST_F(Mentions, OfAMessageThatWasDeletedAreGoneForMembers) {
  come_in(bob_);
  const auto said = ada_.say(room_, "@bob, a secret");
  ASSERT_EQ(ada_.patch(message(said), R"({"body":"@bob, another secret"})").status, 200);
  ASSERT_EQ(ada_.del(message(said)).status, 204);
  const auto events = bob_.get(path("/events?after=0"));
  EXPECT_EQ(events.status, 200);
  EXPECT_EQ(events.body.find(R"("mentioned_user_ids":[")"), std::string::npos) << events.body;
  const auto then = bob_.get(path("/messages?at=" + std::to_string(said.number("/seq"))));
  EXPECT_EQ(then.count("/items/0/mentioned_user_ids"), 0u) << then.body;
}

/// By an edit of what they have read already they are told, and nothing is unread again.
TEST_F(Mentions, OfWhatWasReadAreNotUnread) {
  come_in(bob_);
  const auto said = ada_.say(room_, "nobody");
  ASSERT_EQ(bob_.put(path("/read"), R"({"seq":99})").status, 200);
  ASSERT_EQ(ada_.patch(message(said), R"({"body":"@bob"})").status, 200);
  EXPECT_EQ(count_of(bob_), 0);
  EXPECT_FALSE(bob_.get(mine).flag("/items/0/unread"));
}

// ---- Replies

class Replies : public Mentions {};

TEST_F(Replies, ShowTheBeginningOfWhatTheyAnswer) {
  come_in(bob_);
  const auto parent = ada_.post(path("/messages"), R"({"body":"tea \"or\"\ncoffee 👍?"})");
  const auto reply = bob_.post(path("/messages"), R"({"body":"tea","reply_to":")" + parent.text("/id") + "\"}");
  ASSERT_EQ(reply.status, 201) << reply.body;
  for (const auto& each : {reply, ada_.get(message(reply))}) {
    EXPECT_EQ(each.text("/parent/id"), parent.text("/id")) << each.body;
    EXPECT_EQ(each.text("/parent/body"), "tea \"or\"\ncoffee 👍?");
    EXPECT_EQ(each.text("/parent/author/display_name"), "ada");
    EXPECT_EQ(each.number("/parent/seq"), parent.number("/seq"));
  }
  const auto page = ada_.get(path("/messages"));
  EXPECT_TRUE(page.is_null("/items/0/parent"));
  EXPECT_EQ(page.text("/items/1/parent/author_id"), ada_.id());

  ASSERT_EQ(ada_.patch(message(parent), R"({"body":"cocoa"})").status, 200);
  EXPECT_EQ(bob_.get(message(reply)).text("/parent/body"), "cocoa") << "as it is now";
  const auto then = bob_.get(path("/messages?at=" + std::to_string(reply.number("/seq"))));
  EXPECT_EQ(then.text("/items/1/parent/body"), "tea \"or\"\ncoffee 👍?") << "as it was";
  ASSERT_EQ(ada_.del(message(parent)).status, 204);
  EXPECT_TRUE(bob_.get(message(reply)).is_null("/parent/body"));
  const auto hidden = bob_.get(path("/messages?at=" + std::to_string(reply.number("/seq"))));
  EXPECT_TRUE(hidden.is_null("/items/1/parent/body")) << "deleted since: " << hidden.body;
}

TEST_F(Replies, ShowNoMoreThanTwoHundredLetters) {
  const auto repeated = [](std::string_view what, std::size_t times) {
    std::string text;
    while (times-- > 0) text += what;
    return text;
  };
  const auto shown = [&](const std::string& body) {
    const auto parent = ada_.say(room_, body);
    EXPECT_EQ(parent.status, 201) << parent.body;
    const auto reply = ada_.post(path("/messages"), R"({"body":"so","reply_to":")" + parent.text("/id") + "\"}");
    return reply.text("/parent/body");
  };
  constexpr std::size_t most = limits::parent_code_points_max;
  for (const std::string each : {"a", "é", "👍", "\"", "\\"}) {
    EXPECT_EQ(shown(repeated(each, most)), repeated(each, most));
    EXPECT_EQ(shown(repeated(each, most + 1)), repeated(each, most) + "…");
  }
  EXPECT_EQ(shown(repeated("a\n", most)), repeated("a\n", most / 2) + "…");
}

TEST_F(Replies, AreAnsweredTheSameWhenRepeated) {
  const auto parent = ada_.say(room_, "tea?");
  const std::string body = R"({"body":"@bob tea","client_id":"c-1","reply_to":")" + parent.text("/id") + "\"}";
  come_in(bob_);
  const auto first = ada_.post(path("/messages"), body), again = ada_.post(path("/messages"), body);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(bob_.get(mine).count("/items"), 1u);
}

// ---- Messages by their ids

TEST_F(Mentions, MessagesAreFoundByTheirIds) {
  const std::string one = ada_.say(room_, "one").text("/id"), two = ada_.say(room_, "two").text("/id");
  const std::string elsewhere = ada_.say(ada_.make_room("Other"), "hidden").text("/id");
  const auto found = ada_.get(path("/messages?ids=" + two + ',' + elsewhere + ',' + one + ',' + two));
  ASSERT_EQ(found.status, 200) << found.body;
  ASSERT_EQ(found.count("/items"), 2u) << found.body;
  EXPECT_EQ(found.text("/items/0/body"), "two");
  EXPECT_EQ(found.text("/items/1/body"), "one");
  EXPECT_TRUE(found.is_null("/next"));
  const auto then = ada_.get(path("/messages?ids=" + two + ',' + one + "&at=3"));
  ASSERT_EQ(then.count("/items"), 1u) << then.body;
  EXPECT_EQ(then.text("/items/0/body"), "one");
  EXPECT_EQ(ada_.get(path("/messages?ids=")).status, 422);
  EXPECT_EQ(ada_.get(path("/messages?ids=x")).status, 422);
  EXPECT_EQ(ada_.get(path("/messages?ids=" + one + "&before=3")).status, 422);
  std::string many = one;
  for (std::size_t n = 0; n < limits::ids_per_request_max; ++n) many += ',' + two;
  EXPECT_NE(ada_.get(path("/messages?ids=" + many)).body.find("ids_per_request"), std::string::npos);
}

} // namespace
} // namespace palabre::testing

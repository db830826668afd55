// Pinned messages over real sockets.

#include "realtime_scene.hpp"

#include "base/limits.hpp"

namespace palabre::testing {
namespace {

class Pinned : public Realtime {
protected:
  std::string path(std::string_view rest = {}) const { return "/api/v1/rooms/" + room_ + std::string(rest); }
  std::string pin_of(const std::string& message) const { return path("/pins/" + message); }
  std::string say(const std::string& body) { return ada_.say(room_, body).text("/id"); }
};

TEST_F(Pinned, AreListedWithTheLastOneFirstAndTold) {
  person bob(server_, "bob");
  ASSERT_EQ(bob.post(path("/join"), "").status, 200);
  websocket_client line = connected(server_, bob);
  line.ask(subscribe_to(room_));
  const std::string first = say("first"), second = bob.say(room_, "second").text("/id");
  EXPECT_EQ(bob.put(pin_of(first), "").status, 403);
  for (const std::string& each : {first, second}) ASSERT_EQ(ada_.put(pin_of(each), "").status, 204);
  EXPECT_EQ(ada_.put(pin_of(first), "").status, 204) << "again changes nothing";

  const auto list = bob.get(path("/pins"));
  ASSERT_EQ(list.count("/items"), 2u) << list.body;
  EXPECT_EQ(list.text("/items/0/message/id"), second);
  EXPECT_EQ(list.text("/items/0/message/body"), "second");
  EXPECT_EQ(list.text("/items/0/message/author/display_name"), "bob");
  EXPECT_EQ(list.text("/items/0/pinned_by"), ada_.id());
  EXPECT_EQ(list.text("/items/1/message/id"), first);
  for (const std::string& each : {first, second}) {
    const auto told = line.next_with("/push/pub/data/data/message_seq");
    EXPECT_EQ(told.text("/push/pub/data/type"), "message.pinned") << told.body;
    EXPECT_EQ(told.text("/push/pub/data/data/message_id"), each);
  }
  EXPECT_EQ(ada_.del(pin_of(first)).status, 204);
  EXPECT_EQ(line.next_with("/push/pub/data/data/message_seq").text("/push/pub/data/type"), "message.unpinned");
  EXPECT_EQ(bob.get(path("/pins")).count("/items"), 1u);
}

TEST_F(Pinned, AreAsTheyWereThen) {
  person bob(server_, "bob");
  ASSERT_EQ(bob.post(path("/join"), "").status, 200);
  const std::string kept = say("kept"), gone = say("gone");
  ASSERT_EQ(ada_.put(pin_of(kept), "").status, 204);
  ASSERT_EQ(ada_.put(pin_of(gone), "").status, 204);
  const auto then = ada_.get(path()).number("/last_seq");
  ASSERT_EQ(ada_.patch(path("/messages/" + kept), R"({"body":"changed"})").status, 200);
  ASSERT_EQ(ada_.del(path("/messages/" + gone)).status, 204);
  const auto now = ada_.get(path("/pins"));
  ASSERT_EQ(now.count("/items"), 1u) << "a deleted message is no pin";
  EXPECT_EQ(now.text("/items/0/message/body"), "changed");
  const auto before = ada_.get(path("/pins?at=" + std::to_string(then)));
  ASSERT_EQ(before.count("/items"), 2u) << before.body;
  EXPECT_EQ(before.text("/items/0/message/id"), gone);
  EXPECT_EQ(before.text("/items/0/message/body"), "gone") << "to moderators";
  EXPECT_TRUE(bob.get(path("/pins?at=" + std::to_string(then))).is_null("/items/0/message/body")) << "to others never";
  EXPECT_EQ(before.text("/items/1/message/body"), "kept");
  EXPECT_EQ(ada_.get(path("/pins?at=2")).count("/items"), 0u);
  expect_problem(ada_.get(path("/pins?at=9999")), 409, "position_unknown", path("/pins"));
}

TEST_F(Pinned, AreBoundedAndRefusedByName) {
  for (std::size_t n = 0; n < limits::pins_per_room_max; ++n)
    ASSERT_EQ(ada_.put(pin_of(say("one of many")), "").status, 204) << n;
  const std::string one_more = say("one more");
  const auto refused = ada_.put(pin_of(one_more), "");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.text("/code"), "limit_exceeded");
  EXPECT_NE(refused.body.find("pins_per_room"), std::string::npos) << refused.body;
  const std::string nowhere = pin_of("0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11");
  expect_problem(ada_.put(nowhere, ""), 404, "not_found", nowhere);
  expect_problem(ada_.del(pin_of("nonsense")), 404, "not_found", pin_of("nonsense"));
  EXPECT_EQ(ada_.get(path("/pins")).count("/items"), limits::pins_per_room_max);
}

} // namespace
} // namespace palabre::testing

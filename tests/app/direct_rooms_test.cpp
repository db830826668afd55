// Rooms of two people over real sockets.

#include "realtime_scene.hpp"

#include <thread>

namespace palabre::testing {
namespace {

class DirectRooms : public Realtime {
protected:
  static constexpr std::string_view rooms = "/api/v1/rooms";
  static std::string with(const person& other) { return R"({"kind":"direct","user_id":")" + other.id() + "\"}"; }
  static std::string path(const http_answer& room, std::string_view rest = {}) {
    return std::string(rooms) + '/' + room.text("/id") + std::string(rest);
  }

  person bob_{server_, "bob"}, eve_{server_, "eve"};
};

TEST_F(DirectRooms, AreOnePerPairWhoeverAsks) {
  const auto made = ada_.post(rooms, with(bob_));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.text("/kind"), "direct");
  EXPECT_EQ(made.text("/visibility"), "private");
  EXPECT_EQ(made.text("/name"), "bob") << "to each the other's name";
  EXPECT_EQ(made.text("/direct_user_ids/0"), ada_.id());
  EXPECT_EQ(made.text("/direct_user_ids/1"), bob_.id());
  EXPECT_TRUE(made.is_null("/share_code"));
  EXPECT_EQ(made.number("/member_count"), 2);

  const auto again = ada_.post(rooms, with(bob_)), by_other = bob_.post(rooms, with(ada_));
  for (const auto& each : {again, by_other}) {
    EXPECT_EQ(each.status, 200) << each.body;
    EXPECT_EQ(each.text("/id"), made.text("/id"));
  }
  EXPECT_EQ(by_other.text("/name"), "ada");
  EXPECT_NE(ada_.post(rooms, with(eve_)).text("/id"), made.text("/id"));

  const auto listed = bob_.get(rooms);
  ASSERT_EQ(listed.count("/items"), 1u);
  EXPECT_EQ(listed.text("/items/0/name"), "ada");
  EXPECT_EQ(listed.text("/items/0/role"), "member");
  ASSERT_EQ(ada_.patch("/api/v1/me", R"({"display_name":"Ada L."})").status, 200);
  EXPECT_EQ(bob_.get(path(made)).text("/name"), "Ada L.") << "as it is now";
}

TEST_F(DirectRooms, AreCalledAsTheOtherIsWhateverTheOpenerWants) {
  const auto made =
      ada_.post(rooms, R"({"kind":"direct","name":"Support","slow_mode_seconds":60,"user_id":")" + bob_.id() + "\"}");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.text("/name"), "bob");
  EXPECT_EQ(made.number("/slow_mode_seconds"), 0);
}

TEST_F(DirectRooms, ReachTheOtherAtOnce) {
  websocket_client line = connected(server_, bob_);
  const auto made = ada_.post(rooms, with(bob_));
  const auto told = line.next_with("/push/pub/data/data/room_id");
  EXPECT_EQ(told.text("/push/pub/data/type"), "member.joined") << told.body;
  EXPECT_EQ(told.text("/push/pub/data/data/room_id"), made.text("/id"));
  EXPECT_EQ(ada_.say(made.text("/id"), "hello").status, 201);
  EXPECT_EQ(bob_.get(rooms).number("/items/0/unread_count"), 1);
  EXPECT_EQ(bob_.say(made.text("/id"), "hello yourself").status, 201);
}

TEST_F(DirectRooms, BelongToBothAlikeAndToNobodyElse) {
  const auto made = ada_.post(rooms, with(bob_));
  const std::string words = bob_.say(made.text("/id"), "mine").text("/id");
  EXPECT_EQ(ada_.del(path(made, "/messages/" + words)).status, 403);
  EXPECT_EQ(ada_.del(path(made, "/members/" + bob_.id())).status, 403);
  EXPECT_EQ(ada_.patch(path(made), R"({"visibility":"public"})").status, 403);
  EXPECT_EQ(ada_.post(path(made, "/share_code"), "").status, 403);
  EXPECT_EQ(ada_.del(path(made)).status, 403);
  for (person* each : {&ada_, &bob_}) EXPECT_EQ(each->post(path(made, "/leave"), "").status, 403);
  EXPECT_EQ(ada_.get(path(made, "/members")).count("/items"), 2u);

  EXPECT_EQ(eve_.get(path(made)).status, 404);
  EXPECT_EQ(eve_.post(path(made, "/join"), "").status, 404);
  EXPECT_EQ(eve_.get(path(made, "/messages")).status, 404);
  EXPECT_EQ(eve_.get(std::string(rooms) + "?discover=true").count("/items"), 1u) << "the scene's public room";
}

TEST_F(DirectRooms, AreWithSomebodyElseWhoIsThere) {
  expect_field_problem(ada_.post(rooms, R"({"kind":"direct"})"), "/user_id", "required");
  expect_field_problem(ada_.post(rooms, with(ada_)), "/user_id", "is_yourself");
  expect_field_problem(ada_.post(rooms, R"({"kind":"direct","user_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c12"})"),
                       "/user_id", "not_found");
  expect_field_problem(ada_.post(rooms, R"({"kind":"direct","visibility":"public","user_id":")" + bob_.id() + "\"}"),
                       "/visibility", "not_private");
}

TEST_F(DirectRooms, AreMadeOnceUnderAKeyAndByTwoAtOnce) {
  const headers key = {{"Idempotency-Key", "first"}};
  const auto made = ada_.post(rooms, with(bob_), key), again = ada_.post(rooms, with(bob_), key);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(again.text("/id"), made.text("/id"));
  EXPECT_EQ(bob_.post(rooms, with(ada_), key).status, 200) << "a key of somebody else is another key";

  http_answer by_bob, by_eve;
  std::thread other([&] { by_bob = bob_.post(rooms, with(eve_)); });
  by_eve = eve_.post(rooms, with(bob_));
  other.join();
  EXPECT_EQ(by_bob.text("/id"), by_eve.text("/id"));
  EXPECT_EQ(by_bob.status + by_eve.status, 201 + 200) << by_bob.body << by_eve.body;
}

} // namespace
} // namespace palabre::testing

// What one keeps in a room for oneself, and how far one had read, over real sockets.

#include "realtime_scene.hpp"

#include <algorithm>

namespace palabre::testing {
namespace {

class Belongings : public Realtime {
protected:
  std::string path(std::string_view rest = {}) const { return "/api/v1/rooms/" + room_ + std::string(rest); }
};

TEST_F(Belongings, ADraftIsThereUntilSomethingIsPosted) {
  person bob(server_, "bob");
  ASSERT_EQ(bob.post(path("/join"), "").status, 200);
  websocket_client line = connected(server_, ada_);
  EXPECT_TRUE(ada_.get(path("/draft")).is_null("/body"));
  const std::string parent = ada_.say(room_, "tea?").text("/id");
  const auto saved = ada_.put(path("/draft"), R"({"body":"Good m","reply_to":")" + parent + "\"}");
  ASSERT_EQ(saved.status, 200) << saved.body;
  EXPECT_EQ(saved.text("/room_id"), room_);
  EXPECT_EQ(saved.text("/body"), "Good m");
  EXPECT_EQ(saved.text("/reply_to"), parent);
  const auto told = line.next_with("/push/pub/data/data/draft_version");
  EXPECT_EQ(told.text("/push/pub/data/type"), "draft.changed") << told.body;
  EXPECT_EQ(told.body.find("Good m"), std::string::npos);
  EXPECT_EQ(ada_.get(path("/draft")).body, saved.body);
  EXPECT_TRUE(ada_.get("/api/v1/rooms").flag("/items/0/has_draft"));
  EXPECT_EQ(ada_.get("/api/v1/me/drafts").text("/items/0/body"), "Good m");
  ASSERT_EQ(ada_.put(path("/draft"), R"({"body":"Good m","reply_to":")" + parent + "\"}").body, saved.body)
      << "the same again is no event";
  ASSERT_EQ(ada_.put(path("/draft"), R"({"body":"Good morning"})").status, 200);
  EXPECT_EQ(ada_.get(path("/draft")).text("/body"), "Good morning");
  EXPECT_EQ(ada_.get("/api/v1/me/drafts").count("/items"), 1u);

  EXPECT_TRUE(bob.get(path("/draft")).is_null("/body")) << "to each their own";
  EXPECT_EQ(bob.get("/api/v1/me/drafts").count("/items"), 0u);
  EXPECT_EQ(bob.get(path("/events")).body.find("Good"), std::string::npos);
  ASSERT_EQ(bob.say(room_, "hello").status, 201);
  EXPECT_EQ(ada_.get(path("/draft")).text("/body"), "Good morning");
  ASSERT_EQ(ada_.say(room_, "Good morning!").status, 201);
  EXPECT_FALSE(ada_.get("/api/v1/rooms").flag("/items/0/has_draft"));
  EXPECT_TRUE(ada_.get(path("/draft")).is_null("/body"));
}

TEST_F(Belongings, ADraftIsThrownAwayByHandAndRefusedByName) {
  ASSERT_EQ(ada_.put(path("/draft"), R"({"body":"x"})").status, 200);
  EXPECT_EQ(ada_.del(path("/draft")).status, 204);
  EXPECT_EQ(ada_.del(path("/draft")).status, 204);
  EXPECT_TRUE(ada_.get(path("/draft")).is_null("/body"));
  EXPECT_EQ(ada_.put(path("/draft"), R"({"body":""})").status, 422);
  EXPECT_EQ(ada_.put(path("/draft"), R"({"body":"x","reply_to":")" + room_ + "\"}").status, 422);
  person eve(server_, "eve");
  EXPECT_EQ(eve.put(path("/draft"), R"({"body":"x"})").status, 403);
  const std::string hidden = "/api/v1/rooms/" + ada_.make_room("Hidden") + "/draft";
  EXPECT_EQ(eve.put(hidden, R"({"body":"x"})").status, 404);
}

TEST_F(Belongings, DraftsComeInPagesOfRoomsThatOneIsIn) {
  person bob(server_, "bob");
  std::vector<std::string> rooms;
  for (int n = 0; n < 3; ++n) {
    rooms.push_back(ada_.make_room("Room", R"(,"visibility":"public")"));
    ASSERT_EQ(bob.post("/api/v1/rooms/" + rooms.back() + "/join", "").status, 200);
    ASSERT_EQ(bob.put("/api/v1/rooms/" + rooms.back() + "/draft", R"({"body":"x"})").status, 200);
  }
  const auto first = bob.get("/api/v1/me/drafts?limit=2"), second = bob.get(first.text("/next"));
  EXPECT_EQ(first.count("/items"), 2u);
  ASSERT_EQ(second.count("/items"), 1u) << second.body;
  ASSERT_EQ(bob.post("/api/v1/rooms/" + rooms[0] + "/leave", "").status, 204);
  EXPECT_EQ(bob.get("/api/v1/me/drafts").count("/items"), 2u);
}

TEST_F(Belongings, WhatOneWantsToBeToldOfIsKept) {
  websocket_client line = connected(server_, ada_);
  EXPECT_EQ(ada_.get(path("/notifications")).text("/level"), "all");
  for (const std::string level : {"mentions", "none", "all"}) {
    const auto chosen = ada_.put(path("/notifications"), R"({"level":")" + level + "\"}");
    EXPECT_EQ(chosen.status, 200) << chosen.body;
    EXPECT_EQ(chosen.text("/level"), level);
    EXPECT_EQ(ada_.get(path("/notifications")).text("/level"), level);
    EXPECT_EQ(ada_.get("/api/v1/rooms").text("/items/0/notifications"), level);
    EXPECT_EQ(line.next_with("/push/pub/data/data/level").text("/push/pub/data/data/level"), level);
  }
  EXPECT_EQ(ada_.put(path("/notifications"), R"({"level":"all"})").status, 200);
  const auto told = run_palabre({"events", "--data", server_.data(), "--type", "notifications.chosen"}).printed;
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 3) << "the same again is no event";
  EXPECT_EQ(ada_.put(path("/notifications"), R"({"level":"some"})").status, 422);
  person eve(server_, "eve");
  EXPECT_EQ(eve.get(path("/notifications")).status, 403);
}

// ---- How far one had read

TEST_F(Belongings, AReadPositionIsToldAsItWas) {
  person bob(server_, "bob");
  ASSERT_EQ(bob.post(path("/join"), "").status, 200);
  const auto read = [&](std::int64_t seq) {
    ASSERT_EQ(bob.put(path("/read"), R"({"seq":)" + std::to_string(seq) + '}').status, 200);
  };
  const auto at = [&](const std::string& moment) {
    const auto then = bob.get(path("/read?at=" + moment));
    EXPECT_EQ(then.status, 200) << then.body;
    EXPECT_TRUE(then.is_null("/unread_count"));
    return then.number("/last_read_seq");
  };
  const auto first = ada_.say(room_, "one");
  read(first.number("/seq"));
  const auto second = ada_.say(room_, "two"), third = ada_.say(room_, "three");
  read(third.number("/seq"));
  EXPECT_EQ(at(std::to_string(first.number("/seq"))), 0);
  EXPECT_EQ(at(std::to_string(second.number("/seq"))), first.number("/seq"));
  EXPECT_EQ(at(std::to_string(third.number("/seq"))), first.number("/seq")) << "then; not a moment later";
  EXPECT_EQ(at("2100-01-01T00:00:00Z"), third.number("/seq"));
  EXPECT_EQ(bob.get(path("/read")).number("/last_read_seq"), third.number("/seq"));
  EXPECT_EQ(bob.get(path("/read")).number("/unread_count"), 0);
  EXPECT_EQ(bob.get(path("/read?at=999")).status, 409);
  EXPECT_EQ(bob.get(path("/read?at=2000-01-01T00:00:00Z")).status, 404);
  person eve(server_, "eve");
  EXPECT_EQ(eve.get(path("/read")).status, 403);
}

} // namespace
} // namespace palabre::testing

// Who is sent away, kept out or quiet, over real sockets.

#include "realtime_scene.hpp"

namespace palabre::testing {
namespace {

class Moderation : public Realtime {
protected:
  std::string path(std::string_view rest = {}) const { return "/api/v1/rooms/" + room_ + std::string(rest); }
  std::string of(std::string_view family, const person& who) const { return path(family) + who.id(); }
  void come_in(person& who) { ASSERT_EQ(who.post(path("/join"), "").status, 200); }

  person bob_{server_, "bob"}, eve_{server_, "eve"};
};

TEST_F(Moderation, ABanEndsMembershipAndSubscriptionsAndKeepsOut) {
  come_in(bob_);
  come_in(eve_);
  websocket_client line = connected(server_, bob_), owners = connected(server_, ada_),
                   members = connected(server_, eve_);
  for (websocket_client* each : {&line, &owners, &members}) each->ask(subscribe_to(room_));
  const auto banned = ada_.put(of("/bans/", bob_), R"({"reason":"spam","expires_in":3600})");
  ASSERT_EQ(banned.status, 200) << banned.body;
  EXPECT_EQ(banned.text("/user_id"), bob_.id());
  EXPECT_EQ(banned.text("/reason"), "spam");
  EXPECT_EQ(banned.text("/by_id"), ada_.id());
  EXPECT_FALSE(banned.is_null("/expires_at"));

  EXPECT_EQ(line.next_with("/push/unsubscribe").number("/push/unsubscribe/code"), 2000);
  ada_.say(room_, "he is gone");
  const auto next_type = [](websocket_client& of) {
    return of.next_with("/push/pub/offset").text("/push/pub/data/type");
  };
  for (const char* type : {"member.kicked", "member.banned", "message.posted"}) EXPECT_EQ(next_type(owners), type);
  for (const char* type : {"member.kicked", "message.posted"})
    EXPECT_EQ(next_type(members), type) << "members are not told who is banned";

  expect_problem(bob_.post(path("/join"), ""), 403, "banned", path("/join"));
  const std::string code = ada_.get(path()).text("/share_code");
  expect_problem(bob_.post("/api/v1/rooms/join", R"({"share_code":")" + code + R"("})"), 404, "not_found",
                 "/api/v1/rooms/join");
  EXPECT_EQ(ada_.get(path()).number("/member_count"), 2);

  const auto events = ada_.get(path("/events")).body;
  EXPECT_NE(events.find(R"("type":"member.banned")"), std::string::npos) << "moderators can look it up";
  EXPECT_EQ(eve_.get(path("/events")).body.find("member.banned"), std::string::npos);
  EXPECT_EQ(eve_.post(path("/leave"), "").status, 204);

  const auto list = ada_.get(path("/bans"));
  ASSERT_EQ(list.count("/items"), 1u) << list.body;
  EXPECT_EQ(list.text("/items/0/user/display_name"), "bob");
  EXPECT_EQ(ada_.del(of("/bans/", bob_)).status, 204);
  EXPECT_EQ(ada_.get(path("/bans")).count("/items"), 0u);
  come_in(bob_);
}

TEST_F(Moderation, ToldToThemselvesButNotWhy) {
  come_in(bob_);
  websocket_client line = connected(server_, bob_);
  const auto told = [&] { return line.next_with("/push/pub/data/room_id"); };
  ada_.put(of("/mutes/", bob_), R"({"reason":"noise"})");
  const auto muted = told();
  EXPECT_EQ(muted.text("/push/channel"), "user:" + bob_.id());
  EXPECT_EQ(muted.text("/push/pub/data/type"), "member.muted");
  EXPECT_EQ(muted.body.find("noise"), std::string::npos);
  ada_.patch(of("/members/", bob_), R"({"role":"moderator"})");
  const auto changed = told();
  EXPECT_EQ(changed.text("/push/pub/data/type"), "member.role_changed");
  EXPECT_EQ(changed.text("/push/pub/data/data/role"), "moderator");
  ada_.del(of("/members/", bob_));
  EXPECT_EQ(told().text("/push/pub/data/type"), "member.kicked");
}

TEST_F(Moderation, AMuteSilencesUntilItIsLifted) {
  come_in(bob_);
  const std::string said = bob_.say(room_, "hello").text("/id");
  ASSERT_EQ(ada_.put(of("/mutes/", bob_), "{}").status, 200);
  expect_problem(bob_.say(room_, "no"), 403, "muted", path("/messages"));
  expect_problem(bob_.post(path("/typing"), ""), 403, "muted", path("/typing"));
  EXPECT_EQ(bob_.put(path("/messages/") + said + "/reactions/" + escaped("👍")).status, 200);
  EXPECT_EQ(bob_.post(path("/leave"), "").status, 204);
  come_in(bob_);
  expect_problem(bob_.say(room_, "no"), 403, "muted", path("/messages"));
  EXPECT_TRUE(ada_.get(path("/mutes")).is_null("/items/0/expires_at"));
  EXPECT_EQ(ada_.del(of("/mutes/", bob_)).status, 204);
  EXPECT_EQ(bob_.say(room_, "again").status, 201);
}

TEST_F(Moderation, SlowModeLetsMembersWait) {
  come_in(bob_);
  ASSERT_EQ(ada_.patch(path(), R"({"slow_mode_seconds":3600})").number("/slow_mode_seconds"), 3600);
  EXPECT_EQ(bob_.say(room_, "one").status, 201);
  const auto refused = bob_.say(room_, "two");
  expect_problem(refused, 429, "slow_mode", path("/messages"));
  EXPECT_GT(std::stoi(refused.header("Retry-After")), 3000);
  EXPECT_EQ(ada_.say(room_, "one").status, 201);
  EXPECT_EQ(ada_.say(room_, "two").status, 201);
  server_.kill();
  server_.start();
  person again(server_, "again");
  again.take_session(again.post("/api/v1/auth/login", R"({"login":"bob","password":"correct horse"})"));
  expect_problem(again.say(room_, "two"), 429, "slow_mode", path("/messages"));
}

TEST_F(Moderation, ARoomIsHandedOverAndItsOldOwnerMayGo) {
  come_in(bob_);
  expect_problem(ada_.post(path("/leave"), ""), 409, "owner_must_transfer", path("/leave"));
  const auto nobody = ada_.put(path("/owner"), R"({"user_id":")" + eve_.id() + R"("})");
  expect_field_problem(nobody, "/user_id", "not_found");
  const auto handed = ada_.put(path("/owner"), R"({"user_id":")" + bob_.id() + R"("})");
  ASSERT_EQ(handed.status, 200) << handed.body;
  EXPECT_EQ(handed.text("/owner_id"), bob_.id());
  const auto members = bob_.get(path("/members"));
  EXPECT_NE(members.body.find(R"("user_id":")" + ada_.id() + R"(","role":"admin")"), std::string::npos) << members.body;
  EXPECT_EQ(ada_.post(path("/leave"), "").status, 204);
}

TEST_F(Moderation, ARestoredRoomIsAsItWas) {
  come_in(bob_);
  ada_.say(room_, "before");
  ASSERT_EQ(ada_.del(path()).status, 204);
  expect_problem(bob_.say(room_, "no"), 409, "room_archived", path("/messages"));
  expect_problem(bob_.post(path("/restore"), ""), 403, "forbidden", path("/restore"));
  const auto restored = ada_.post(path("/restore"), "");
  ASSERT_EQ(restored.status, 200) << restored.body;
  EXPECT_FALSE(restored.flag("/archived"));
  EXPECT_EQ(bob_.say(room_, "after").status, 201);
  EXPECT_EQ(bob_.get(path("/messages")).count("/items"), 2u);
  EXPECT_NE(eve_.get("/api/v1/rooms?discover=true").body.find(room_), std::string::npos) << "it is listed again";
}

/// What was answered before is not answered to who may not see it any more.
TEST_F(Moderation, ARepeatedKeyOpensNothingAgain) {
  const std::string hidden = bob_.make_room("Hidden");
  const std::string code = bob_.get("/api/v1/rooms/" + hidden).text("/share_code");
  const headers key = {{"Idempotency-Key", "once"}};
  const std::string body = R"({"share_code":")" + code + R"("})";
  ASSERT_EQ(eve_.post("/api/v1/rooms/join", body, key).status, 200);
  ASSERT_EQ(bob_.put("/api/v1/rooms/" + hidden + "/bans/" + eve_.id(), "{}").status, 200);
  const auto again = eve_.post("/api/v1/rooms/join", body, key);
  EXPECT_EQ(again.status, 404) << again.body;
}

TEST_F(Moderation, NamesWhatIsWrong) {
  come_in(bob_);
  const auto refused = [&](const http_answer& got, std::string_view pointer) {
    EXPECT_EQ(got.status, 422) << got.body;
    EXPECT_EQ(got.text("/errors/0/pointer"), pointer);
  };
  refused(ada_.put(of("/bans/", bob_), R"({"expires_in":0})"), "/expires_in");
  refused(ada_.put(of("/mutes/", bob_), R"({"reason":")" + std::string(501, 'x') + R"("})"), "/reason");
  refused(ada_.patch(of("/members/", bob_), R"({"role":"owner"})"), "/role");
  refused(ada_.patch(path(), R"({"slow_mode_seconds":21601})"), "/slow_mode_seconds");
  const std::string nobody = path("/bans/0190b1f0-7c3a-7abc-8def-0123456789ab");
  expect_problem(ada_.put(nobody, "{}"), 404, "not_found", nobody);
  expect_problem(ada_.del(of("/members/", eve_)), 404, "not_found", of("/members/", eve_));
}

TEST_F(Moderation, PagesThroughBans) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    person p(server_, "guest" + std::to_string(i));
    ids.push_back(p.id());
    ASSERT_EQ(ada_.put(of("/bans/", p), R"({"reason":"guest )" + std::to_string(i) + R"("})").status, 200);
  }
  std::vector<std::string> listed;
  std::string next = path("/bans?limit=2");
  while (!next.empty()) {
    const auto page = ada_.get(next);
    ASSERT_EQ(page.status, 200) << page.body;
    for (std::size_t i = 0; i < page.count("/items"); ++i)
      listed.push_back(page.text("/items/" + std::to_string(i) + "/user_id"));
    next = page.is_null("/next") ? std::string() : page.text("/next");
  }
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(listed, ids);
  expect_problem(ada_.get(path("/bans?cursor=nonsense")), 422, "validation_failed", path("/bans"));
}

} // namespace
} // namespace palabre::testing

// Invitations over real sockets.

#include "realtime_scene.hpp"

#include "base/limits.hpp"

namespace palabre::testing {
namespace {

class Invitations : public Realtime {
protected:
  std::string path(std::string_view rest = {}) const { return "/api/v1/rooms/" + club_ + std::string(rest); }
  http_answer invite(const std::string& body = "{}") { return ada_.post(path("/invitations"), body); }
  static std::string for_user(const person& who) { return R"({"user_id":")" + who.id() + "\"}"; }
  static std::string accepting(const std::string& code) { return "/api/v1/invitations/" + code + "/accept"; }
  void let_in(person& who) { ASSERT_EQ(who.post(accepting(invite().text("/code")), "").status, 200); }

  std::string club_ = ada_.make_room("Club");
  person bob_{server_, "bob"}, eve_{server_, "eve"};
};

TEST_F(Invitations, OpenAPrivateRoomSoManyTimes) {
  const auto made = invite(R"({"uses":2,"expires_in":3600,"email":"friends@example.org"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string code = made.text("/code");
  EXPECT_EQ(code.size(), 16u);
  EXPECT_EQ(made.text("/room_id"), club_);
  EXPECT_EQ(made.text("/email"), "friends@example.org");
  EXPECT_EQ(made.text("/by/display_name"), "ada");
  EXPECT_TRUE(made.is_null("/user_id"));

  const auto offer = bob_.get("/api/v1/invitations/" + code);
  EXPECT_EQ(offer.text("/room/name"), "Club") << offer.body;
  EXPECT_EQ(offer.number("/room/member_count"), 1);
  const auto joined = bob_.post(accepting(code), "");
  ASSERT_EQ(joined.status, 200) << joined.body;
  EXPECT_EQ(joined.text("/id"), club_);
  EXPECT_EQ(joined.number("/member_count"), 2);
  EXPECT_EQ(ada_.get(path("/invitations")).number("/items/0/used"), 1);

  const headers key = {{"Idempotency-Key", "mine"}};
  EXPECT_EQ(eve_.post(accepting(code), "", key).status, 200);
  EXPECT_EQ(eve_.post(accepting(code), "", key).header("Idempotency-Replayed"), "true");
  EXPECT_EQ(bob_.post(accepting(code), "").status, 200) << "who is in has accepted";
  EXPECT_EQ(ada_.get(path("/invitations")).count("/items"), 0u);
  person late(server_, "late");
  EXPECT_EQ(late.post(accepting(code), "").status, 404);
  EXPECT_EQ(late.get("/api/v1/invitations/" + code).status, 404);
}

TEST_F(Invitations, ForSomebodyAreToldListedAndTheirsAlone) {
  websocket_client line = connected(server_, bob_);
  const auto made = invite(for_user(bob_));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.text("/user/display_name"), "bob");
  const auto told = line.next_with("/push/pub/data/data/invitation_id");
  EXPECT_EQ(told.text("/push/pub/data/type"), "invitation.received") << told.body;
  EXPECT_EQ(told.text("/push/pub/data/data/invitation_id"), made.text("/id"));
  EXPECT_EQ(told.body.find(made.text("/code")), told.body.npos);

  const auto mine = bob_.get("/api/v1/me/invitations");
  ASSERT_EQ(mine.count("/items"), 1u) << mine.body;
  EXPECT_EQ(mine.text("/items/0/code"), made.text("/code"));
  EXPECT_EQ(mine.text("/items/0/room/name"), "Club");
  EXPECT_EQ(mine.text("/items/0/by/display_name"), "ada");
  EXPECT_EQ(eve_.get("/api/v1/me/invitations").count("/items"), 0u);
  EXPECT_EQ(eve_.get("/api/v1/invitations/" + made.text("/code")).status, 404);
  EXPECT_EQ(eve_.post(accepting(made.text("/code")), "").status, 404);
  EXPECT_EQ(eve_.post(path("/join"), "").status, 404);

  EXPECT_EQ(bob_.get(path()).status, 404) << "invited is not in";
  EXPECT_EQ(bob_.post(path("/join"), "").status, 200) << "by the room's id, without the code";
  EXPECT_EQ(bob_.get("/api/v1/me/invitations").count("/items"), 0u);
}

TEST_F(Invitations, GoByPagesForWhoHasMany) {
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(ada_.post("/api/v1/rooms/" + ada_.make_room("Club") + "/invitations", for_user(bob_)).status, 201);
  const auto first = bob_.get("/api/v1/me/invitations?limit=2");
  ASSERT_EQ(first.count("/items"), 2u);
  const auto rest = bob_.get(first.text("/next"));
  EXPECT_EQ(rest.count("/items"), 1u) << rest.body;
  EXPECT_TRUE(rest.is_null("/next"));
}

TEST_F(Invitations, AreTakenBackAndEndWithTheRoomAndABan) {
  const auto taken = invite(), kept = invite(R"({"uses":5})");
  EXPECT_EQ(ada_.del(path("/invitations/" + taken.text("/id"))).status, 204);
  EXPECT_EQ(ada_.del(path("/invitations/" + taken.text("/id"))).status, 404);
  EXPECT_EQ(bob_.post(accepting(taken.text("/code")), "").status, 404);
  ASSERT_EQ(ada_.put(path("/bans/" + eve_.id()), "{}").status, 200);
  EXPECT_EQ(eve_.post(accepting(kept.text("/code")), "").status, 404);
  EXPECT_EQ(eve_.get("/api/v1/invitations/" + kept.text("/code")).status, 404);
  EXPECT_EQ(invite(for_user(eve_)).status, 403);
  ASSERT_EQ(invite(for_user(bob_)).status, 201);
  EXPECT_EQ(bob_.get("/api/v1/me/invitations").count("/items"), 1u);
  ASSERT_EQ(ada_.put(path("/bans/" + bob_.id()), "{}").status, 200);
  EXPECT_EQ(bob_.get("/api/v1/me/invitations").count("/items"), 0u) << "a room says nothing to whom it banned";
  ASSERT_EQ(ada_.del(path("/bans/" + bob_.id())).status, 204);
  ASSERT_EQ(ada_.del(path()).status, 204);
  EXPECT_EQ(bob_.post(accepting(kept.text("/code")), "").status, 404);
  EXPECT_EQ(invite().status, 409);
}

TEST_F(Invitations, AreNotSeenByMembers) {
  let_in(bob_);
  websocket_client line = connected(server_, bob_);
  line.ask(subscribe_to(club_));
  const std::string code = invite().text("/code");
  EXPECT_EQ(bob_.get(path("/invitations")).status, 403);
  EXPECT_EQ(bob_.get(path("/events")).body.find("invitation."), std::string::npos);
  ASSERT_EQ(ada_.say(club_, "hello").status, 201);
  const auto next = line.next_with("/push/pub/data/type");
  EXPECT_EQ(next.text("/push/pub/data/type"), "message.posted") << next.body;
  const auto shown = ada_.get(path("/events"));
  EXPECT_NE(shown.body.find("invitation.created"), std::string::npos) << "moderators see that there was one";
  EXPECT_EQ(shown.body.find(code), std::string::npos) << "but not its code";
}

TEST_F(Invitations, AreRefusedWithTheReason) {
  expect_field_problem(invite(R"({"user_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c12"})"), "/user_id", "not_found");
  expect_field_problem(invite(R"({"user_id":")" + bob_.id() + R"(","email":"b@example.org"})"), "/email",
                       "not_allowed");
  expect_field_problem(invite(R"({"user_id":")" + bob_.id() + R"(","uses":2})"), "/uses", "not_allowed");
  EXPECT_EQ(invite(R"({"uses":0})").status, 422);
  EXPECT_EQ(invite(R"({"expires_in":1})").status, 422);
  let_in(bob_);
  expect_problem(invite(for_user(bob_)), 409, "conflict", path("/invitations"));
}

} // namespace
} // namespace palabre::testing

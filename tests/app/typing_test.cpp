// Who is writing is told to those who listen, and forgotten.
#include "realtime_scene.hpp"

namespace palabre::testing {
namespace {

/// Its own rate is part of it.
class Typing : public Realtime {
protected:
  Typing() : Realtime("[limits]\nenabled = true\n") {}
};

std::string typing_path(const std::string& room) {
  return "/api/v1/rooms/" + room + "/typing";
}

TEST_F(Typing, IsToldWithoutOffsetByRestAndRpcAlike) {
  person bob(server_, "bob");
  bob.post("/api/v1/rooms/" + room_ + "/join", "{}");
  websocket_client listener = connected(server_, ada_), writer = connected(server_, bob);
  const auto before = listener.ask(subscribe_to(room_)).number("/subscribe/offset");

  EXPECT_EQ(bob.post(typing_path(room_), "").status, 204);
  const auto by_rest = listener.next_with("/push/pub");
  EXPECT_EQ(by_rest.text("/push/pub/data/type"), "typing");
  EXPECT_EQ(by_rest.text("/push/pub/data/room_id"), room_);
  EXPECT_EQ(by_rest.text("/push/pub/data/data/user_id"), bob.id());
  EXPECT_EQ(by_rest.text("/push/pub/tags/t"), "typing");
  EXPECT_FALSE(by_rest.has("/push/pub/offset"));

  const auto reply = writer.ask(R"("rpc":{"method":"typing","data":{"room_id":")" + room_ + R"("}})");
  EXPECT_TRUE(reply.has("/rpc")) << reply.body;
  EXPECT_EQ(listener.next_with("/push/pub").text("/push/pub/data/actor_id"), bob.id());

  EXPECT_EQ(ada_.get("/api/v1/rooms/" + room_).number("/last_seq"), before) << "it is stored nowhere";
}

TEST_F(Typing, IsRefusedTooOftenAndOfStrangersAndInArchivedRooms) {
  int told = 0;
  http_answer last;
  while ((last = ada_.post(typing_path(room_), "")).status == 204) ++told;
  EXPECT_GE(told, 5);
  expect_problem(last, 429, "rate_limited", typing_path(room_));
  EXPECT_NE(last.header("Retry-After"), "");
  const std::string other = ada_.make_room("Other");
  EXPECT_EQ(ada_.post(typing_path(other), "").status, 204) << "each room has its own rate";

  person eve(server_, "eve");
  expect_problem(eve.post(typing_path(room_), ""), 403, "forbidden", typing_path(room_));
  expect_problem(eve.post(typing_path(other), ""), 404, "not_found", typing_path(other));
  ada_.del("/api/v1/rooms/" + other);
  ada_.get("/api/v1/rooms/" + other); // the views have seen it
  expect_problem(ada_.post(typing_path(other), ""), 409, "room_archived", typing_path(other));
}

} // namespace
} // namespace palabre::testing

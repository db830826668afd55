// Who is in a channel, who comes and goes, and the channel that everyone has.
#include "realtime_scene.hpp"

namespace palabre::testing {
namespace {

using RealtimePresence = Realtime;

std::string asked_of(const char* what, const std::string& room) {
  return std::string("\"") + what + "\":{" + channel(room) + "}";
}

TEST_F(RealtimePresence, ShowsWhoListensAndCountsUsersOnce) {
  person bob(server_, "bob");
  bob.post("/api/v1/rooms/" + room_ + "/join", "{}");
  websocket_client first = connected(server_, ada_), second = connected(server_, ada_), third = connected(server_, bob);
  for (websocket_client* each : {&first, &second, &third}) each->ask(subscribe_to(room_));

  const auto stats = first.ask(asked_of("presence_stats", room_));
  EXPECT_EQ(stats.number("/presence_stats/num_clients"), 3);
  EXPECT_EQ(stats.number("/presence_stats/num_users"), 2);

  third.ask("\"unsubscribe\":{" + channel(room_) + "}");
  const auto present = first.ask(asked_of("presence", room_));
  EXPECT_EQ(present.body.find(bob.id()), std::string::npos);
  EXPECT_NE(present.body.find(R"("user":")" + ada_.id()), std::string::npos);
  second.close();
  while (first.ask(asked_of("presence_stats", room_)).number("/presence_stats/num_clients") != 1) {
  }
}

TEST_F(RealtimePresence, TellsThoseWhoAskedWhoComesAndGoesThemselvesIncluded) {
  person bob(server_, "bob");
  bob.post("/api/v1/rooms/" + room_ + "/join", "{}");
  websocket_client deaf = connected(server_, ada_), hears = connected(server_, ada_), other = connected(server_, bob);
  deaf.ask(subscribe_to(room_));
  const auto own = hears.ask(subscribe_to(room_, R"(,"join_leave":true)"));
  EXPECT_EQ(hears.next_with("/push/join").text("/push/join/info/user"), ada_.id()) << own.body;

  other.ask(subscribe_to(room_));
  EXPECT_EQ(hears.next_with("/push/join").text("/push/join/info/user"), bob.id());
  other.close();
  EXPECT_EQ(hears.next_with("/push/leave").text("/push/leave/info/user"), bob.id());

  deaf.ask(asked_of("presence_stats", room_)); // what was pushed before has been read by now
  EXPECT_FALSE(deaf.take_if("/push/join"));
  EXPECT_FALSE(deaf.take_if("/push/leave"));
}

TEST_F(RealtimePresence, GivesEveryoneTheirOwnChannel) {
  websocket_client client(server_.port());
  const auto reply = client.ask(connect_with(ada_.token()));
  const std::string at = "/connect/subs/user:" + ada_.id();
  EXPECT_TRUE(reply.has(at)) << reply.body;
  EXPECT_NE(reply.body.find(R"("recoverable":true,"positioned":true,"epoch":")"), std::string::npos);
  expect_error(client.ask(R"("subscribe":{"channel":"user:)" + ada_.id() + "\"}"), 103);
}

TEST_F(RealtimePresence, TagFilterLetsOnlyWhatIsWantedThroughLiveAndRecovered) {
  websocket_client client = connected(server_, ada_);
  const std::string filter = R"(,"tf":{"key":"t","cmp":"neq","val":"message.posted"})";
  const auto reply = client.ask(subscribe_to(room_, filter));
  const auto offset = reply.number("/subscribe/offset");
  const std::string epoch = reply.text("/subscribe/epoch");

  ada_.say(room_, "not wanted");
  ada_.patch("/api/v1/rooms/" + room_, R"({"name":"Renamed"})");
  EXPECT_EQ(client.next_with("/push").text("/push/pub/data/type"), "room.updated");

  client.ask("\"unsubscribe\":{" + channel(room_) + "}");
  const auto again = client.ask(subscribe_to(room_, recover_from(offset, epoch, filter)));
  EXPECT_EQ(again.text("/subscribe/publications/0/data/type"), "room.updated");
  EXPECT_FALSE(again.has("/subscribe/publications/1"));

  client.ask("\"unsubscribe\":{" + channel(room_) + "}");
  expect_error(client.ask(subscribe_to(room_, R"(,"tf":{"key":"t","cmp":"like"})")), 107);
}

TEST_F(RealtimePresence, OfPeopleOneSharesARoomWithComesOnOnesOwnChannel) {
  person bob(server_, "bob"), eve(server_, "eve");
  bob.post("/api/v1/rooms/" + room_ + "/join", "{}");
  websocket_client here = connected(server_, ada_), stranger = connected(server_, eve), there = connected(server_, bob);
  const auto told = [&](std::string_view status) {
    while (true) {
      const auto push = here.next_with("/push/pub/data/data/status");
      EXPECT_EQ(push.text("/push/channel"), "user:" + ada_.id());
      EXPECT_EQ(push.text("/push/pub/tags/t"), "presence.changed");
      EXPECT_FALSE(push.has("/push/pub/offset"));
      if (push.text("/push/pub/data/data/status") == status) return push.text("/push/pub/data/data/user_id");
    }
  };
  EXPECT_EQ(told("online"), bob.id());
  there.ask(R"("rpc":{"method":"presence.set","data":{"status":"busy","text":"in a call"}})");
  EXPECT_EQ(told("busy"), bob.id());
  const auto shown = ada_.get("/api/v1/presence?user_ids=" + bob.id());
  EXPECT_EQ(shown.text("/items/0/status"), "busy");
  EXPECT_EQ(shown.text("/items/0/text"), "in a call");

  stranger.ask(R"("rpc":{"method":"presence.set","data":{"status":"busy"}})");
  EXPECT_FALSE(stranger.take_if("/push/pub/data/data/status")) << "nobody shares a room with her";
}

TEST_F(RealtimePresence, WhatConcernsOneselfComesWithOffsetsAndIsRecovered) {
  websocket_client client(server_.port());
  const std::string own = "user:" + ada_.id();
  const auto connected_at = client.ask(connect_with(ada_.token()));
  const auto offset = connected_at.number("/connect/subs/" + own + "/offset");
  const std::string epoch = connected_at.text("/connect/subs/" + own + "/epoch");

  const std::string other = ada_.make_room("Other");
  const auto joined = client.next_with("/push/pub/offset");
  EXPECT_EQ(joined.text("/push/channel"), own);
  EXPECT_EQ(joined.text("/push/pub/data/type"), "member.joined");
  EXPECT_EQ(joined.text("/push/pub/data/room_id"), other);
  EXPECT_EQ(joined.number("/push/pub/offset"), offset + 1);

  ada_.put("/api/v1/rooms/" + other + "/read", R"({"seq":1})");
  const auto read = client.next_with("/push/pub/offset");
  EXPECT_EQ(read.text("/push/pub/data/type"), "read.advanced");
  EXPECT_EQ(read.number("/push/pub/offset"), offset + 2);

  websocket_client again(server_.port());
  const auto back =
      again.ask(R"("connect":{"token":")" + ada_.token() + R"(","subs":{")" + own + R"(":{"recover":true,"offset":)" +
                std::to_string(offset) + R"(,"epoch":")" + epoch + R"("}}})");
  const std::string at = "/connect/subs/" + own;
  EXPECT_TRUE(back.flag(at + "/recovered")) << back.body;
  EXPECT_EQ(back.text(at + "/publications/0/data/type"), "member.joined");
  EXPECT_EQ(back.text(at + "/publications/1/data/type"), "read.advanced");
  EXPECT_FALSE(back.has(at + "/publications/2"));
}

TEST_F(RealtimePresence, ReadingThatGathersHoldsUpNobody) {
  websocket_client client = connected(server_, ada_);
  for (int i = 0; i < 4; ++i) ada_.say(room_, "word");
  const auto read = [&](int id, int seq) {
    return R"({"id":)" + std::to_string(id) + R"(,"rpc":{"method":"read.advance","data":{"room_id":")" + room_ +
           R"(","seq":)" + std::to_string(seq) + "}}}";
  };
  client.send(read(1001, 3));
  client.send(read(1002, 4));
  client.send(R"({"id":1003,)" + post_by_rpc(room_, "meanwhile") + "}");
  std::vector<std::int64_t> answered;
  while (answered.size() < 3) {
    const auto reply = client.next_with("/rpc");
    answered.push_back(reply.number("/id"));
    if (answered.back() == 1002) {
      EXPECT_EQ(reply.number("/rpc/data/last_read_seq"), 4);
    }
  }
  EXPECT_EQ(answered.back(), 1002) << "it waits for its second to be over, and the post did not";
}

} // namespace
} // namespace palabre::testing

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

} // namespace
} // namespace palabre::testing

// Subscribing, leaving, recovery and history.
#include "realtime_scene.hpp"

#include <gtest/gtest.h>

namespace palabre::testing {
namespace {

using RealtimeChannels = Realtime;

// ---- Subscribing

TEST_F(RealtimeChannels, PushesEveryEventOfARoomInOrder) {
  websocket_client client = connected(server_, ada_);
  const auto subscribed = client.ask(subscribe_to(room_));
  const std::int64_t top = subscribed.number("/subscribe/offset");
  EXPECT_TRUE(subscribed.flag("/subscribe/recoverable"));
  EXPECT_TRUE(subscribed.flag("/subscribe/positioned"));
  EXPECT_FALSE(subscribed.has("/subscribe/recovered"));
  EXPECT_FALSE(subscribed.has("/subscribe/was_recovering"));
  for (int i = 1; i <= 20; ++i) ada_.say(room_, "word " + std::to_string(i));
  for (int i = 1; i <= 20; ++i) {
    const auto push = client.next_with("/push/pub");
    EXPECT_EQ(push.text("/push/channel"), "room:" + room_);
    EXPECT_EQ(push.number("/push/pub/offset"), top + i);
    EXPECT_EQ(push.text("/push/pub/tags/t"), "message.posted");
    EXPECT_EQ(push.text("/push/pub/data/type"), "message.posted");
    EXPECT_EQ(push.number("/push/pub/data/seq"), top + i);
    EXPECT_EQ(push.text("/push/pub/data/actor_id"), ada_.id());
    EXPECT_EQ(push.text("/push/pub/data/data/body"), "word " + std::to_string(i));
  }
}

TEST_F(RealtimeChannels, RefusesChannelsByTheirCode) {
  person bob(server_, "bob");
  websocket_client client = connected(server_, bob);
  const std::string other = "room:01900000-0000-7000-8000-000000000001";
  const std::vector<std::pair<std::string, int>> table{
      {R"("subscribe":{"channel":"weather:paris"})", 102},
      {R"("subscribe":{"channel":"plain"})", 102},
      {R"("subscribe":{"channel":""})", 107},
      {R"("subscribe":{"channel":")" + std::string(256, 'x') + "\"}", 107},
      {R"("subscribe":{"channel":"room:no-id"})", 103},
      {R"("subscribe":{"channel":")" + other + "\"}", 103},
      {subscribe_to(room_), 103}, // public, but bob is not in it
      {R"("subscribe":{"channel":"user:)" + bob.id() + "\"}", 103},
      {subscribe_to(room_, R"(,"type":1)"), 108},
      {R"("publish":{)" + channel(room_) + R"(,"data":{}})", 103},
      {R"("publish":{"channel":"weather:paris","data":{}})", 102},
      {R"("presence":{)" + channel(room_) + "}", 103},
      {R"("presence_stats":{)" + channel(room_) + "}", 103},
      {R"("history":{)" + channel(room_) + R"(,"limit":10})", 103},
      {R"("sub_refresh":{)" + channel(room_) + R"(,"token":"x"})", 108},
      {R"("ping":{})", 108},
      {R"("rpc":{"method":"no.such"})", 104},
  };
  for (const auto& [body, code] : table) {
    SCOPED_TRACE(body);
    expect_error(client.ask(body), code);
  }
}

TEST_F(RealtimeChannels, RefusesToSubscribeTwiceAndForgetsOnUnsubscribe) {
  websocket_client client = connected(server_, ada_);
  client.ask(subscribe_to(room_));
  expect_error(client.ask(subscribe_to(room_)), 105);
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(client.ask(R"("unsubscribe":{)" + channel(room_) + "}").has("/unsubscribe")) << "idempotent";
  ada_.say(room_, "not heard");
  EXPECT_FALSE(client.ask(post_by_rpc(room_, "nor this")).has("/error"));
  const auto again = client.ask(subscribe_to(room_));
  ada_.say(room_, "heard");
  EXPECT_EQ(client.next_with("/push").text("/push/pub/data/data/body"), "heard");
}

TEST_F(RealtimeChannels, TakesConnectAndSubscribeInOneMessage) {
  websocket_client client(server_.port());
  client.send(R"({"id":1,)" + connect_with(ada_.token()) + "}\n{\"id\":2," + subscribe_to(room_) + "}\n");
  EXPECT_TRUE(client.next()->has("/connect"));
  EXPECT_TRUE(client.next()->has("/subscribe"));
}

TEST_F(RealtimeChannels, EndsTheSubscriptionOfWhoLeaves) {
  person bob(server_, "bob");
  ASSERT_EQ(bob.post("/api/v1/rooms/" + room_ + "/join", "").status, 200);
  websocket_client his = connected(server_, bob), hers = connected(server_, ada_);
  his.ask(subscribe_to(room_));
  hers.ask(subscribe_to(room_));
  ASSERT_EQ(bob.post("/api/v1/rooms/" + room_ + "/leave", "").status, 204);
  ada_.say(room_, "now that he is gone");
  EXPECT_EQ(his.next_with("/push").text("/push/pub/data/type"), "member.left");
  EXPECT_EQ(his.next_with("/push").number("/push/unsubscribe/code"), 2000);
  expect_error(his.ask(subscribe_to(room_)), 103);
  EXPECT_EQ(hers.next_with("/push").text("/push/pub/data/type"), "member.left");
  EXPECT_EQ(hers.next_with("/push").text("/push/pub/data/type"), "message.posted");
}

TEST_F(RealtimeChannels, EndsAllSubscriptionsOfAnArchivedRoom) {
  websocket_client client = connected(server_, ada_);
  client.ask(subscribe_to(room_));
  ASSERT_EQ(ada_.del("/api/v1/rooms/" + room_).status, 204);
  EXPECT_EQ(client.next_with("/push").text("/push/pub/data/type"), "room.archived");
  EXPECT_EQ(client.next_with("/push").number("/push/unsubscribe/code"), 2000);
  EXPECT_TRUE(client.ask(subscribe_to(room_)).has("/subscribe")) << "an archived room is readable";
}

// ---- Recovery

TEST_F(RealtimeChannels, RecoversWhatWasMissed) {
  websocket_client client = connected(server_, ada_);
  const auto first = client.ask(subscribe_to(room_));
  const std::int64_t top = first.number("/subscribe/offset");
  const std::string epoch = first.text("/subscribe/epoch");
  client.ask(R"("unsubscribe":{)" + channel(room_) + "}");
  for (int i = 1; i <= 3; ++i) ada_.say(room_, "missed " + std::to_string(i));

  const auto again = client.ask(subscribe_to(room_, recover_from(top, epoch)));
  EXPECT_TRUE(again.flag("/subscribe/was_recovering"));
  EXPECT_TRUE(again.flag("/subscribe/recovered"));
  EXPECT_EQ(again.number("/subscribe/offset"), top);
  ASSERT_EQ(again.count("/subscribe/publications"), 3u);
  EXPECT_EQ(again.number("/subscribe/publications/2/offset"), top + 3);
  EXPECT_EQ(again.text("/subscribe/publications/0/data/data/body"), "missed 1");
  ada_.say(room_, "live");
  EXPECT_EQ(client.next_with("/push").number("/push/pub/offset"), top + 4);
}

TEST_F(RealtimeChannels, RecoversTheSameBytesAsItPushed) {
  websocket_client client = connected(server_, ada_);
  const std::int64_t top = client.ask(subscribe_to(room_)).number("/subscribe/offset");
  ada_.say(room_, "the same");
  const std::string live = client.next_with("/push").json("/push/pub");
  client.ask(R"("unsubscribe":{)" + channel(room_) + "}");
  const auto again = client.ask(subscribe_to(room_, R"(,"recover":true,"offset":)" + std::to_string(top)));
  EXPECT_EQ(again.json("/subscribe/publications/0"), live);
}

TEST_F(RealtimeChannels, TellsWhoCannotRecoverToReload) {
  websocket_client client = connected(server_, ada_);
  const auto first = client.ask(subscribe_to(room_));
  const std::int64_t top = first.number("/subscribe/offset");
  const std::string epoch = first.text("/subscribe/epoch");
  const std::string unsubscribe = R"("unsubscribe":{)" + channel(room_) + "}";
  for (const std::string& claim : {recover_from(top + 1, epoch), recover_from(0, "_")}) {
    client.ask(unsubscribe);
    const auto reply = client.ask(subscribe_to(room_, claim));
    EXPECT_TRUE(reply.flag("/subscribe/was_recovering"));
    EXPECT_FALSE(reply.has("/subscribe/recovered"));
    EXPECT_EQ(reply.number("/subscribe/offset"), top);
  }
  client.ask(unsubscribe);
  expect_error(client.ask(subscribe_to(room_, recover_from(0, "_", R"(,"flag":3)"))), 112);
  EXPECT_TRUE(client.ask(subscribe_to(room_)).has("/subscribe")) << "undone, not subscribed";
}

TEST_F(RealtimeChannels, RecoversNoWordsOfDeletedMessages) {
  person bob(server_, "bob");
  ASSERT_EQ(bob.post("/api/v1/rooms/" + room_ + "/join", "").status, 200);
  const auto said = ada_.say(room_, "canary");
  ASSERT_EQ(ada_.del(message_path(room_, said)).status, 204);
  websocket_client client = connected(server_, bob);
  const auto reply = client.ask(subscribe_to(room_, R"(,"recover":true)"));
  EXPECT_TRUE(reply.flag("/subscribe/recovered"));
  EXPECT_EQ(reply.body.find("canary"), std::string::npos);
  EXPECT_NE(reply.body.find(R"("body":null)"), std::string::npos);
  const auto history = client.ask(R"("history":{)" + channel(room_) + R"(,"limit":100})");
  EXPECT_EQ(history.body.find("canary"), std::string::npos);
  EXPECT_NE(history.body.find(R"("body":null)"), std::string::npos);
}

TEST_F(RealtimeChannels, PagesThroughHistory) {
  for (int i = 1; i <= 5; ++i) ada_.say(room_, "word " + std::to_string(i));
  websocket_client client = connected(server_, ada_);
  const auto history = [&](std::string_view more) {
    return client.ask(R"("history":{)" + channel(room_) + std::string(more) + '}');
  };
  const auto all = history(R"(,"limit":-1)");
  const std::int64_t top = all.number("/history/offset");
  const std::string epoch = all.text("/history/epoch");
  EXPECT_EQ(all.count("/history/publications"), static_cast<std::size_t>(top));
  EXPECT_EQ(all.number("/history/publications/0/offset"), 1);

  EXPECT_EQ(history("").count("/history/publications"), 0u) << "limit 0: the position only";
  const auto newest = history(R"(,"limit":2,"reverse":true)");
  EXPECT_EQ(newest.number("/history/publications/0/offset"), top);
  EXPECT_EQ(newest.number("/history/publications/1/offset"), top - 1);
  const std::string since = R"(,"limit":2,"since":{"offset":3,"epoch":")" + epoch + "\"}";
  EXPECT_EQ(history(since).number("/history/publications/0/offset"), 4);
  const auto before = history(since + R"(,"reverse":true)");
  EXPECT_EQ(before.number("/history/publications/0/offset"), 2);
  EXPECT_EQ(before.count("/history/publications"), 2u);
  expect_error(history(R"(,"limit":2,"since":{"offset":3,"epoch":"_"})"), 112);
  expect_error(history(R"(,"limit":2,"since":{"offset":)" + std::to_string(top + 1) + "}"), 112);
}

/// Many at once: the answers together are far beyond the outbox's bound, and still all come.
TEST_F(RealtimeChannels, RecoversManyRoomsInOneMessage) {
  const std::string words(3'000, 'w');
  std::vector<std::string> rooms;
  std::string message = R"({"id":1,)" + connect_with(ada_.token()) + '}';
  for (int r = 0; r < 8; ++r) {
    rooms.push_back(ada_.make_room("Room"));
    for (int i = 0; i < 100; ++i) ada_.say(rooms.back(), words);
    message += "\n{\"id\":" + std::to_string(r + 2) + ',' + subscribe_to(rooms.back(), R"(,"recover":true)") + '}';
  }
  websocket_client client(server_.port());
  client.send(message);
  client.next_with("/connect");
  for (int r = 0; r < 8; ++r) EXPECT_GE(client.next_with("/subscribe").count("/subscribe/publications"), 100u);
}

TEST_F(RealtimeChannels, BoundsTheSubscriptionsOfAConnection) {
  websocket_client client = connected(server_, ada_);
  for (int i = 0; i < 128; ++i) ASSERT_TRUE(client.ask(subscribe_to(ada_.make_room("Room"))).has("/subscribe"));
  expect_error(client.ask(subscribe_to(room_)), 106);
}

/// Who posts and who is subscribed to what they post get each event once, however it is interleaved.
TEST_F(RealtimeChannels, LosesAndRepeatsNothingUnderLoad) {
  websocket_client writer = connected(server_, ada_), reader = connected(server_, ada_);
  constexpr int count = 500;
  for (int i = 1; i <= count; ++i)
    writer.send(R"({"id":)" + std::to_string(1'000 + i) + ',' + post_by_rpc(room_, "word " + std::to_string(i)) + '}');
  std::int64_t seen = 0;
  // Comes and goes while the room fills; each time it goes on from where it was.
  while (seen < 2 + count) {
    const auto reply = reader.ask(
        subscribe_to(room_, seen == 0 ? R"(,"recover":true)" : R"(,"recover":true,"offset":)" + std::to_string(seen)));
    ASSERT_TRUE(reply.has("/subscribe/recovered")) << reply.body.substr(0, 300);
    if (reply.has("/subscribe/publications")) {
      const std::size_t recovered = reply.count("/subscribe/publications");
      for (std::size_t i = 0; i < recovered; ++i)
        ASSERT_EQ(reply.number("/subscribe/publications/" + std::to_string(i) + "/offset"), ++seen);
    }
    for (int i = 0; i < 20 && seen < 2 + count; ++i)
      ASSERT_EQ(reader.next_with("/push").number("/push/pub/offset"), ++seen);
    const auto left = reader.ask(R"("unsubscribe":{)" + channel(room_) + "}");
    ASSERT_TRUE(left.has("/unsubscribe"));
    while (auto late = reader.take_if("/push")) ASSERT_EQ(late->number("/push/pub/offset"), ++seen);
  }
  EXPECT_EQ(seen, 2 + count);
}

} // namespace
} // namespace palabre::testing

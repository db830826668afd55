#include "person.hpp"
#include "running_server.hpp"
#include "websocket_client.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace palabre::testing {
namespace {

std::string connect_with(std::string_view token) {
  return R"("connect":{"token":)" + json_quoted(token) + R"(,"name":"test"})";
}

/// A connection on which `who` is connected.
websocket_client connected(const running_server& server, const person& who) {
  websocket_client client(server.port());
  const auto reply = client.ask(connect_with(who.token()));
  EXPECT_TRUE(reply.has("/connect/client")) << reply.body;
  return client;
}

std::string channel(const std::string& room) {
  return R"("channel":"room:)" + room + '"';
}

std::string subscribe_to(const std::string& room, std::string_view more = {}) {
  return R"("subscribe":{)" + channel(room) + std::string(more) + '}';
}

std::string recover_from(std::int64_t offset, std::string_view epoch, std::string_view more = {}) {
  return R"(,"recover":true,"offset":)" + std::to_string(offset) + R"(,"epoch":)" + json_quoted(epoch) +
         std::string(more);
}

std::string post_by_rpc(const std::string& room, std::string_view words) {
  return R"("rpc":{"method":"message.post","data":{"room_id":")" + room + R"(","body":)" + json_quoted(words) + "}}";
}

void expect_error(const http_answer& reply, int code) {
  ASSERT_TRUE(reply.has("/error/code")) << reply.body;
  EXPECT_EQ(reply.number("/error/code"), code) << reply.body;
}

class Realtime : public ::testing::Test {
protected:
  running_server server_;
  person ada_{server_, "ada"};
  std::string room_ = ada_.make_room("Salon", R"(,"visibility":"public")");
};

// ---- Connecting

TEST_F(Realtime, AnswersConnect) {
  websocket_client client(server_.port());
  const auto reply = client.ask(connect_with(ada_.token()));
  EXPECT_EQ(reply.text("/connect/client").size(), 36u);
  EXPECT_EQ(reply.text("/connect/version").substr(0, 8), "palabre ");
  EXPECT_TRUE(reply.flag("/connect/expires"));
  EXPECT_GT(reply.number("/connect/ttl"), 800);
  EXPECT_LE(reply.number("/connect/ttl"), 900);
  EXPECT_EQ(reply.number("/connect/ping"), 25);
  EXPECT_TRUE(reply.flag("/connect/pong"));
}

TEST_F(Realtime, EndsWhatIsNotTheProtocol) {
  const std::string ok = R"({"id":1,)" + connect_with(ada_.token()) + '}';
  const std::vector<std::pair<std::string, int>> table{
      {R"({"id":1,"subscribe":{"channel":"room:x"}})", 3501}, // not connected
      {"{}", 3501},
      {"", 3501},
      {"\n \n", 3501},
      {"nonsense", 3501},
      {"[]", 3501},
      {R"({"id":1,"connect":{}})", 3501}, // no token
      {R"({"id":1,"connect":null})", 3501},
      {R"({"id":1,"connect":{"token":7}})", 3501},
      {R"({"id":1,"connect":{"token":"a.b.c"}})", 3500},
      {ok + '\n' + R"({"id":2,)" + connect_with(ada_.token()) + '}', 3501}, // twice
      {ok + "\n{}", 3501},                                                  // a pong to no ping
      {ok + '\n' + R"({"id":2})", 3501},
      {ok + '\n' + R"({"rpc":{"method":"x"}})", 3501}, // without an id
      {ok + '\n' + R"({"id":-1,"rpc":{"method":"x"}})", 3501},
      {ok + '\n' + R"({"id":4294967296,"rpc":{"method":"x"}})", 3501},
      {ok + '\n' + R"({"send":{"data":{}}})", 3508},
      {ok + '\n' + R"({"id":2,"refresh":{}})", 3501},
      {ok + '\n' + R"({"id":2,"refresh":{"token":"x"}})", 3500},
  };
  for (const auto& [message, code] : table) {
    websocket_client client(server_.port());
    client.send(message);
    EXPECT_EQ(client.end().code, code) << message;
  }
}

TEST_F(Realtime, EndsWhatIsNotWebSocket) {
  const std::vector<std::pair<std::string, int>> table{
      {std::string("\x81\x02{}"), 1002},          // not masked
      {std::string("\xc1\x80\0\0\0\0", 6), 1002}, // a reserved bit
      {std::string("\x81\x81\0\0\0\0\xff", 7), 1007},
      {std::string("\x81\xff\0\0\0\0\0\x01\0\x01\0\0\0\0", 14), 1009}, // 65,537 bytes
  };
  for (const auto& [bytes, code] : table) {
    websocket_client client(server_.port());
    client.send_raw(bytes);
    EXPECT_EQ(client.end().code, code);
  }
}

TEST_F(Realtime, AnswersTheCloseOfAClient) {
  websocket_client client = connected(server_, ada_);
  client.close();
  EXPECT_EQ(client.end().code, 1000);
}

TEST_F(Realtime, RefreshesTheToken) {
  websocket_client client = connected(server_, ada_);
  ada_.take_session(ada_.post("/api/v1/auth/refresh", R"({"refresh_token":")" + ada_.refresh_token() + "\"}"));
  const auto reply = client.ask(R"("refresh":{"token":)" + json_quoted(ada_.token()) + '}');
  EXPECT_EQ(reply.text("/refresh/client").size(), 36u) << reply.body;
  EXPECT_TRUE(reply.flag("/refresh/expires"));
  EXPECT_GT(reply.number("/refresh/ttl"), 800);

  person bob(server_, "bob");
  client.send(R"({"id":9,"refresh":{"token":)" + json_quoted(bob.token()) + "}}");
  EXPECT_EQ(client.end().code, 3500) << "a token of somebody else";
}

TEST_F(Realtime, EndsWithItsSession) {
  websocket_client client = connected(server_, ada_);
  EXPECT_EQ(ada_.post("/api/v1/auth/logout", R"({"refresh_token":")" + ada_.refresh_token() + "\"}").status, 204);
  EXPECT_EQ(client.end().code, 3500);
}

// ---- Subscribing

TEST_F(Realtime, PushesEveryEventOfARoomInOrder) {
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

TEST_F(Realtime, RefusesChannelsByTheirCode) {
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
      {R"("presence":{)" + channel(room_) + "}", 108},
      {R"("presence_stats":{)" + channel(room_) + "}", 108},
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

TEST_F(Realtime, RefusesToSubscribeTwiceAndForgetsOnUnsubscribe) {
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

TEST_F(Realtime, TakesConnectAndSubscribeInOneMessage) {
  websocket_client client(server_.port());
  client.send(R"({"id":1,)" + connect_with(ada_.token()) + "}\n{\"id\":2," + subscribe_to(room_) + "}\n");
  EXPECT_TRUE(client.next()->has("/connect"));
  EXPECT_TRUE(client.next()->has("/subscribe"));
}

TEST_F(Realtime, EndsTheSubscriptionOfWhoLeaves) {
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

TEST_F(Realtime, EndsAllSubscriptionsOfAnArchivedRoom) {
  websocket_client client = connected(server_, ada_);
  client.ask(subscribe_to(room_));
  ASSERT_EQ(ada_.del("/api/v1/rooms/" + room_).status, 204);
  EXPECT_EQ(client.next_with("/push").text("/push/pub/data/type"), "room.archived");
  EXPECT_EQ(client.next_with("/push").number("/push/unsubscribe/code"), 2000);
  EXPECT_TRUE(client.ask(subscribe_to(room_)).has("/subscribe")) << "an archived room is readable";
}

// ---- Recovery

TEST_F(Realtime, RecoversWhatWasMissed) {
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

TEST_F(Realtime, RecoversTheSameBytesAsItPushed) {
  websocket_client client = connected(server_, ada_);
  const std::int64_t top = client.ask(subscribe_to(room_)).number("/subscribe/offset");
  ada_.say(room_, "the same");
  const std::string live = client.next_with("/push").json("/push/pub");
  client.ask(R"("unsubscribe":{)" + channel(room_) + "}");
  const auto again = client.ask(subscribe_to(room_, R"(,"recover":true,"offset":)" + std::to_string(top)));
  EXPECT_EQ(again.json("/subscribe/publications/0"), live);
}

TEST_F(Realtime, TellsWhoCannotRecoverToReload) {
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

TEST_F(Realtime, RecoversNoWordsOfDeletedMessages) {
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

TEST_F(Realtime, PagesThroughHistory) {
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
TEST_F(Realtime, RecoversManyRoomsInOneMessage) {
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

// ---- rpc

TEST_F(Realtime, CallsTheOperationsOfTheApi) {
  websocket_client client = connected(server_, ada_);
  const auto posted = client.ask(post_by_rpc(room_, "by rpc"));
  EXPECT_EQ(posted.text("/rpc/data/body"), "by rpc") << posted.body;
  const auto page = client.ask(R"("rpc":{"method":"room.history","data":{"room_id":")" + room_ + R"(","limit":5}})");
  EXPECT_EQ(page.text("/rpc/data/items/0/body"), "by rpc") << page.body;
}

TEST_F(Realtime, TellsProblemsAsErrors) {
  person bob(server_, "bob");
  websocket_client client = connected(server_, bob);
  expect_error(client.ask(post_by_rpc(room_, "not a member")), 103);
  const auto missing = client.ask(post_by_rpc("01900000-0000-7000-8000-000000000001", "nowhere"));
  expect_error(missing, 404);
  EXPECT_EQ(missing.text("/error/message"), "not_found");
  expect_error(client.ask(R"("rpc":{"method":"message.post","data":{}})"), 422);
}

/// Who posts and who is subscribed to what they post get each event once, however it is interleaved.
TEST_F(Realtime, LosesAndRepeatsNothingUnderLoad) {
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

// ---- Limits and deadlines

TEST(RealtimeDeadlines, EndWhoDoesNotConnectAndWhoDoesNotAnswerPings) {
  running_server server("[realtime]\nping_interval = \"1s\"\npong_timeout = \"3s\"\nconnect_timeout = \"1s\"\n");
  person ada(server, "ada");
  EXPECT_EQ(websocket_client(server.port()).end().code, 3502);
  websocket_client deaf = connected(server, ada);
  deaf.answers_pings = false;
  EXPECT_EQ(deaf.end().code, 3012);
  EXPECT_EQ(deaf.next()->body, "{}") << "it was asked";
  // Whoever answers stays, for several pings.
  websocket_client alive = connected(server, ada);
  alive.answers_pings = false;
  for (int pings = 0; pings < 3; ++pings) {
    ASSERT_EQ(alive.next()->body, "{}");
    alive.send("{}");
  }
  expect_error(alive.ask(R"("ping":{})"), 108);
}

TEST(RealtimeLimits, BoundTheConnectionsOfAUser) {
  running_server server("[limits]\nconnections_per_user = 2\n");
  person ada(server, "ada");
  websocket_client first = connected(server, ada), second = connected(server, ada);
  websocket_client third(server.port());
  third.send(R"({"id":1,)" + connect_with(ada.token()) + '}');
  EXPECT_EQ(third.end().code, 3504);
  first.close();
  websocket_client fourth(server.port());
  EXPECT_TRUE(fourth.ask(connect_with(ada.token())).has("/connect")) << "the place is free again";
}

TEST_F(Realtime, BoundsTheSubscriptionsOfAConnection) {
  websocket_client client = connected(server_, ada_);
  for (int i = 0; i < 128; ++i) ASSERT_TRUE(client.ask(subscribe_to(ada_.make_room("Room"))).has("/subscribe"));
  expect_error(client.ask(subscribe_to(room_)), 106);
}

/// Far more than the outbox and the buffers of both sockets hold.
TEST_F(Realtime, EndsWhoDoesNotReadAndBothSidesGoOn) {
  websocket_client lazy = connected(server_, ada_), eager = connected(server_, ada_);
  lazy.ask(subscribe_to(room_));
  const std::int64_t top = eager.ask(subscribe_to(room_)).number("/subscribe/offset");
  const std::string words(3'900, 'w');
  constexpr int count = 6'000;
  for (int i = 0; i < count; ++i) {
    ada_.say(room_, words);
    ASSERT_EQ(eager.next_with("/push").number("/push/pub/offset"), top + i + 1);
  }
  std::int64_t seen = top;
  while (const auto push = lazy.next()) ASSERT_EQ(push->number("/push/pub/offset"), ++seen) << "no hole before the end";
  EXPECT_EQ(lazy.end().code, 3008);
  EXPECT_LT(seen, top + count);

  websocket_client again = connected(server_, ada_);
  const auto reply = again.ask(subscribe_to(room_, R"(,"recover":true,"offset":)" + std::to_string(top + count - 50)));
  EXPECT_EQ(reply.count("/subscribe/publications"), 50u);
}

// ---- Ending

TEST_F(Realtime, SaysGoodbyeWhenTheServerStops) {
  websocket_client client = connected(server_, ada_);
  std::thread stopping([&] { EXPECT_EQ(server_.stop(), 0); });
  EXPECT_EQ(client.end().code, 3001);
  stopping.join();
}

} // namespace
} // namespace palabre::testing

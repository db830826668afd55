#include "realtime_scene.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace palabre::testing {
namespace {

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

class UnreadRealtime : public Realtime {
protected:
  UnreadRealtime() : Realtime(no_clock_ends) {}
};

TEST_F(UnreadRealtime, EndsWhoDoesNotReadAndBothSidesGoOn) {
  websocket_client lazy = connected(server_, ada_), eager = connected(server_, ada_);
  lazy.ask(subscribe_to(room_));
  const std::int64_t top = eager.ask(subscribe_to(room_)).number("/subscribe/offset");
  int count = 0;
  ASSERT_NO_FATAL_FAILURE(say_until_one_leaves(ada_, eager, room_, top, count));
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

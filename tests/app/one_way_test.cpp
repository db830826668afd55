// Connections on which nothing is said behind the connect.
#include "realtime_scene.hpp"
#include "stream_client.hpp"

namespace palabre::testing {
namespace {

std::string asking_as(const person& who, std::string_view more = {}) {
  return R"({"token":)" + json_quoted(who.token()) + std::string(more) + '}';
}

/// `"subs":{"room:…":{…}}`
std::string with_room(const std::string& room, std::string_view claim = {}) {
  return R"(,"subs":{"room:)" + room + R"(":{)" + std::string(claim.substr(claim.empty() ? 0 : 1)) + "}}";
}

class OneWay : public Realtime {
protected:
  stream_client lines(const std::string& request) {
    return stream_client(server_.port(), post_request("/connection/uni_http_stream", request));
  }
  stream_client events(const std::string& request) {
    return stream_client(server_.port(), get_request("/connection/uni_sse?cf_connect=" + url_encoded(request)));
  }
  websocket_client socket(const std::string& request) {
    websocket_client client(server_.port(), "/connection/uni_websocket");
    client.answers_pings = false;
    client.send(request);
    return client;
  }
};

TEST_F(OneWay, BeginsWithAPushInsteadOfAReply) {
  stream_client line = lines(asking_as(ada_)), event = events(asking_as(ada_));
  websocket_client frame = socket(asking_as(ada_));
  EXPECT_EQ(event.header("Content-Type"), "text/event-stream; charset=utf-8");
  for (const http_answer& push : {line.next()->json(), event.next()->json(), *frame.next()}) {
    SCOPED_TRACE(push.body);
    EXPECT_FALSE(push.has("/push"));
    EXPECT_FALSE(push.has("/id"));
    EXPECT_EQ(push.text("/connect/client").size(), 36u);
    EXPECT_EQ(push.text("/connect/version").substr(0, 8), "palabre ");
    EXPECT_EQ(push.number("/connect/ping"), 25);
    EXPECT_FALSE(push.has("/connect/pong"));
    EXPECT_EQ(push.text("/connect/session").size(), 22u);
    EXPECT_FALSE(push.has("/connect/node"));
    EXPECT_TRUE(push.has("/connect/subs/user:" + ada_.id()));
  }
  EXPECT_EQ(event.preamble(), "\r\n");
}

TEST_F(OneWay, ListensToTheRoomsItNames) {
  const std::string asked = asking_as(ada_, with_room(room_));
  stream_client line = lines(asked), event = events(asked);
  websocket_client frame = socket(asked);
  const auto connect = line.next()->json();
  const std::string at = "/connect/subs/room:" + room_;
  EXPECT_TRUE(connect.flag(at + "/recoverable"));
  EXPECT_FALSE(connect.has(at + "/was_recovering"));
  EXPECT_TRUE(event.next()->json().has(at));
  EXPECT_TRUE(frame.next()->has(at));
  ada_.say(room_, "for all");
  const auto push = line.next()->json();
  EXPECT_EQ(push.text("/channel"), "room:" + room_);
  EXPECT_EQ(push.number("/pub/offset"), connect.number(at + "/offset") + 1);
  EXPECT_EQ(push.text("/pub/data/data/body"), "for all");
  EXPECT_EQ(event.next()->data, push.body);
  EXPECT_EQ(frame.next()->body, push.body);
}

TEST_F(OneWay, RecoversInTheConnect) {
  stream_client first = lines(asking_as(ada_, with_room(room_)));
  const std::string at = "/connect/subs/room:" + room_;
  const auto connect = first.next()->json();
  const std::int64_t top = connect.number(at + "/offset");
  const std::string epoch = connect.text(at + "/epoch");
  for (int i = 1; i <= 3; ++i) ada_.say(room_, "missed " + std::to_string(i));

  stream_client second = events(asking_as(ada_, with_room(room_, recover_from(top, epoch))));
  const auto again = second.next()->json();
  EXPECT_TRUE(again.flag(at + "/recovered"));
  EXPECT_EQ(again.number(at + "/offset"), top);
  ASSERT_EQ(again.count(at + "/publications"), 3u);
  EXPECT_EQ(again.text(at + "/publications/2/data/data/body"), "missed 3");
  ada_.say(room_, "live");
  EXPECT_EQ(second.next()->json().number("/pub/offset"), top + 4);

  stream_client lost = lines(asking_as(ada_, with_room(room_, recover_from(top, "_"))));
  const auto reload = lost.next()->json();
  EXPECT_TRUE(reload.flag(at + "/was_recovering"));
  EXPECT_FALSE(reload.has(at + "/recovered"));
}

/// Each of the rooms alone may be recovered; what does not go into one message with the others has to be loaded.
TEST_F(OneWay, BoundsWhatAConnectRecovers) {
  const std::string words(3'900, 'w');
  std::string subs;
  std::vector<std::string> rooms;
  for (int r = 0; r < 4; ++r) {
    rooms.push_back(ada_.make_room("Room"));
    for (int i = 0; i < 60; ++i) ada_.say(rooms.back(), words);
    subs += (subs.empty() ? "" : ",") + ("\"room:" + rooms.back()) + R"(":{"recover":true})";
  }
  stream_client stream = lines(asking_as(ada_, R"(,"subs":{)" + subs + '}'));
  const auto connect = stream.next()->json();
  EXPECT_LT(connect.body.size(), 700'000u);
  std::size_t recovered = 0;
  for (const std::string& room : rooms) {
    EXPECT_TRUE(connect.flag("/connect/subs/room:" + room + "/was_recovering"));
    recovered += connect.has("/connect/subs/room:" + room + "/recovered");
  }
  EXPECT_EQ(recovered, 2u);
  ada_.say(rooms.back(), "live");
  EXPECT_EQ(stream.next()->json().text("/pub/data/data/body"), "live");
}

TEST_F(OneWay, EndsInsteadOfAnsweringWithAnError) {
  person bob(server_, "bob");
  const std::string nowhere = "01900000-0000-7000-8000-000000000001";
  const std::vector<std::pair<std::string, int>> table{
      {"{}", 3501},
      {R"({"token":"a.b.c"})", 3500},
      {asking_as(bob, with_room(room_)), 3507}, // public, but bob is not in it
      {asking_as(bob, with_room(nowhere)), 3507},
      {asking_as(bob, R"(,"subs":{"room:no-id":{}})"), 3507},
      {asking_as(bob, R"(,"subs":{"user:)" + ada_.id() + R"(":{}})"), 3507},
      {asking_as(bob, R"(,"subs":{"":{}})"), 3501},
  };
  for (const auto& [request, code] : table) {
    SCOPED_TRACE(request);
    stream_client line = lines(request), event = events(request);
    EXPECT_EQ(line.next()->json().number("/disconnect/code"), code);
    EXPECT_TRUE(line.ends_in_order());
    EXPECT_EQ(event.next()->json().number("/disconnect/code"), code);
    EXPECT_TRUE(event.ends_in_order());
    websocket_client frame = socket(request);
    EXPECT_EQ(frame.end().code, code);
  }
  stream_client commands = lines("[1]");
  EXPECT_EQ(commands.status(), 400);
  EXPECT_EQ(socket("nonsense").end().code, 3501);
}

TEST_F(OneWay, TakesThePositionOfTheOwnChannel) {
  const std::string own = "user:" + ada_.id();
  stream_client stream = lines(asking_as(ada_, R"(,"subs":{")" + own + R"(":{"recover":true,"epoch":"_"}})"));
  EXPECT_TRUE(stream.next()->json().flag("/connect/subs/" + own + "/was_recovering"));
}

TEST_F(OneWay, HearsNothingMore) {
  websocket_client client = socket(asking_as(ada_, with_room(room_)));
  client.next();
  client.send("{}");
  client.send(R"({"id":1,"subscribe":{"channel":"room:x"}})");
  ada_.say(room_, "still there");
  EXPECT_EQ(client.next()->text("/pub/data/data/body"), "still there");
}

TEST_F(OneWay, IsToldWhatEnds) {
  person bob(server_, "bob");
  ASSERT_EQ(bob.post("/api/v1/rooms/" + room_ + "/join", "").status, 200);
  stream_client stream = lines(asking_as(bob, with_room(room_)));
  stream.next();
  ASSERT_EQ(bob.post("/api/v1/rooms/" + room_ + "/leave", "").status, 204);
  EXPECT_EQ(stream.next()->json().text("/pub/data/type"), "member.left");
  EXPECT_EQ(stream.next()->json().number("/unsubscribe/code"), 2000);
  EXPECT_EQ(stream.next()->json().text("/channel"), "user:" + bob.id()) << "what concerns oneself comes there too";
  EXPECT_EQ(bob.post("/api/v1/auth/logout", R"({"refresh_token":")" + bob.refresh_token() + "\"}").status, 204);
  EXPECT_EQ(stream.next()->json().number("/disconnect/code"), 3500);
  EXPECT_TRUE(stream.ends_in_order());
}

TEST(OneWayDeadlines, PingWithoutWaitingForAnAnswer) {
  running_server server("[realtime]\nping_interval = \"1s\"\npong_timeout = \"1s\"\n");
  person ada(server, "ada");
  stream_client line(server.port(), post_request("/connection/uni_http_stream", asking_as(ada)));
  websocket_client frame(server.port(), "/connection/uni_websocket");
  frame.answers_pings = false;
  frame.send(asking_as(ada));
  EXPECT_TRUE(line.next()->json().has("/connect"));
  EXPECT_TRUE(frame.next()->has("/connect"));
  for (int pings = 0; pings < 4; ++pings) {
    EXPECT_EQ(line.next()->data, "{}");
    EXPECT_EQ(frame.next()->body, "{}");
  }
}

TEST(OneWayDeadlines, EndWithTheToken) {
  running_server server("[auth]\naccess_token_ttl = \"2s\"\n");
  person ada(server, "ada");
  const std::string request = asking_as(ada);
  stream_client line(server.port(), post_request("/connection/uni_http_stream", request));
  EXPECT_TRUE(line.next()->json().has("/connect"));
  EXPECT_EQ(line.next()->json().number("/disconnect/code"), 3005) << "there is no way to bring another one";
  EXPECT_TRUE(line.ends_in_order());
  stream_client late(server.port(), post_request("/connection/uni_http_stream", request));
  EXPECT_EQ(late.next()->json().number("/disconnect/code"), 3005);
}

} // namespace
} // namespace palabre::testing

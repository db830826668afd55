// The protocol in streamed answers, with the commands that come by /emulation.
#include "realtime_scene.hpp"
#include "stream_client.hpp"

#include <set>
#include <thread>

namespace palabre::testing {
namespace {

enum class way { http_stream, sse_by_get, sse_by_post };
constexpr way every_way[] = {way::http_stream, way::sse_by_get, way::sse_by_post};

std::string request_by(way w, std::string_view commands) {
  if (w == way::http_stream) return post_request("/connection/http_stream", commands);
  if (w == way::sse_by_post) return post_request("/connection/sse", commands);
  return get_request("/connection/sse?cf_connect=" + url_encoded(commands));
}

std::string command(int id, std::string_view body) {
  return R"({"id":)" + std::to_string(id) + ',' + std::string(body) + '}';
}

/// What an /emulation is answered with.
int emulate(http_client& client, const http_answer& connect, std::string_view commands) {
  const std::string body = R"({"session":)" + json_quoted(connect.text("/connect/session")) + R"(,"node":)" +
                           json_quoted(connect.text("/connect/node")) + R"(,"data":)" + json_quoted(commands) + '}';
  return client.request("POST", "/emulation", body, {{"Content-Type", "application/json"}}).status;
}

/// The code of the disconnect that a stream ends with; 0: it ends without one.
std::int64_t disconnection_of(stream_client& stream) {
  std::int64_t code = 0;
  while (const auto message = stream.next())
    if (const auto json = message->json(); json.has("/push/disconnect")) code = json.number("/push/disconnect/code");
  EXPECT_TRUE(stream.ends_in_order());
  return code;
}

class Streams : public Realtime {
protected:
  explicit Streams(const std::string& config = {}) : Realtime(config) {}
  stream_client stream_by(way w, const person& who, std::string_view more = {}) {
    return stream_client(server_.port(), request_by(w, command(1, connect_with(who.token())) + std::string(more)));
  }
  http_client sender_{server_.port()};
};

// ---- Connecting

TEST_F(Streams, AnswerConnectWithWhatEmulationNeeds) {
  for (const way w : every_way) {
    SCOPED_TRACE(static_cast<int>(w));
    stream_client stream = stream_by(w, ada_);
    EXPECT_EQ(stream.status(), 200);
    EXPECT_EQ(stream.header("Transfer-Encoding"), "chunked");
    EXPECT_EQ(stream.header("Content-Length"), "");
    EXPECT_EQ(stream.header("X-Accel-Buffering"), "no");
    EXPECT_EQ(stream.header("Cache-Control"), "private, no-cache, no-store, must-revalidate, max-age=0");
    EXPECT_EQ(stream.header("Vary"), "Origin");
    EXPECT_EQ(stream.header("Access-Control-Allow-Origin"), "");
    EXPECT_EQ(stream.header("Content-Type"),
              w == way::http_stream ? "application/json" : "text/event-stream; charset=utf-8");
    const auto reply = stream.next()->json();
    EXPECT_EQ(stream.preamble(), w == way::http_stream ? "" : "\r\n");
    EXPECT_EQ(reply.number("/id"), 1);
    EXPECT_EQ(reply.text("/connect/session").size(), 22u) << "128 bits";
    EXPECT_FALSE(reply.text("/connect/node").empty());
    EXPECT_EQ(reply.number("/connect/ping"), 25);
    EXPECT_TRUE(reply.flag("/connect/pong"));
    EXPECT_TRUE(reply.has("/connect/subs/user:" + ada_.id()));
  }
}

TEST_F(Streams, GiveEveryConnectionASessionOfItsOwn) {
  stream_client first = stream_by(way::http_stream, ada_), second = stream_by(way::http_stream, ada_);
  const auto one = first.next()->json(), other = second.next()->json();
  EXPECT_NE(one.text("/connect/session"), other.text("/connect/session"));
  EXPECT_EQ(one.text("/connect/node"), other.text("/connect/node"));
}

TEST_F(Streams, AreRefusedBeforeTheyBegin) {
  const std::string ok = command(1, connect_with(ada_.token()));
  const std::string huge(65'537, ' '), protobuf = "Content-Type: application/octet-stream\r\n";
  const std::string post_protobuf = "POST /connection/http_stream HTTP/1.1\r\nHost: x\r\n" + protobuf +
                                    "Content-Length: " + std::to_string(ok.size()) + "\r\n\r\n" + ok;
  const std::string old =
      "POST /connection/http_stream HTTP/1.0\r\nContent-Length: " + std::to_string(ok.size()) + "\r\n\r\n" + ok;
  const std::vector<std::pair<std::string, int>> table{
      {post_request("/connection/http_stream", ""), 400},
      {post_request("/connection/http_stream", "\n \n"), 400},
      {post_request("/connection/http_stream", "nonsense"), 400},
      {post_request("/connection/http_stream", ok + "\n[]"), 400},
      {post_request("/connection/http_stream", ok + huge), 413},
      {post_request("/connection/http_stream?format=protobuf", ok), 400},
      {post_protobuf, 400},
      {post_request("/connection/sse?cf_protocol=protobuf", ok), 400},
      {get_request("/connection/sse"), 400},
      {get_request("/connection/sse?cf_connect="), 400},
      {get_request("/connection/sse?cf_connect=%7B"), 400},
      {get_request("/connection/http_stream"), 405},
      {get_request("/emulation"), 405},
      {post_request("/connection/http_stream", ok, "Origin: https://evil.example\r\n"), 403},
      {get_request("/connection/sse?cf_connect=" + url_encoded(ok), "Origin: null\r\n"), 403},
      {post_request("/emulation", "{}", "Origin: https://evil.example\r\n"), 403},
      {old, 505},
  };
  for (const auto& [request, status] : table) {
    stream_client refused(server_.port(), request);
    EXPECT_EQ(refused.status(), status) << request.substr(0, 300);
    EXPECT_EQ(refused.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), "");
  }
}

TEST_F(Streams, EndWhatIsNotTheProtocolWithAPush) {
  const std::string ok = command(1, connect_with(ada_.token()));
  const std::vector<std::pair<std::string, int>> table{
      {R"({"id":1,"subscribe":{"channel":"room:x"}})", 3501},
      {"{}", 3501},
      {R"({"id":1,"connect":{}})", 3501},
      {R"({"id":1,"connect":{"token":"a.b.c"}})", 3500},
      {ok + '\n' + ok, 3501},
      {ok + '\n' + R"({"send":{"data":{}}})", 3508},
  };
  for (const way w : every_way)
    for (const auto& [message, code] : table) {
      SCOPED_TRACE(message);
      stream_client stream(server_.port(), request_by(w, message));
      EXPECT_EQ(stream.status(), 200);
      EXPECT_EQ(disconnection_of(stream), code);
    }
}

// ---- Talking

TEST_F(Streams, HearCommandsByEmulationInTheirOrder) {
  for (const way w : every_way) {
    SCOPED_TRACE(static_cast<int>(w));
    stream_client stream = stream_by(w, ada_, "\n" + command(2, subscribe_to(room_)));
    const auto connect = stream.next()->json();
    EXPECT_TRUE(stream.next()->json().has("/subscribe")) << "in the first message";
    constexpr int count = 20;
    for (int i = 0; i < count; ++i)
      EXPECT_EQ(emulate(sender_, connect, command(10 + i, post_by_rpc(room_, "word " + std::to_string(i)))), 204);
    for (int i = 0; i < count; ++i) {
      const auto push = stream.next_with("/push/pub");
      EXPECT_EQ(push.text("/push/pub/data/data/body"), "word " + std::to_string(i));
    }
    EXPECT_EQ(emulate(sender_, connect,
                      command(90, R"("presence_stats":{)" + channel(room_) + '}') + "\n" +
                          command(91, R"("unsubscribe":{)" + channel(room_) + '}')),
              204);
    EXPECT_EQ(stream.next_with("/presence_stats").number("/presence_stats/num_clients"), 1);
    EXPECT_EQ(stream.next_with("/unsubscribe").number("/id"), 91);
  }
}

TEST_F(Streams, EndWithWhatIsWrongWithAnEmulatedCommand) {
  for (const auto& [commands, code] : std::vector<std::pair<std::string, int>>{
           {"", 3501}, {"nonsense", 3501}, {"{}", 3501}, {command(2, connect_with(ada_.token())), 3501}}) {
    SCOPED_TRACE(commands);
    stream_client stream = stream_by(way::sse_by_get, ada_);
    EXPECT_EQ(emulate(sender_, stream.next()->json(), commands), 204);
    EXPECT_EQ(disconnection_of(stream), code);
  }
}

TEST_F(Streams, TellEmulationOfSessionsThatAreNotThere) {
  stream_client stream = stream_by(way::http_stream, ada_);
  const auto connect = stream.next()->json();
  const auto answer = [&](const std::string& body) {
    return sender_.request("POST", "/emulation", body, {{"Content-Type", "application/json"}}).status;
  };
  const std::string session = json_quoted(connect.text("/connect/session"));
  EXPECT_EQ(answer(R"({"session":)" + session + R"(,"data":"{}"})"), 204) << "without a node it is this one";
  EXPECT_EQ(answer(R"({"session":)" + session + R"(,"node":"another","data":"{}"})"), 404);
  EXPECT_EQ(answer(R"({"session":"AAAAAAAAAAAAAAAAAAAAAA","data":"{}"})"), 404);
  for (const char* broken : {"", "{", "[]", "{}", R"({"session":7,"data":"{}"})", R"({"data":"{}"})"})
    EXPECT_EQ(answer(broken), 400) << broken;
  EXPECT_EQ(answer(R"({"session":)" + session + R"(,"data":")" + std::string(65'537, ' ') + "\"}"), 413);
}

TEST_F(Streams, ForgetTheirSessionWhenTheyEnd) {
  auto stream = std::make_optional(stream_by(way::http_stream, ada_));
  const auto connect = stream->next()->json();
  stream.reset();
  while (emulate(sender_, connect, "{}") != 404) {
  }
}

/// The first command takes as long as a sync of the log; what comes meanwhile waits.
TEST_F(Streams, EndWhoSaysMoreThanCanWait) {
  stream_client stream = stream_by(way::http_stream, ada_);
  const auto connect = stream.next()->json();
  std::string many;
  for (int i = 0; i < 80; ++i) many += command(10 + i, post_by_rpc(room_, std::string(600, 'w'))) + "\n";
  int said = 0;
  while (emulate(sender_, connect, many) == 204 && said < 500) ++said;
  EXPECT_EQ(disconnection_of(stream), 3013);
}

TEST_F(Streams, AreToldWhatOthersAreTold) {
  websocket_client socket = connected(server_, ada_);
  socket.ask(subscribe_to(room_));
  stream_client lines = stream_by(way::http_stream, ada_, "\n" + command(2, subscribe_to(room_)));
  stream_client events = stream_by(way::sse_by_get, ada_, "\n" + command(2, subscribe_to(room_)));
  lines.next_with("/subscribe");
  events.next_with("/subscribe");
  for (int i = 0; i < 5; ++i) ada_.say(room_, "word " + std::to_string(i));
  for (int i = 0; i < 5; ++i) {
    const std::string push = socket.next_with("/push/pub").json("");
    EXPECT_EQ(lines.next_with("/push/pub").json(""), push);
    EXPECT_EQ(events.next_with("/push/pub").json(""), push);
  }
}

TEST_F(Streams, RecoverWhatWasMissed) {
  stream_client first = stream_by(way::sse_by_get, ada_, "\n" + command(2, subscribe_to(room_)));
  const auto subscribed = first.next_with("/subscribe");
  const std::int64_t top = subscribed.number("/subscribe/offset");
  for (int i = 0; i < 3; ++i) ada_.say(room_, "missed");
  const std::string again = subscribe_to(room_, recover_from(top, subscribed.text("/subscribe/epoch")));
  stream_client second = stream_by(way::http_stream, ada_, "\n" + command(2, again));
  const auto recovered = second.next_with("/subscribe");
  EXPECT_TRUE(recovered.flag("/subscribe/recovered"));
  EXPECT_EQ(recovered.count("/subscribe/publications"), 3u);
  ada_.say(room_, "live");
  EXPECT_EQ(second.next_with("/push/pub").number("/push/pub/offset"), top + 4);
}

// ---- Ending

TEST_F(Streams, EndWithTheirSession) {
  stream_client stream = stream_by(way::http_stream, ada_);
  stream.next();
  EXPECT_EQ(ada_.post("/api/v1/auth/logout", R"({"refresh_token":")" + ada_.refresh_token() + "\"}").status, 204);
  EXPECT_EQ(disconnection_of(stream), 3500);
}

TEST_F(Streams, EndWhenTheServerStops) {
  stream_client lines = stream_by(way::http_stream, ada_), events = stream_by(way::sse_by_get, ada_);
  lines.next();
  events.next();
  std::thread stopping([&] { EXPECT_EQ(server_.stop(), 0); });
  EXPECT_EQ(disconnection_of(lines), 3001);
  EXPECT_EQ(disconnection_of(events), 3001);
  stopping.join();
}

TEST_F(Streams, DoNotHearWhatComesBehindTheRequest) {
  stream_client stream(server_.port(), request_by(way::http_stream, command(1, connect_with(ada_.token()))) +
                                           get_request("/health") + "nonsense");
  EXPECT_EQ(stream.header("Connection"), "close");
  const auto connect = stream.next()->json();
  stream.send(std::string(1'000, 'x'));
  EXPECT_EQ(emulate(sender_, connect, command(2, post_by_rpc(room_, "still here"))), 204);
  EXPECT_EQ(stream.next()->json().number("/id"), 2);
  stream.send(std::string(70'000, 'x'));
  EXPECT_EQ(disconnection_of(stream), 3501);
}

TEST_F(Streams, EndBehindTheAnswerForWhoHasHalfClosed) {
  stream_client stream = stream_by(way::http_stream, ada_);
  EXPECT_TRUE(stream.next()->json().has("/connect"));
  stream.end_sending();
  EXPECT_FALSE(stream.next()) << "no push: there is nobody to read it";
  EXPECT_TRUE(stream.ends_in_order());
}

class UnreadStreams : public Streams {
protected:
  UnreadStreams() : Streams(no_clock_ends) {}
};

TEST_F(UnreadStreams, EndForWhoDoesNotRead) {
  stream_client lazy = stream_by(way::sse_by_get, ada_, "\n" + command(2, subscribe_to(room_)));
  const std::int64_t top = lazy.next_with("/subscribe").number("/subscribe/offset");
  websocket_client eager = connected(server_, ada_);
  eager.ask(subscribe_to(room_));
  int count = 0;
  ASSERT_NO_FATAL_FAILURE(say_until_one_leaves(ada_, eager, room_, top, count));
  std::int64_t seen = top, code = 0;
  while (const auto message = lazy.next()) {
    const auto json = message->json();
    if (json.has("/push/pub"))
      ASSERT_EQ(json.number("/push/pub/offset"), ++seen) << "no hole before the end";
    else
      code = json.number("/push/disconnect/code");
  }
  EXPECT_EQ(code, 3008);
  EXPECT_LT(seen, top + count);
  EXPECT_TRUE(lazy.ends_in_order());
}

TEST(StreamDeadlines, EndWhoDoesNotAnswerPings) {
  running_server server("[realtime]\nping_interval = \"1s\"\npong_timeout = \"2s\"\n");
  person ada(server, "ada");
  http_client sender(server.port());
  const std::string connect = command(1, connect_with(ada.token()));
  for (const way w : every_way) {
    stream_client deaf(server.port(), request_by(w, connect));
    EXPECT_TRUE(deaf.next()->json().has("/connect"));
    EXPECT_EQ(deaf.next()->data, "{}");
    EXPECT_EQ(disconnection_of(deaf), 3012);
  }
  stream_client alive(server.port(), request_by(way::sse_by_get, connect));
  const auto reply = alive.next()->json();
  for (int pings = 0; pings < 4; ++pings) {
    ASSERT_EQ(alive.next()->data, "{}");
    ASSERT_EQ(emulate(sender, reply, "{}"), 204);
  }
}

/// Accepted connections go to the threads in turn: each of several streams hears by each of several connections.
TEST(StreamThreads, HearFromEveryThread) {
  running_server server("[threads]\nio = 3\n");
  person ada(server, "ada");
  const std::string room = ada.make_room("Salon");
  std::vector<stream_client> streams;
  std::vector<http_answer> connects;
  for (int i = 0; i < 3; ++i) {
    const std::string commands = command(1, connect_with(ada.token())) + "\n" + command(2, subscribe_to(room));
    streams.emplace_back(server.port(), request_by(way::http_stream, commands));
    connects.push_back(streams.back().next()->json());
    streams.back().next_with("/subscribe");
  }
  std::vector<std::unique_ptr<http_client>> senders;
  for (int i = 0; i < 4; ++i) senders.push_back(std::make_unique<http_client>(server.port()));
  int id = 10;
  for (const http_answer& connect : connects)
    for (const auto& sender : senders) {
      ++id;
      EXPECT_EQ(emulate(*sender, connect, command(id, post_by_rpc(room, "word " + std::to_string(id)))), 204);
    }
  for (stream_client& each : streams) {
    std::set<std::string> heard;
    while (heard.size() < 12) heard.insert(each.next_with("/push/pub").text("/push/pub/data/data/body"));
  }
}

// ---- Pages of other origins

TEST(StreamOrigins, MayBeAllowed) {
  running_server server("[server]\nallowed_origins = [\"https://app.example\"]\n");
  person ada(server, "ada");
  const std::string connect = command(1, connect_with(ada.token()));
  const std::string friendly = "Origin: https://app.example\r\n", own = "Origin: http://127.0.0.1\r\n";
  for (const auto& [path, methods] :
       std::vector<std::pair<std::string, std::string>>{{"/connection/http_stream", "POST, OPTIONS"},
                                                        {"/connection/sse", "GET, POST, OPTIONS"},
                                                        {"/connection/uni_http_stream", "POST, OPTIONS"},
                                                        {"/connection/uni_sse", "GET, POST, OPTIONS"},
                                                        {"/emulation", "POST, OPTIONS"}}) {
    SCOPED_TRACE(path);
    const std::string asked = "OPTIONS " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    stream_client preflight(server.port(), asked + friendly + "Access-Control-Request-Method: POST\r\n\r\n");
    EXPECT_EQ(preflight.status(), 204);
    EXPECT_EQ(preflight.header("Access-Control-Allow-Origin"), "https://app.example");
    EXPECT_EQ(preflight.header("Access-Control-Allow-Methods"), methods);
    EXPECT_NE(preflight.header("Access-Control-Allow-Headers").find("Content-Type"), std::string::npos);
    EXPECT_EQ(preflight.header("Access-Control-Max-Age"), "300");
    EXPECT_EQ(preflight.header("Vary"), "Origin");
    stream_client foreign(server.port(), asked + "Origin: https://evil.example\r\n\r\n");
    EXPECT_EQ(foreign.status(), 204);
    EXPECT_EQ(foreign.header("Access-Control-Allow-Origin"), "");
  }
  stream_client stream(server.port(), post_request("/connection/http_stream", connect, friendly));
  EXPECT_EQ(stream.header("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_TRUE(stream.next()->json().has("/connect"));
  stream_client same(server.port(), post_request("/connection/sse", connect, own));
  EXPECT_EQ(same.header("Access-Control-Allow-Origin"), "http://127.0.0.1");
  stream_client wrong(server.port(), post_request("/emulation", "{}", friendly));
  EXPECT_EQ(wrong.status(), 400);
  EXPECT_EQ(wrong.header("Access-Control-Allow-Origin"), "https://app.example") << "a page may read why";
}

TEST_F(Streams, AreLoggedWithoutWhatTheySay) {
  stream_client stream = stream_by(way::sse_by_get, ada_);
  const auto connect = stream.next()->json();
  emulate(sender_, connect, "{}");
  EXPECT_EQ(server_.stop(), 0);
  const std::string log = server_.log();
  EXPECT_NE(log.find(R"("route":"/connection/sse","status":200)"), std::string::npos);
  EXPECT_NE(log.find(R"("route":"/emulation","status":204)"), std::string::npos);
  EXPECT_EQ(log.find("cf_connect"), std::string::npos);
  EXPECT_EQ(log.find(ada_.token()), std::string::npos);
  EXPECT_EQ(log.find(connect.text("/connect/session")), std::string::npos);
}

TEST_F(Streams, AreNotForHead) {
  stream_client refused(server_.port(), "HEAD /connection/sse HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(refused.status(), 405);
  EXPECT_EQ(refused.header("Allow"), "GET, POST, OPTIONS");
}

} // namespace
} // namespace palabre::testing

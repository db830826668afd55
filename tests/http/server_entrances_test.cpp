#include "http/server/entrances.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace palabre::http {
namespace {

constexpr const char* connect = R"({"id":1,"connect":{"token":"t"}})";

answer_or_problem emulated(const std::string& body) {
  answer a;
  a.status = 204;
  a.body = "said: " + body;
  return a;
}

struct visitor {
  request r;

  explicit visitor(std::string path, method m = method::post, std::string body = connect) {
    r.kind = m;
    r.host = "chat.example";
    r.wanted.path = std::move(path);
    r.wanted.body = std::move(body);
    r.wanted.content_type = "application/json";
  }
  visitor& asks(std::string name, std::string value) {
    r.wanted.query.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  answer_or_problem outcome(const std::vector<std::string>& allowed = {}) const {
    return enter(r, *entrance_at(r.wanted.path, false), allowed, emulated);
  }
  int status(const std::vector<std::string>& allowed = {}) const {
    const auto what = outcome(allowed);
    if (const auto* a = std::get_if<answer>(&what)) return a->status;
    return std::get<problem>(what).status;
  }
  std::string header(std::string_view name, const std::vector<std::string>& allowed = {}) const {
    const auto what = outcome(allowed);
    const auto* a = std::get_if<answer>(&what);
    for (const auto& [key, value] : a ? a->headers : std::get<problem>(what).headers)
      if (key == name) return value;
    return {};
  }
};

TEST(Entrances, AreTheRealtimePathsAndNoOthers) {
  EXPECT_TRUE(entrance_at("/connection/websocket", false));
  EXPECT_TRUE(entrance_at("/emulation", false));
  EXPECT_TRUE(entrance_at("/test/echo", true));
  EXPECT_FALSE(entrance_at("/test/echo", false));
  for (const char* other : {"/", "/connection", "/connection/", "/connection/sse/", "/connection/SSE", "/emulation?x"})
    EXPECT_FALSE(entrance_at(other, true)) << other;
}

TEST(Entrances, LeadToTheWireOfTheirName) {
  using realtime::wire;
  const std::vector<std::pair<std::string, wire>> table{{"/connection/http_stream", wire::http_stream},
                                                        {"/connection/sse", wire::sse},
                                                        {"/connection/uni_http_stream", wire::uni_http_stream},
                                                        {"/connection/uni_sse", wire::uni_sse}};
  for (const auto& [path, framing] : table) {
    const auto what = visitor(path).outcome();
    const auto& a = std::get<answer>(what);
    EXPECT_EQ(a.status, 200);
    ASSERT_TRUE(a.then);
    EXPECT_EQ(a.then->framing, framing);
    EXPECT_EQ(a.then->said, connect);
  }
}

TEST(Entrances, TakeTheFirstMessageOfAGetFromTheQuery) {
  auto v = visitor("/connection/sse", method::get, "").asks("cf_connect", connect);
  const auto what = v.outcome();
  EXPECT_EQ(std::get<answer>(what).then->said, connect);
  EXPECT_EQ(visitor("/connection/sse", method::get, connect).status(), 400) << "a GET has no body";
  EXPECT_EQ(visitor("/connection/http_stream", method::get).asks("cf_connect", connect).status(), 405);
}

TEST(Entrances, WantAFirstMessageThatParses) {
  const std::string path = "/connection/http_stream", one_way = "/connection/uni_http_stream";
  for (const char* broken : {"", "\n", "{", "[]", "7", R"({"id":"x"})", R"({"id":1,"connect":[]})"})
    EXPECT_EQ(visitor(path, method::post, broken).status(), 400) << broken;
  EXPECT_EQ(visitor(path, method::post, std::string(connect) + "\n{\"id\":2,").status(), 400);
  EXPECT_EQ(visitor(path, method::post, std::string(connect) + "\n{\"id\":2}\n").status(), 200);
  for (const char* broken : {"", "[]", R"({"token":7})", R"({"subs":[]})", "{}\n{}"})
    EXPECT_EQ(visitor(one_way, method::post, broken).status(), 400) << broken;
  EXPECT_EQ(visitor(one_way, method::post, R"({"token":"t"})").status(), 200);
}

TEST(Entrances, BoundTheFirstMessage) {
  const std::string padding(limits::command_frame_bytes_max - std::string_view(connect).size(), ' ');
  EXPECT_EQ(visitor("/connection/sse", method::post, connect + padding).status(), 200);
  EXPECT_EQ(visitor("/connection/sse", method::post, connect + padding + ' ').status(), 413);
  EXPECT_EQ(visitor("/emulation", method::post, padding).status(), 204);
  visitor cut("/emulation", method::post, "");
  cut.r.wanted.body_too_large = true;
  EXPECT_EQ(cut.status(), 413);
}

TEST(Entrances, SpeakNoProtobufAndNoOldHttp) {
  EXPECT_EQ(visitor("/connection/sse").asks("format", "protobuf").status(), 400);
  EXPECT_EQ(visitor("/connection/sse").asks("cf_protocol", "protobuf").status(), 400);
  visitor binary("/connection/http_stream");
  binary.r.wanted.content_type = "application/octet-stream";
  EXPECT_EQ(binary.status(), 400);
  visitor old("/connection/http_stream");
  old.r.http_1_0 = true;
  EXPECT_EQ(old.status(), 505);
}

TEST(Entrances, AreOpenToPagesOfAllowedOrigins) {
  const std::vector<std::string> allowed{"https://app.example"};
  for (const char* path : {"/connection/http_stream", "/connection/sse", "/emulation"}) {
    visitor v(path);
    EXPECT_EQ(v.header("Access-Control-Allow-Origin", allowed), "");
    EXPECT_EQ(v.header("Vary", allowed), "Origin");
    for (const char* friendly : {"https://app.example", "https://chat.example"}) {
      v.r.origin = friendly;
      EXPECT_LT(v.status(allowed), 300);
      EXPECT_EQ(v.header("Access-Control-Allow-Origin", allowed), friendly);
    }
    v.r.origin = "https://evil.example";
    EXPECT_EQ(v.status(allowed), 403);
    EXPECT_EQ(v.header("Access-Control-Allow-Origin", allowed), "");
    EXPECT_EQ(v.header("Vary", allowed), "Origin");
  }
}

TEST(Entrances, TellBrowsersBeforehand) {
  visitor v("/connection/sse", method::options, "");
  v.r.origin = "https://chat.example";
  EXPECT_EQ(v.status(), 204);
  EXPECT_EQ(v.header("Access-Control-Allow-Methods"), "GET, POST, OPTIONS");
  EXPECT_EQ(v.header("Access-Control-Max-Age"), "300");
  EXPECT_EQ(v.header("Access-Control-Allow-Origin"), "https://chat.example");
  v.r.origin = "https://evil.example";
  EXPECT_EQ(v.status(), 204);
  EXPECT_EQ(v.header("Access-Control-Allow-Origin"), "");
}

TEST(Entrances, ShakeHandsForBothKindsOfWebSocket) {
  for (const auto& [path, framing] : std::vector<std::pair<std::string, realtime::wire>>{
           {"/connection/websocket", realtime::wire::websocket},
           {"/connection/uni_websocket", realtime::wire::uni_websocket}}) {
    visitor v(path, method::get, "");
    EXPECT_EQ(v.status(), 426);
    v.r.upgrade = true;
    v.r.websocket_version = "13";
    v.r.websocket_key = "dGhlIHNhbXBsZSBub25jZQ==";
    const auto what = v.outcome();
    EXPECT_EQ(std::get<answer>(what).status, 101);
    EXPECT_EQ(std::get<answer>(what).then->framing, framing);
  }
}

} // namespace
} // namespace palabre::http

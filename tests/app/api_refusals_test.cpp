// What is refused over real sockets: each bad input gets its problem document, nothing is stored, and the server lives.

#include "person.hpp"

#include <gtest/gtest.h>

namespace palabre::testing {
namespace {

/// A room with one message. At the end of each test the log and the room are what they were, and the server serves.
struct Refusals : ::testing::Test {
  running_server server;
  person ada{server, "ada"};
  http_client client{server.port()};
  std::string room = ada.make_room("agora");
  std::string path = messages_of(room);
  http_answer message = ada.say(room, "the only one");
  std::size_t events_before = server.events();
  std::string room_before = ada.get("/api/v1/rooms/" + room).body;
  std::string messages_before = ada.get(path).body;

  void TearDown() override {
    EXPECT_TRUE(server.lives());
    EXPECT_EQ(server.events(), events_before);
    EXPECT_EQ(ada.get("/api/v1/rooms/" + room).body, room_before);
    EXPECT_EQ(ada.get(path).body, messages_before);
    EXPECT_EQ(ada.say(room, "goes on").number("/seq"), message.number("/seq") + 1);
  }

  http_answer with_token(std::string_view method, std::string_view target, const std::string& authorization) {
    return client.request(method, target, {}, {{"Authorization", authorization}});
  }
};

TEST_F(Refusals, AnotherContentType) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonp"})
    expect_problem(ada.post(path, R"({"body":"x"})", {{"Content-Type", type}}), 415, "unsupported_media_type", path);
}

TEST_F(Refusals, ABodyThatIsTooLarge) {
  const std::string body = R"({"body":")" + std::string(300 * 1024, 'x') + R"("})";
  expect_problem(ada.post(path, body), 413, "payload_too_large", path);
}

TEST_F(Refusals, WhatIsNotJson) {
  for (const char* body : {"{", "{\"body\":}", "{\"body\":\"x\"} {", "body=x", "\"half", "{\"body\":\"\\ud800\"}"})
    expect_problem(ada.post(path, body), 400, "malformed_json", path);
}

TEST_F(Refusals, WhatIsNotUtf8) {
  for (const char* bytes : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC3"})
    expect_problem(ada.post(path, std::string(R"({"body":")") + bytes + "\"}"), 400, "malformed_json", path);
}

TEST_F(Refusals, Nesting) {
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  expect_problem(ada.post(path, R"({"body":"x","metadata":)" + deep + '}'), 400, "malformed_json", path);
  expect_problem(ada.post(path, deep), 400, "malformed_json", path);
}

TEST_F(Refusals, WrongTypesAndMissingFields) {
  for (const char* body : {"{}", R"({"body":1})", R"({"body":null})", R"({"body":["x"]})"}) {
    const auto got = ada.post(path, body);
    expect_problem(got, 422, "validation_failed", path);
    EXPECT_EQ(got.text("/errors/0/pointer"), "/body");
  }
  const auto got = ada.post(path, R"({"body":"x","reply_to":7,"client_id":"sp ace","metadata":[]})");
  expect_problem(got, 422, "validation_failed", path);
  EXPECT_EQ(got.count("/errors"), 3u) << got.body;
}

TEST_F(Refusals, ARoomThatIsNotThere) {
  for (const std::string id : {"00000000-0000-7000-8000-000000000000", "x", "..%2F"}) {
    const std::string nowhere = "/api/v1/rooms/" + id;
    EXPECT_EQ(ada.get(nowhere).status, 404);
    EXPECT_EQ(ada.post(nowhere + "/messages", R"({"body":"x"})").status, 404);
  }
  const std::string nowhere = messages_of("00000000-0000-7000-8000-000000000000");
  expect_problem(ada.post(nowhere, R"({"body":"x"})"), 404, "not_found", nowhere);
}

TEST_F(Refusals, NoToken) {
  for (const std::string& target : {std::string("/api/v1/me"), std::string("/api/v1/rooms"), path}) {
    const auto got = client.request("GET", target);
    expect_problem(got, 401, "unauthenticated", target);
    EXPECT_EQ(got.header("WWW-Authenticate").substr(0, 6), "Bearer");
  }
}

TEST_F(Refusals, TokensThatProveNothing) {
  std::string changed = ada.token();
  changed[changed.find('.') + 10] ^= 1;
  const std::string unsigned_token = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0" + ada.token().substr(ada.token().find('.'));
  for (const std::string& header : {std::string("Bearer x"), "Bearer " + changed, "Bearer " + unsigned_token,
                                    "Basic " + ada.token(), std::string("Bearer ")})
    expect_problem(with_token("GET", "/api/v1/me", header), 401, "unauthenticated", "/api/v1/me");
}

TEST_F(Refusals, AMessageOfSomeoneElse) {
  person eve(server, "eve");
  events_before = server.events();
  const std::string target = message_path(room, message);
  expect_problem(eve.get(target), 404, "not_found", target);
  expect_problem(eve.patch(target, R"({"body":"x"})"), 404, "not_found", target);
  expect_problem(eve.del(target), 404, "not_found", target);
}

TEST_F(Refusals, WhatIsNotAnEmoji) {
  const std::string reactions = message_path(room, message) + "/reactions";
  for (const std::string text : {"x", "👍👍", "1", "", " ", ":+1:"}) {
    const auto got = ada.post(reactions, R"({"emoji":)" + json_quoted(text) + '}');
    expect_problem(got, 422, "validation_failed", reactions);
    expect_field_problem(got, "/emoji", "not_an_emoji");
  }
  const std::string target = reactions + '/' + escaped("no");
  const auto got = ada.put(target);
  expect_problem(got, 422, "validation_failed", target);
  expect_field_problem(got, "{emoji}", "not_an_emoji");
  EXPECT_EQ(ada.del(target).status, 422);
}

TEST_F(Refusals, PagesThatDoNotExist) {
  for (const std::string query : {"limit=0", "limit=201", "limit=x", "limit=", "before=-1", "after=1.5", "around=x",
                                  "before=99999999999999999999"}) {
    const auto got = ada.get(path + '?' + query);
    expect_problem(got, 422, "validation_failed", path);
    EXPECT_EQ(got.text("/errors/0/pointer"), '?' + query.substr(0, query.find('=')));
  }
  expect_problem(ada.get(path + "?before=9&after=1"), 422, "validation_failed", path);
  for (const std::string& list : {std::string("/api/v1/rooms"), "/api/v1/rooms/" + room + "/members"})
    expect_problem(ada.get(list + "?limit=0"), 422, "validation_failed", list);
}

TEST_F(Refusals, ALoginThatIsTakenOrNone) {
  const std::string target = "/api/v1/auth/register";
  expect_problem(ada.post(target, R"({"login":"ada","password":"12345678"})"), 409, "login_taken", target);
  for (const char* login : {"ab", "has space", "näme", "a/b"}) {
    const auto got = ada.post(target, R"({"login":)" + json_quoted(login) + R"(,"password":"12345678"})");
    expect_problem(got, 422, "validation_failed", target);
    EXPECT_EQ(got.text("/errors/0/pointer"), "/login");
  }
  const auto got = ada.post(target, R"({"login":"eve","password":"1234567"})");
  expect_problem(got, 422, "validation_failed", target);
  expect_field_problem(got, "/password", "too_short");
}

TEST_F(Refusals, AShareCodeThatIsWrong) {
  const auto got = ada.post("/api/v1/rooms/join", R"({"share_code":"ZZZZZ-ZZZZZ"})");
  expect_problem(got, 404, "not_found", "/api/v1/rooms/join");
}

TEST_F(Refusals, PathsAndMethodsThatAreNotThere) {
  expect_problem(ada.get("/api/v1/nothing"), 404, "not_found", "/api/v1/nothing");
  const auto got = ada.put("/api/v1/rooms");
  expect_problem(got, 405, "method_not_allowed", "/api/v1/rooms");
  EXPECT_NE(got.header("Allow").find("POST"), std::string::npos);
}

TEST_F(Refusals, WhatIsNotHttp) {
  for (const char* bytes : {"nonsense\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01 a TLS hello\r\n\r\n"})
    EXPECT_NE(client.raw(bytes).find("400"), std::string::npos) << bytes;
}

TEST_F(Refusals, ARequestIdThatIsSaneIsKept) {
  EXPECT_EQ(ada.get("/api/v1/me", {{"X-Request-ID", "abc-1"}}).header("X-Request-ID"), "abc-1");
  EXPECT_NE(ada.get("/api/v1/me", {{"X-Request-ID", std::string(129, 'a')}}).header("X-Request-ID"),
            std::string(129, 'a'));
}

} // namespace
} // namespace palabre::testing

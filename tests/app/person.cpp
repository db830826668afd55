#include "person.hpp"

#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace palabre::testing {

person::person(const running_server& server, std::string login) : client_(server.port()), login_(std::move(login)) {
  const std::string body = R"({"login":)" + json_quoted(login_) + R"(,"password":"correct horse"})";
  http_answer session = send("POST", "/api/v1/auth/register", body, {});
  for (int tries = 1; tries < 20 && session.status == 503; ++tries) // the views of a busy machine are behind: it waited
    session = send("POST", "/api/v1/auth/register", body, {});
  if (session.status != 201) throw std::runtime_error("cannot register " + login_ + ": " + session.body);
  id_ = session.text("/user/id");
  take_session(session);
}

void person::take_session(const http_answer& session) {
  token_ = session.text("/access_token");
  refresh_token_ = session.text("/refresh_token");
}

void person::reconnect(const running_server& server) {
  client_ = http_client(server.port());
}

http_answer person::send(std::string_view method, std::string_view target, std::string_view body, const headers& with) {
  headers all = with;
  if (!body.empty())
    all.insert(all.begin(), {"Content-Type", "application/json"}); // a later one of `with` takes its place
  if (!token_.empty()) all.emplace_back("Authorization", "Bearer " + token_);
  return client_.request(method, target, body, all);
}

http_answer person::get(std::string_view target, const headers& with) {
  return send("GET", target, {}, with);
}
http_answer person::post(std::string_view target, std::string_view body, const headers& with) {
  return send("POST", target, body, with);
}
http_answer person::put(std::string_view target, std::string_view body) {
  return send("PUT", target, body, {});
}
http_answer person::patch(std::string_view target, std::string_view body, const headers& with) {
  return send("PATCH", target, body, with);
}
http_answer person::del(std::string_view target, const headers& with) {
  return send("DELETE", target, {}, with);
}

std::string person::make_room(std::string_view name, std::string_view more) {
  const auto room = post("/api/v1/rooms", R"({"name":)" + json_quoted(name) + std::string(more) + '}');
  if (room.status != 201) throw std::runtime_error("cannot make a room: " + room.body);
  return room.text("/id");
}

http_answer person::say(const std::string& room, std::string_view words, const headers& with) {
  return post(messages_of(room), R"({"body":)" + json_quoted(words) + '}', with);
}

std::string messages_of(const std::string& room) {
  return "/api/v1/rooms/" + room + "/messages";
}

std::string message_path(const std::string& room, const http_answer& message) {
  return messages_of(room) + '/' + message.text("/id");
}

void expect_problem(const http_answer& got, int status, std::string_view code, std::string_view instance) {
  SCOPED_TRACE(std::string(instance) + ": " + std::to_string(got.status) + ' ' + got.body);
  ASSERT_EQ(got.status, status);
  EXPECT_EQ(got.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(got.number("/status"), status);
  EXPECT_EQ(got.text("/code"), code);
  EXPECT_NE(got.text("/type"), "");
  EXPECT_NE(got.text("/title"), "");
  EXPECT_NE(got.text("/detail"), "");
  EXPECT_EQ(got.text("/instance"), instance);
  EXPECT_NE(got.text("/request_id"), "");
  EXPECT_EQ(got.text("/request_id"), got.header("X-Request-ID"));
  EXPECT_TRUE(parse_rfc3339(got.text("/timestamp")));
  EXPECT_EQ(got.flag("/retryable"), status == 503 || status == 429);
  EXPECT_EQ(got.has("/errors"), status == 422 && got.text("/code") != "idempotency_key_reused");
}

void expect_field_problem(const http_answer& got, std::string_view pointer, std::string_view code) {
  SCOPED_TRACE(got.body);
  ASSERT_TRUE(got.has("/errors/0"));
  EXPECT_EQ(got.text("/errors/0/pointer"), pointer);
  EXPECT_EQ(got.text("/errors/0/code"), code);
  EXPECT_NE(got.text("/errors/0/detail"), "");
}

} // namespace palabre::testing

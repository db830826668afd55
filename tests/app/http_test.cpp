// The transport of the real binary, by the bytes on the wire. Its cases are in tests/http/server_*_test.cpp; here: that
// they are wired to operations, settings, log and drain.

#include "http_client.hpp"
#include "running_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace palabre::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::size_t answers_in(std::string_view bytes, std::string_view status_line) {
  std::size_t count = 0;
  for (auto at = bytes.find(status_line); at != bytes.npos; at = bytes.find(status_line, at + 1)) ++count;
  return count;
}

struct Http : ::testing::Test {
  running_server server{"[server]\nrequest_timeout = \"1s\"\n"};
  http_client client{server.port()};
};

TEST_F(Http, AnswersPipelinedRequestsInOrder) {
  const std::string health = "GET /health HTTP/1.1\r\nHost: h\r\n\r\n";
  const auto bytes = client.raw(health + "GET /none HTTP/1.1\r\nHost: h\r\n\r\n" + health +
                                "GET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(answers_in(bytes, "HTTP/1.1 200 OK\r\n"), 3u) << bytes;
  EXPECT_GT(bytes.find("HTTP/1.1 404"), bytes.find("HTTP/1.1 200")) << bytes;
  EXPECT_LT(bytes.find("HTTP/1.1 404"), bytes.rfind("HTTP/1.1 200")) << bytes;
}

TEST_F(Http, AnswersHeadWithTheLengthOfGet) {
  const auto got = client.request("GET", "/health"), asked = client.request("HEAD", "/health");
  EXPECT_EQ(asked.status, 200);
  EXPECT_EQ(asked.body, "");
  EXPECT_EQ(asked.header("Content-Length"), std::to_string(got.body.size()));
}

TEST_F(Http, PutsItsHeadersOnEveryAnswer) {
  for (const char* path : {"/health", "/none", "/api/v1/me", "/connection/websocket"}) {
    const auto got = client.request("GET", path, {}, {{"X-Request-ID", "mine"}});
    EXPECT_EQ(got.header("X-Request-ID"), "mine") << path;
    EXPECT_EQ(got.header("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(got.header("Date").size(), 29u) << path;
    EXPECT_NE(got.header("Cache-Control"), "") << path;
    if (got.status >= 400) {
      EXPECT_EQ(got.header("Content-Type"), "application/problem+json") << path;
      EXPECT_EQ(got.text("/instance"), path);
      EXPECT_EQ(got.text("/request_id"), "mine");
    }
  }
}

TEST_F(Http, ClosesOnBytesThatTwoReadersCouldUnderstandDifferently) {
  for (const std::string framing :
       {"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 3\r\nContent-Length: 3\r\n",
        "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding:\r\n chunked\r\n", "Content-Length : 3\r\n"}) {
    const auto bytes = client.raw("POST /api/v1/auth/login HTTP/1.1\r\nHost: h\r\n" + framing +
                                  "\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(bytes, AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("malformed_request"), HasSubstr("Connection: close"),
                             Not(HasSubstr("HTTP/1.1 200"))))
        << framing;
  }
}

TEST_F(Http, NamesTheBoundThatAHeadIsOver) {
  const auto long_target = client.raw("GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(long_target, AllOf(StartsWith("HTTP/1.1 414"), HasSubstr("target_bytes_max")));
  const auto long_head = client.raw("GET / HTTP/1.1\r\nHost: h\r\nX-A: " + std::string(17'000, 'a') + "\r\n\r\n");
  EXPECT_THAT(long_head, AllOf(StartsWith("HTTP/1.1 431"), HasSubstr("header_bytes_max")));
}

TEST_F(Http, GivesARequestOnlyTheTimeOfItsSetting) {
  EXPECT_THAT(client.raw("POST /api/v1/auth/login HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{"),
              StartsWith("HTTP/1.1 408"));
}

TEST_F(Http, LogsRequestsWithoutQueriesAndTokens) {
  client.request("GET", "/api/v1/rooms?secret=canary-query", {}, {{"Authorization", "Bearer canary-token"}});
  client.request("GET", "/health", {}, {{"X-Request-ID", "named-in-the-log"}});
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(server.log(), AllOf(HasSubstr("\"request_id\":\"named-in-the-log\""), HasSubstr("\"route\":\"/health\""),
                                  Not(HasSubstr("canary"))));
}

} // namespace
} // namespace palabre::testing

#include "base/limits.hpp"
#include "http_cases.hpp"
#include "server_loopback.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace palabre::http {

void PrintTo(const http_case& of, std::ostream* out) {
  *out << of.bytes.substr(0, 400);
}

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view behind =
    "GET /echo HTTP/1.1\r\nHost: h\r\nX-Request-ID: behind\r\nConnection: close\r\n\r\n";

int status_of(const std::string& answer) {
  return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

class HttpCase : public testing::TestWithParam<http_case> {
protected:
  static void SetUpTestSuite() { served = std::make_unique<loopback>(); }
  static void TearDownTestSuite() { served.reset(); }

  /// What is answered to the case and to what follows, sent in pieces.
  static std::vector<std::string> answers(std::size_t piece, bool& reset) {
    byte_client client(served->port());
    const std::string bytes = GetParam().bytes + std::string(behind);
    for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at))
      client.send(std::string_view(bytes).substr(at, piece));
    std::vector<std::string> all;
    for (auto one = client.answer(); !one.empty(); one = client.answer()) all.push_back(std::move(one));
    reset = client.was_reset();
    return all;
  }
  static void expect_answers(std::size_t piece);

  static std::unique_ptr<loopback> served;
};
std::unique_ptr<loopback> HttpCase::served;

void HttpCase::expect_answers(std::size_t piece) {
  bool reset = false;
  auto all = answers(piece, reset);
  EXPECT_FALSE(reset);
  const http_case& expected = GetParam();
  const bool goes_on = !all.empty() && all.back().find("X-Request-ID: behind\r\n") != std::string::npos;
  EXPECT_EQ(goes_on, expected.then == http_case::end::stays);
  if (goes_on) all.pop_back();
  std::vector<int> statuses;
  for (const std::string& answer : all) statuses.push_back(status_of(answer));
  EXPECT_EQ(statuses, expected.answers);
  if (all.empty()) return;
  EXPECT_THAT(all.back(), HasSubstr(expected.says));
  if (expected.then == http_case::end::closes) {
    EXPECT_THAT(all.back(), HasSubstr("Connection: close\r\n"));
  }
  for (const std::string& answer : all) {
    if (status_of(answer) < 400) continue;
    EXPECT_THAT(answer, HasSubstr("Content-Type: application/problem+json\r\n"));
  }
}

TEST_P(HttpCase, IsUnderstoodAtOnce) {
  expect_answers(std::string::npos);
}

TEST_P(HttpCase, IsUnderstoodByteByByte) {
  expect_answers(GetParam().bytes.size() < 2'000 ? 1 : 997);
}

INSTANTIATE_TEST_SUITE_P(Http1, HttpCase, testing::ValuesIn(http_cases()),
                         [](const auto& of) { return of.param.group + of.param.name; });

/// HEAD is not in the table: whoever reads its answer has to know that it has no body.
TEST(HttpHead, ReadsABodyAndGivesNone) {
  loopback served;
  byte_client client(served.port());
  client.send("HEAD /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc" + std::string(behind));
  EXPECT_THAT(client.answer(true), HasSubstr("Content-Length: 13\r\n"));
  EXPECT_THAT(client.answer(), HasSubstr("X-Request-ID: behind\r\n"));
}

TEST(HttpHead, IsRefusedWithoutABodyOrAtAllEnds) {
  loopback served;
  byte_client client(served.port());
  client.send("HEAD /none HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(behind));
  EXPECT_THAT(client.answer(true), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(client.answer(), HasSubstr("X-Request-ID: behind\r\n"));
}

struct half_case {
  const char *name, *bytes;
};

/// A client that ends in the middle is told nothing: nobody reads it, or an answer would stand for a whole request.
TEST(HttpThatEnds, InTheMiddleIsNotAnswered) {
  loopback served;
  for (const half_case& each :
       {half_case{"nothing", ""}, half_case{"method", "GE"}, half_case{"head", "GET /echo HTTP/1.1\r\nHost"},
        half_case{"length", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc"},
        half_case{"chunk", "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"},
        half_case{"last chunk", "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"}}) {
    byte_client client(served.port());
    client.send(each.bytes);
    client.end_sending();
    EXPECT_EQ(client.rest(), "") << each.name;
    EXPECT_FALSE(client.was_reset()) << each.name;
  }
}

TEST(HttpThatEnds, BehindWholeRequestsIsAnsweredInFull) {
  loopback served;
  byte_client client(served.port());
  const std::string one = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(one + one + one + "GET /ec");
  client.end_sending();
  for (int i = 0; i < 3; ++i) EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpThatWaits, GetsItsWordOnceAndBeforeTheBody) {
  loopback served;
  byte_client client(served.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("2\r\nab\r\n");
  client.send("0\r\n\r\n" + std::string(behind));
  EXPECT_THAT(client.answer(), HasSubstr("ab"));
  EXPECT_THAT(client.answer(), HasSubstr("X-Request-ID: behind\r\n"));
}

/// Deadlines are for a request as a whole: each part of it that stays away is missed in the same time.
TEST(HttpThatWaits, IsToldWhenTheRestStaysAway) {
  loopback served;
  std::vector<std::unique_ptr<byte_client>> clients;
  for (const char* begun : {"G", "GET /echo HTTP/1.1\r\n", "GET /echo HTTP/1.1\r\nHost: h\r\n\r",
                            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na",
                            "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
                            "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"})
    clients.emplace_back(std::make_unique<byte_client>(served.port()))->send(begun);
  for (const auto& client : clients) {
    const std::string told = client->rest();
    EXPECT_THAT(told, StartsWith("HTTP/1.1 408 "));
    EXPECT_THAT(told, HasSubstr("Connection: close\r\n"));
  }
}

} // namespace
} // namespace palabre::http

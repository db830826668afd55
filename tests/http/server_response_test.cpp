#include "http/server/request_id.hpp"
#include "http/server/response.hpp"

#include <gtest/gtest.h>

namespace palabre::http {
namespace {

constexpr std::string_view date = "Sat, 21 Nov 2026 01:46:15 GMT";
const response_frame usual{date, "id-1", "/api/v1/me", timestamp{0}};

std::string bytes_of(const answer& a, const response_frame& frame = usual) {
  std::string out;
  append_answer(out, a, frame);
  return out;
}

answer with(int status, std::string body, std::vector<std::pair<std::string, std::string>> headers = {}) {
  return {status, std::move(body), std::move(headers)};
}

TEST(Response, IsOnePieceWithItsHeaders) {
  EXPECT_EQ(bytes_of(with(201, "{}", {{"ETag", "\"1\""}})),
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
            "Date: Sat, 21 Nov 2026 01:46:15 GMT\r\nX-Request-ID: id-1\r\nX-Content-Type-Options: nosniff\r\n"
            "Vary: Accept-Encoding, Origin\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
            "Cache-Control: private\r\nETag: \"1\"\r\n\r\n{}");
}

TEST(Response, HasNoBodyWhereNoneMayBe) {
  for (const int status : {204, 304}) {
    const auto bytes = bytes_of(with(status, "ignored"));
    EXPECT_TRUE(bytes.ends_with("\r\n\r\n")) << bytes;
    EXPECT_EQ(bytes.find("Content-"), bytes.find("Content-Type-Options")) << bytes;
  }
}

TEST(Response, IsCompressedWhereThatIsWorthItAndNoSecretIsInIt) {
  auto frame = usual;
  frame.in = coding::gzip;
  const std::string large(10'000, 'x');
  const auto compressed = bytes_of(with(200, large, {{"ETag", "\"1\""}}), frame);
  EXPECT_NE(compressed.find("Content-Encoding: gzip\r\n"), compressed.npos);
  EXPECT_NE(compressed.find("ETag: W/\"1\"\r\n"), compressed.npos);
  EXPECT_LT(compressed.size(), 1'000u);
  answer secret = with(200, large);
  secret.holds_secrets = true;
  EXPECT_EQ(bytes_of(secret, frame).find("Content-Encoding"), std::string::npos);
  EXPECT_EQ(bytes_of(with(200, "small"), frame).find("Content-Encoding"), std::string::npos);
  EXPECT_EQ(bytes_of(with(204, large), frame).find("Content-Encoding"), std::string::npos);
  frame.head_only = true;
  EXPECT_EQ(bytes_of(with(200, large), frame).find("Content-Encoding"), std::string::npos);
}

TEST(Response, ToHeadTellsTheLengthOnly) {
  auto frame = usual;
  frame.head_only = true;
  const auto bytes = bytes_of(with(200, "12345"), frame);
  EXPECT_NE(bytes.find("Content-Length: 5\r\n"), bytes.npos);
  EXPECT_TRUE(bytes.ends_with("\r\n\r\n"));
}

TEST(Response, SaysWhatBecomesOfTheConnection) {
  auto frame = usual;
  EXPECT_EQ(bytes_of(with(200, "")).find("Connection:"), std::string::npos);
  frame.http_1_0 = true;
  EXPECT_NE(bytes_of(with(200, ""), frame).find("Connection: keep-alive\r\n"), std::string::npos);
  frame.keep_alive = false;
  EXPECT_NE(bytes_of(with(200, ""), frame).find("Connection: close\r\n"), std::string::npos);
}

TEST(Response, LetsAnOperationChooseTypeAndCaching) {
  const auto bytes = bytes_of(with(200, "", {{"content-type", "text/plain"}, {"Cache-Control", "no-cache"}}));
  EXPECT_EQ(bytes.find("application/json"), bytes.npos);
  EXPECT_EQ(bytes.find("private"), bytes.npos);
}

TEST(Response, OfAuthenticationIsNotStored) {
  auto frame = usual;
  frame.path = "/api/v1/auth/login";
  EXPECT_NE(bytes_of(with(200, "{}"), frame).find("Cache-Control: no-store\r\n"), std::string::npos);
}

TEST(Response, LetsNoHeaderBeginAnother) {
  EXPECT_NE(bytes_of(with(200, "", {{"X-A", "a\r\nX-B: b"}})).find("X-A: a  X-B: b\r\n"), std::string::npos);
}

TEST(Response, OfAProblemIsItsDocument) {
  problem p;
  p.status = 404;
  p.code = "not_found";
  p.headers = {{"Retry-After", "1"}};
  std::string out;
  append_problem(out, p, usual);
  EXPECT_TRUE(out.starts_with("HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\n")) << out;
  EXPECT_NE(out.find("Retry-After: 1\r\n"), out.npos);
  EXPECT_NE(out.find(R"("instance":"/api/v1/me")"), out.npos) << out;
  EXPECT_NE(out.find(R"("request_id":"id-1")"), out.npos) << out;
}

TEST(HttpDate, IsTheFixedForm) {
  EXPECT_EQ(http_date({0}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date({784'111'777'999}), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date({1'709'251'199'000}), "Thu, 29 Feb 2024 23:59:59 GMT");
}

TEST(RequestId, IsTakenOverWhenSane) {
  EXPECT_TRUE(is_sane_request_id("a"));
  EXPECT_TRUE(is_sane_request_id(std::string(128, '~')));
  for (const std::string& id :
       {std::string(), std::string(129, 'a'), std::string("a b"), std::string("a\n"), std::string("\xc3\xa9")})
    EXPECT_FALSE(is_sane_request_id(id)) << id;
}

} // namespace
} // namespace palabre::http

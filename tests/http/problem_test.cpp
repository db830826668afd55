#include "http/problem.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace palabre::http {
namespace {

std::string header(const problem& p, std::string_view name) {
  for (const auto& [key, value] : p.headers)
    if (key == name) return value;
  return "";
}

TEST(Problem, EachErrorHasOneStatusAndCode) {
  struct row {
    errc code;
    int status;
    const char* says;
    bool retryable;
  };
  const row table[] = {
      {errc::malformed, 400, "malformed_json", false},
      {errc::invalid, 422, "validation_failed", false},
      {errc::limit_exceeded, 422, "limit_exceeded", false},
      {errc::unauthenticated, 401, "unauthenticated", false},
      {errc::token_expired, 401, "token_expired", false},
      {errc::wrong_credentials, 401, "wrong_credentials", false},
      {errc::forbidden, 403, "forbidden", false},
      {errc::not_found, 404, "not_found", false},
      {errc::conflict, 409, "conflict", false},
      {errc::login_taken, 409, "login_taken", false},
      {errc::not_a_member, 403, "not_a_member", false},
      {errc::room_archived, 409, "room_archived", false},
      {errc::owner_must_transfer, 409, "owner_must_transfer", false},
      {errc::message_deleted, 409, "message_deleted", false},
      {errc::version_mismatch, 412, "version_mismatch", false},
      {errc::key_reused, 422, "idempotency_key_reused", false},
      {errc::stale_facts, 503, "stale_facts", true},
      {errc::overloaded, 503, "overloaded", true},
      {errc::not_yet, 503, "not_yet", true},
      {errc::unavailable, 503, "unavailable", true},
      {errc::abandoned, 503, "abandoned", true},
      {errc::io, 500, "internal", false},
      {errc::corrupt, 500, "internal", false},
      {errc::from_the_future, 500, "internal", false},
      {errc::internal, 500, "internal", false},
  };
  for (const row& r : table) {
    const problem p = problem_of({r.code, ""});
    EXPECT_EQ(p.status, r.status) << name_of(r.code);
    EXPECT_EQ(p.code, r.says) << name_of(r.code);
    EXPECT_EQ(p.retryable, r.retryable) << name_of(r.code);
    EXPECT_FALSE(p.detail.empty()) << name_of(r.code);
    EXPECT_EQ(header(p, "Retry-After"), r.status == 503 ? "1" : "") << name_of(r.code);
    EXPECT_EQ(header(p, "WWW-Authenticate"), r.status == 401 ? "Bearer" : "") << name_of(r.code);
  }
}

TEST(Problem, TellsClientsNothingOfTheInside) {
  for (const errc code : {errc::io, errc::corrupt, errc::from_the_future, errc::internal, errc::wrong_credentials})
    EXPECT_EQ(problem_of({code, "/var/lib/secret"}).detail.find("secret"), std::string::npos);
  EXPECT_EQ(problem_of({errc::conflict, "the room has this name"}).detail, "the room has this name");
}

TEST(Problem, IsALimitOnlyIfAllOfItIs) {
  EXPECT_EQ(validation_failed({{"/a", "limit_exceeded", "a: at most 1"}}).code, "limit_exceeded");
  EXPECT_EQ(validation_failed({{"/a", "limit_exceeded", ""}, {"/b", "required", ""}}).code, "validation_failed");
  EXPECT_EQ(bad_field("?limit", "out_of_range", "").code, "validation_failed");
}

TEST(Problem, RendersTheWholeDocument) {
  const std::string text =
      render(bad_field("/body", "too_short", "at \"least\" 1"), "/api/v1/rooms", "req-1", timestamp{1'700'000'000'123});
  EXPECT_EQ(text, R"({"type":"urn:palabre:problem:validation_failed","title":"Unprocessable Content","status":422,)"
                  R"("detail":"the request is not valid; `errors` says where","instance":"/api/v1/rooms",)"
                  R"("code":"validation_failed","request_id":"req-1","timestamp":"2023-11-14T22:13:20.123Z",)"
                  R"("retryable":false,"errors":[{"pointer":"/body","code":"too_short","detail":"at \"least\" 1"}]})");
}

TEST(Problem, IsValidJsonWhateverThePathWas) {
  const std::string text = render(problem_of({errc::not_found, ""}), "/\xFF\"\n", "r", {});
  simdjson::dom::parser parser;
  EXPECT_EQ(parser.parse(text).error(), simdjson::SUCCESS) << text;
  EXPECT_EQ(text.find("errors"), std::string::npos);
}

TEST(Problem, HasARealtimeCode) {
  const std::pair<int, int> table[] = {{400, 107}, {401, 101}, {403, 103}, {404, 404}, {405, 104},
                                       {409, 409}, {412, 412}, {413, 107}, {415, 107}, {422, 422},
                                       {429, 111}, {500, 100}, {503, 100}};
  for (const auto& [status, code] : table) {
    problem p;
    p.status = status;
    EXPECT_EQ(realtime_code(p), code) << status;
  }
}

} // namespace
} // namespace palabre::http

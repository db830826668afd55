// Rates, and what surrounds every answer: the words of HTTP that proxies, browsers and tracers live by.
#include "event_lines.hpp"
#include "person.hpp"

#include <gtest/gtest.h>

namespace palabre::testing {
namespace {

const std::string json = "application/json";

http_answer log_in(http_client& client, const std::string& login, const std::string& password,
                   const headers& with = {}) {
  headers all = with;
  all.emplace_back("Content-Type", json);
  return client.request("POST", "/api/v1/auth/login",
                        R"({"login":)" + json_quoted(login) + R"(,"password":)" + json_quoted(password) + '}', all);
}

TEST(Limits, TellWhatIsLeft) {
  running_server server("[limits]\nenabled = true\nrequests_per_second = 2\n");
  person ada(server, "ada");
  const auto first = ada.get("/api/v1/me");
  EXPECT_EQ(first.header("RateLimit-Policy"), R"("read";q=8;w=4)");
  EXPECT_EQ(first.header("RateLimit").substr(0, 10), R"("read";r=7)");
  http_answer last = first;
  for (int i = 0; i < 50 && last.status == 200; ++i) last = ada.get("/api/v1/me");
  expect_problem(last, 429, "rate_limited", "/api/v1/me");
  EXPECT_EQ(last.header("Retry-After"), "1");
  EXPECT_EQ(last.header("RateLimit").substr(0, 10), R"("read";r=0)");
  person bob(server, "bob");
  EXPECT_EQ(bob.get("/api/v1/me").status, 200) << "it is ada who was too fast";
  EXPECT_EQ(ada.post("/api/v1/rooms", R"({"name":"a"})").status, 201) << "writes are counted apart";
}

TEST(Limits, DoNotTellWhetherAnAccountIsThere) {
  running_server server(
      "[limits]\nenabled = true\naddress_per_second = 1000\n[server]\ntrusted_proxies = [\"127.0.0.1\"]\n");
  person ada(server, "ada");
  http_client client(server.port());
  for (const std::string login : {"ada", "nobody"}) {
    for (int i = 0; i < 5; ++i) // each from another place
      expect_problem(log_in(client, login, "a wrong one", {{"X-Forwarded-For", "198.51.100." + std::to_string(i)}}),
                     401, "wrong_credentials", "/api/v1/auth/login");
    const auto sixth = log_in(client, login, "a wrong one", {{"X-Forwarded-For", "198.51.100.77"}});
    expect_problem(sixth, 429, "rate_limited", "/api/v1/auth/login");
    EXPECT_EQ(sixth.text("/detail"), "too many tries to log in to this account");
  }
}

TEST(Limits, CountAddressesAsTheTrustedProxyTellsThem) {
  running_server server("[limits]\nenabled = true\n[server]\ntrusted_proxies = [\"127.0.0.1\"]\n");
  http_client client(server.port());
  const auto tries_from = [&](const std::string& address) {
    int let_through = 0;
    for (int i = 0; i < 10; ++i)
      let_through += log_in(client, address + std::to_string(i), "wrong", {{"X-Forwarded-For", address}}).status == 401;
    return let_through;
  };
  EXPECT_EQ(tries_from("198.51.100.1"), 5);
  EXPECT_EQ(tries_from("198.51.100.2"), 5);
  EXPECT_EQ(tries_from("198.51.100.1"), 0);
}

TEST(Limits, BelieveNobodyElseAboutAddresses) {
  running_server server("[limits]\nenabled = true\n");
  http_client client(server.port());
  int let_through = 0;
  for (int i = 0; i < 10; ++i)
    let_through +=
        log_in(client, "a" + std::to_string(i), "wrong", {{"X-Forwarded-For", std::to_string(i) + ".1.1.1"}}).status ==
        401;
  EXPECT_EQ(let_through, 5);
}

TEST(Answers, AreForOtherOriginsOnlyWhenTheyAreListed) {
  running_server server("[server]\nallowed_origins = [\"https://app.example\"]\n");
  http_client client(server.port());
  const auto listed = client.request("GET", "/health", {}, {{"Origin", "https://app.example"}});
  EXPECT_EQ(listed.header("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_NE(listed.header("Access-Control-Expose-Headers").find("Palabre-Position"), std::string::npos);
  EXPECT_NE(listed.header("Vary").find("Origin"), std::string::npos);
  const auto strange = client.request("GET", "/health", {}, {{"Origin", "https://other.example"}});
  EXPECT_EQ(strange.status, 200);
  EXPECT_EQ(strange.header("Access-Control-Allow-Origin"), "");
  EXPECT_NE(strange.header("Vary").find("Origin"), std::string::npos);

  const headers asks{{"Origin", "https://app.example"},
                     {"Access-Control-Request-Method", "PATCH"},
                     {"Access-Control-Request-Headers", "authorization,if-match"}};
  const auto preflight = client.request("OPTIONS", "/api/v1/me", {}, asks);
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(preflight.header("Access-Control-Allow-Methods"), "GET, HEAD, PATCH, OPTIONS");
  EXPECT_NE(preflight.header("Access-Control-Allow-Headers").find("If-Match"), std::string::npos);
  const auto refused = client.request(
      "OPTIONS", "/api/v1/me", {}, {{"Origin", "https://other.example"}, {"Access-Control-Request-Method", "PATCH"}});
  EXPECT_EQ(refused.status, 204);
  EXPECT_EQ(refused.header("Access-Control-Allow-Methods"), "");
  EXPECT_EQ(refused.header("Allow"), "GET, HEAD, PATCH, OPTIONS");
  EXPECT_EQ(client.request("OPTIONS", "/nothing/here").status, 404);
}

TEST(Answers, TravelCompressedWhereTheyAreLarge) {
  running_server server;
  http_client client(server.port());
  const auto plain = client.request("GET", "/openapi.json");
  EXPECT_EQ(plain.header("Content-Encoding"), "");
  // The document in the test client does not unpack: the path is one that it does not know.
  const auto zipped =
      client.raw("GET /openapi.json HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
  EXPECT_NE(zipped.find("Content-Encoding: gzip\r\n"), std::string::npos);
  EXPECT_LT(zipped.size(), plain.body.size() / 4);
  const auto small =
      client.raw("GET /health HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(small.find("Content-Encoding"), std::string::npos);
  EXPECT_NE(small.find("Vary: Accept-Encoding, Origin\r\n"), std::string::npos);
}

TEST(Answers, TakeTheTraceToTheEventsThatTheyCause) {
  running_server server;
  person ada(server, "ada");
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const std::string room = ada.make_room("a");
  ada.say(room, "traced", {{"Traceparent", trace}, {"X-Request-ID", "r-1"}});
  ada.say(room, "not traced", {{"Traceparent", "00-00-00-00"}, {"X-Request-ID", "r-2"}});
  const auto traced = read_events(server.data(), {"--request", "r-1"});
  ASSERT_EQ(traced.size(), 1u);
  EXPECT_NE(traced[0].text.find(R"("correlation_id":"r-1","traceparent":")" + trace + '"'), std::string::npos)
      << traced[0].text;
  const auto untraced = read_events(server.data(), {"--request", "r-2"});
  ASSERT_EQ(untraced.size(), 1u);
  EXPECT_EQ(untraced[0].text.find("traceparent"), std::string::npos);
}

} // namespace
} // namespace palabre::testing

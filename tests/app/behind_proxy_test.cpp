// What a proxy in front says of its clients: heard when it is trusted, and asked about once when it is not.
#include "http_client.hpp"
#include "running_server.hpp"

#include <gtest/gtest.h>

namespace palabre::testing {
namespace {

std::size_t count_of(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(BehindAProxy, ThatIsNotNamedTheLogSaysSoOnce) {
  running_server server;
  http_client client(server.port());
  client.request("GET", "/health");
  EXPECT_EQ(count_of(server.log(), "server.trusted_proxies"), 0u);
  for (int i = 0; i < 3; ++i) client.request("GET", "/health", {}, {{"X-Forwarded-For", "198.51.100.7"}});
  client.request("GET", "/health", {}, {{"Forwarded", "for=198.51.100.7"}});
  ASSERT_EQ(server.stop(), 0);
  EXPECT_EQ(count_of(server.log(), "127.0.0.1 sends X-Forwarded-For and is not in server.trusted_proxies"), 1u)
      << server.log();
  EXPECT_EQ(count_of(server.log(), "server.trusted_proxies"), 1u);
}

TEST(BehindAProxy, ThatIsNamedTheLogSaysNothing) {
  running_server server("[server]\ntrusted_proxies = [\"127.0.0.1\"]\n");
  http_client client(server.port());
  client.request("GET", "/health", {}, {{"X-Forwarded-For", "198.51.100.7"}});
  ASSERT_EQ(server.stop(), 0);
  EXPECT_EQ(count_of(server.log(), "server.trusted_proxies"), 0u) << server.log();
}

struct origin_case {
  std::string origin, proto;
  bool welcome;
};

void expect_doors(const running_server& server, const std::vector<origin_case>& cases) {
  for (const origin_case& each : cases) {
    http_client client(server.port());
    headers with = {{"Host", "chat.example"},        {"Origin", each.origin},
                    {"Connection", "Upgrade"},       {"Upgrade", "websocket"},
                    {"Sec-WebSocket-Version", "13"}, {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
    if (!each.proto.empty()) with.emplace_back("X-Forwarded-Proto", each.proto);
    std::string request = "GET /connection/websocket HTTP/1.1\r\n";
    for (const auto& [name, value] : with) request += name + ": " + value + "\r\n";
    // Behind a handshake that was accepted no HTTP is answered: what ends it is no frame.
    const std::string got = client.raw(request + "\r\nGET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(got.substr(0, 12), each.welcome ? "HTTP/1.1 101" : "HTTP/1.1 403") << each.origin << ' ' << each.proto;
  }
}

TEST(BehindAProxy, ThatSpeaksTlsOnlyAPageThatCameOverTlsIsItsOwn) {
  running_server server("[server]\ntrusted_proxies = [\"127.0.0.1\"]\n");
  expect_doors(server, {{"https://chat.example", "https", true},
                        {"http://chat.example", "https", false},
                        {"http://chat.example", "http", true},
                        {"https://chat.example", "", true}, // it does not say: then it may have
                        {"http://chat.example", "", true},
                        {"https://other.example", "https", false},
                        {"ftp://chat.example", "", false}});
}

TEST(BehindAProxy, ThatIsNotNamedWhatItSaysOfTlsIsNotHeard) {
  running_server server;
  expect_doors(server, {{"https://chat.example", "https", true}, {"http://chat.example", "https", true}});
}

} // namespace
} // namespace palabre::testing

#include "http/server/handshake.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace palabre::http {
namespace {

request browser() {
  request r;
  r.kind = method::get;
  r.wanted.path = websocket_path;
  r.upgrade = true;
  r.host = "chat.example";
  r.websocket_key = "dGhlIHNhbXBsZSBub25jZQ==";
  r.websocket_version = "13";
  return r;
}

int status(const request& r, const std::vector<std::string>& allowed = {}) {
  const auto outcome = shake_hands(r, allowed);
  if (const auto* a = std::get_if<answer>(&outcome)) return a->status;
  return std::get<problem>(outcome).status;
}

std::string header(const request& r, std::string_view name) {
  const auto outcome = shake_hands(r, {});
  for (const auto& [key, value] : std::get<answer>(outcome).headers)
    if (key == name) return value;
  return {};
}

TEST(Handshake, AnswersTheKeyOfTheStandard) {
  EXPECT_EQ(accept_value("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(status(browser()), 101);
  EXPECT_EQ(header(browser(), "Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(header(browser(), "Upgrade"), "websocket");
  EXPECT_EQ(header(browser(), "Connection"), "Upgrade");
}

TEST(Handshake, AcceptsTheJsonSubprotocolOnlyWhenOffered) {
  auto r = browser();
  EXPECT_EQ(header(r, "Sec-WebSocket-Protocol"), "");
  r.websocket_protocols = "centrifuge-protobuf, centrifuge-json";
  EXPECT_EQ(header(r, "Sec-WebSocket-Protocol"), "centrifuge-json");
  r.websocket_protocols = "xcentrifuge-json";
  EXPECT_EQ(header(r, "Sec-WebSocket-Protocol"), "");
}

TEST(Handshake, WantsAnUpgradeOfVersion13) {
  auto r = browser();
  r.upgrade = false;
  EXPECT_EQ(status(r), 426);
  r = browser();
  r.websocket_version = "8";
  const auto outcome = shake_hands(r, {});
  const auto& p = std::get<problem>(outcome);
  EXPECT_EQ(p.status, 426);
  EXPECT_TRUE(std::ranges::count(p.headers, std::pair<std::string, std::string>("Sec-WebSocket-Version", "13")));
  r = browser();
  r.kind = method::post;
  EXPECT_EQ(status(r), 405);
}

TEST(Handshake, WantsAKeyOf16Bytes) {
  for (const char* key :
       {"", "abc", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQQ=", "dGhlIHNhbXBsZSBub25j Q=="}) {
    auto r = browser();
    r.websocket_key = key;
    EXPECT_EQ(status(r), 400) << key;
  }
}

TEST(Handshake, SpeaksNoProtobuf) {
  for (const char* name : {"format", "cf_protocol"}) {
    auto r = browser();
    r.wanted.query = {{name, "protobuf"}};
    EXPECT_EQ(status(r), 400);
    r.wanted.query = {{name, "json"}, {"cf_protocol_version", "v2"}};
    EXPECT_EQ(status(r), 101);
  }
}

TEST(Handshake, TakesAPlainPageForAStrangerWhereTheClientCameOverTls) {
  struct sample {
    const char *origin, *host;
    bool over_tls;
    int status;
  };
  const sample samples[] = {{"https://chat.example", "chat.example", true, 101},
                            {"http://chat.example", "chat.example", true, 403},
                            {"HTTP://chat.example", "chat.example", true, 403},
                            {"https://chat.example", "chat.example:443", true, 101},
                            {"https://chat.example:443", "chat.example", true, 101},
                            {"https://chat.example", "chat.example:8443", true, 403},
                            {"https://chat.example:8443", "chat.example:8443", true, 101},
                            {"https://chat.example", "chat.example:80", true, 403},
                            {"http://chat.example", "chat.example:80", false, 101},
                            {"http://chat.example", "chat.example:443", false, 403},
                            {"https://chat.example", "chat.example", false, 101},
                            {"ws://chat.example", "chat.example", false, 403},
                            {"chrome-extension://chat.example", "chat.example", false, 403},
                            {"https://", "", false, 403},
                            {"https://:443", "", false, 403},
                            {"https://[::1]:8443", "[::1]:8443", false, 101}};
  for (const sample& s : samples) {
    auto r = browser();
    r.origin = s.origin;
    r.host = s.host;
    r.over_tls = s.over_tls;
    EXPECT_EQ(status(r), s.status) << s.origin << " at " << s.host << (s.over_tls ? " over TLS" : "");
  }
}

TEST(Handshake, LetsInPagesOfItsOwnOriginAndOfThoseAllowed) {
  auto r = browser();
  for (const char* own : {"https://chat.example", "http://CHAT.example"}) {
    r.origin = own;
    EXPECT_EQ(status(r), 101) << own;
  }
  for (const char* other : {"https://evil.example", "https://chat.example:8080", "https://chat.example.evil", "null"}) {
    r.origin = other;
    EXPECT_EQ(status(r), 403) << other;
  }
  r.origin = "https://app.example";
  EXPECT_EQ(status(r, {"https://app.example"}), 101);
  EXPECT_EQ(status(r, {"http://app.example"}), 403);
}

} // namespace
} // namespace palabre::http

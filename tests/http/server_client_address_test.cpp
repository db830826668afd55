#include "http/server/client_address.hpp"

#include <gtest/gtest.h>

namespace palabre::http {
namespace {

using boost::asio::ip::make_address;

proxy_list proxies(std::initializer_list<const char*> networks) {
  proxy_list all;
  for (const char* network : networks) EXPECT_TRUE(all.add(network)) << network;
  return all;
}

TEST(ClientAddress, TakesAddressesAndNetworksAndNothingElse) {
  proxy_list all;
  for (const char* good : {"10.0.0.0/8", "127.0.0.1", "::1", "2001:db8::/32", "0.0.0.0/0"}) EXPECT_TRUE(all.add(good));
  for (const char* bad :
       {"", "10.0.0.0/33", "10.0.0/8", "proxy.example", "2001:db8::/129", "10.0.0.1/", "::ffff:10.0.0.0/104"})
    EXPECT_FALSE(all.add(bad)) << bad;
}

TEST(ClientAddress, IsFromHereIfNothingTellsOfAProxy) {
  struct sample {
    const char *peer, *host;
    bool by_proxy, is_from_here;
  };
  const sample samples[] = {
      {"127.0.0.1", "127.0.0.1:8080", false, true},     {"127.0.0.1", "LOCALHOST", false, true},
      {"127.9.9.9", "localhost:80", false, true},       {"::1", "[::1]:8080", false, true},
      {"::ffff:127.0.0.1", "127.0.0.1", false, true},   {"127.0.0.1", "127.0.0.1", true, false},
      {"127.0.0.1", "chat.example", false, false}, // passed on as it came, or a page that has its name point here
      {"127.0.0.1", "localhost.example", false, false}, {"127.0.0.1", "", false, false},
      {"127.0.0.2", "127.0.0.1", false, false}, // a proxy, by the settings
      {"192.0.2.1", "127.0.0.1", false, false},         {"2001:db8::1", "localhost", false, false},
  };
  const proxy_list trusted = proxies({"127.0.0.2"});
  for (const sample& s : samples) {
    forwarding says;
    says.by_proxy = s.by_proxy;
    EXPECT_EQ(is_from_here(make_address(s.peer), s.host, says, trusted), s.is_from_here) << s.peer << ' ' << s.host;
  }
}

TEST(ClientAddress, KnowsTheHeadersOfProxies) {
  for (const char* each : {"Forwarded", "via", "X-FORWARDED-FOR", "X-Forwarded-Proto", "X-Real-IP", "cf-connecting-ip"})
    EXPECT_TRUE(is_of_proxies(each)) << each;
  for (const char* each : {"", "Host", "X-API-Key", "X-Forwarded", "X-Request-ID", "Viability"})
    EXPECT_FALSE(is_of_proxies(each)) << each;
}

TEST(ClientAddress, IsTheLastHopThatIsNoTrustedProxy) {
  const proxy_list trusted = proxies({"10.0.0.0/8", "2001:db8:1::/48"});
  struct sample {
    const char *peer, *forwarded, *forwarded_for, *client;
    proxy_header which() const { return *forwarded ? proxy_header::forwarded : proxy_header::x_forwarded_for; }
  };
  const sample samples[] = {
      {"192.0.2.1", "", "198.51.100.7", "192.0.2.1"}, // a peer that nobody trusts
      {"192.0.2.1", "for=198.51.100.7", "", "192.0.2.1"},
      {"10.0.0.1", "", "", "10.0.0.1"},
      {"10.0.0.1", "", "198.51.100.7", "198.51.100.7"},
      {"10.0.0.1", "", "1.1.1.1, 198.51.100.7", "198.51.100.7"}, // what a client claims stands in front
      {"10.0.0.1", "", "198.51.100.7, 10.0.0.2", "198.51.100.7"},
      {"10.0.0.1", "", "198.51.100.7:4711", "198.51.100.7"},
      {"10.0.0.1", "", "[2001:db8::7]:4711", "2001:db8::7"},
      {"10.0.0.1", "", "2001:db8::7", "2001:db8::7"},
      {"10.0.0.1", "", "1.1.1.1, unknown", "10.0.0.1"}, // behind what cannot be read nothing counts
      {"10.0.0.1", "", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
      {"::ffff:10.0.0.1", "", "198.51.100.7", "198.51.100.7"},
      {"10.0.0.1", "", "::ffff:198.51.100.7", "198.51.100.7"},
      {"2001:db8:1::5", "", "198.51.100.7", "198.51.100.7"},
      {"10.0.0.1", "for=198.51.100.7;proto=https;by=10.0.0.1", "", "198.51.100.7"},
      {"10.0.0.1", "proto=https; For=\"[2001:db8::7]:80\"", "", "2001:db8::7"},
      {"10.0.0.1", "for=1.1.1.1, for=198.51.100.7", "", "198.51.100.7"},
      {"10.0.0.1", "for=_hidden", "198.51.100.7", "10.0.0.1"}};
  for (const sample& s : samples)
    EXPECT_EQ(client_of(make_address(s.peer), {s.forwarded, s.forwarded_for, {}}, trusted, s.which()).to_string(),
              s.client)
        << s.peer << " | " << s.forwarded << " | " << s.forwarded_for;
}

TEST(ClientAddress, IsNotTakenFromTheHeaderThatTheProxyDoesNotWrite) {
  const proxy_list trusted = proxies({"10.0.0.1"});
  const auto client =
      client_of(make_address("10.0.0.1"), {"for=1.1.1.1", "198.51.100.7", {}}, trusted, proxy_header::x_forwarded_for);
  EXPECT_EQ(client.to_string(), "198.51.100.7");
}

TEST(ClientAddress, CameOverTlsWhenATrustedProxySaysSo) {
  const proxy_list trusted = proxies({"10.0.0.0/8"});
  struct sample {
    const char* peer;
    forwarding says;
    bool over_tls;
    proxy_header which() const {
      return says.forwarded.empty() ? proxy_header::x_forwarded_for : proxy_header::forwarded;
    }
  };
  const sample samples[] = {{"10.0.0.1", {"", "", "https"}, true},
                            {"10.0.0.1", {"", "", "HTTPS"}, true},
                            {"10.0.0.1", {"", "", "wss"}, true},
                            {"::ffff:10.0.0.1", {"", "", "https"}, true},
                            {"10.0.0.1", {"", "", "https, http"}, true}, // the client's hop stands first
                            {"10.0.0.1", {"", "", "http, https"}, false},
                            {"10.0.0.1", {"", "", "http"}, false},
                            {"10.0.0.1", {"", "", "httpsx"}, false},
                            {"10.0.0.1", {}, false},
                            {"192.0.2.1", {"", "", "https"}, false},
                            {"10.0.0.1", {"for=198.51.100.7;proto=https", "", ""}, true},
                            {"10.0.0.1", {"Proto=\"https\" ; for=198.51.100.7, for=10.0.0.2;proto=http", "", ""}, true},
                            {"10.0.0.1", {"for=198.51.100.7;proto=http", "", "https"}, false},
                            {"10.0.0.1", {"for=198.51.100.7", "", "https"}, false},
                            {"192.0.2.1", {"for=198.51.100.7;proto=https", "", ""}, false}};
  for (const sample& s : samples)
    EXPECT_EQ(came_over_tls(make_address(s.peer), s.says, trusted, s.which()), s.over_tls)
        << s.peer << " | " << s.says.forwarded << " | " << s.says.proto;
  EXPECT_FALSE(came_over_tls(make_address("10.0.0.1"), {"", "", "https"}, {}, proxy_header::x_forwarded_for));
}

TEST(ClientAddress, IsSpokenOfUnaskedByWhoIsNotTrusted) {
  const proxy_list trusted = proxies({"10.0.0.1"});
  const auto unasked = [&](const char* peer, const forwarding& says) {
    return speaks_unasked(make_address(peer), says, trusted);
  };
  EXPECT_TRUE(unasked("192.0.2.1", {"", "198.51.100.7", ""}));
  EXPECT_TRUE(unasked("192.0.2.1", {"for=198.51.100.7", "", ""}));
  EXPECT_FALSE(unasked("192.0.2.1", {}));
  EXPECT_FALSE(unasked("10.0.0.1", {"", "198.51.100.7", ""}));
  EXPECT_FALSE(unasked("::ffff:10.0.0.1", {"", "198.51.100.7", ""}));
}

TEST(ClientAddress, IsCountedByItsNetworkInIpv6) {
  const auto key = [](const char* text) { return key_of(make_address(text)); };
  EXPECT_EQ(key("2001:db8::1"), key("2001:db8::ffff:2"));
  EXPECT_NE(key("2001:db8::1"), key("2001:db8:0:1::1"));
  EXPECT_NE(key("192.0.2.1"), key("192.0.2.2"));
  EXPECT_FALSE(key("0.0.0.0").is_nil());
  EXPECT_FALSE(key("::").is_nil());
  EXPECT_EQ(network_of(key("2001:db8:1:2::1")), network_of(key("2001:db8:1:ffff::1")));
  EXPECT_NE(network_of(key("2001:db8:1:2::1")), network_of(key("2001:db8:2:2::1")));
  EXPECT_NE(network_of(key("2001:db8:1::1")), key("2001:db8:1::1"));
  EXPECT_FALSE(network_of(key("192.0.2.1")));
}

} // namespace
} // namespace palabre::http

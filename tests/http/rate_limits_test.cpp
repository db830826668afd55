#include "http/rate_limits.hpp"
#include "http/server/client_address.hpp"

#include <gtest/gtest.h>

namespace palabre::http {
namespace {

using namespace std::chrono_literals;

uuid key(std::uint8_t n) {
  uuid k;
  k.bytes[0] = n;
  return k;
}

class RateLimits : public ::testing::Test {
protected:
  static rate_settings small() {
    rate_settings s;
    s.requests_per_second = 1;
    s.writes_per_second = 1;
    s.address_per_second = 1;
    s.login_per_minute = 5;
    return s;
  }
  /// How many of the first `tries` are let through.
  template <class Take>
  static int let_through(int tries, Take take) {
    int passed = 0;
    for (int i = 0; i < tries; ++i) passed += !take().has_value();
    return passed;
  }

  rate_limits limits{small(), true};
  rate_limits::time_point now{};
};

TEST_F(RateLimits, CountEachClassAndEachKeyByItself) {
  const auto read = [&](int who) { return limits.take(rate_class::read, key(who), now); };
  EXPECT_EQ(let_through(10, [&] { return read(1); }), 4);
  EXPECT_EQ(let_through(10, [&] { return read(2); }), 4);
  EXPECT_EQ(let_through(10, [&] { return limits.take(rate_class::write, key(1), now); }), 5);
  EXPECT_EQ(let_through(10, [&] { return limits.take_address(key(1), now); }), 4);
  now += 2s;
  EXPECT_EQ(let_through(10, [&] { return read(1); }), 2);
}

TEST_F(RateLimits, SayWhatIsLeftAndWhenToComeAgain) {
  rate_standing standing;
  EXPECT_FALSE(limits.take(rate_class::read, key(1), now, &standing));
  EXPECT_EQ(standing.of, rate_class::read);
  EXPECT_EQ(standing.burst, 4u);
  EXPECT_EQ(standing.left, 3u);
  EXPECT_EQ(standing.full_in, 1s);
  EXPECT_EQ(standing.window, 4s);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limits.take(rate_class::read, key(1), now, &standing));
  EXPECT_EQ(standing.left, 0u);
  const auto refused = limits.take(rate_class::read, key(1), now, &standing);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 429);
  EXPECT_EQ(refused->code, "rate_limited");
  EXPECT_EQ(refused->headers, (std::vector<std::pair<std::string, std::string>>{{"Retry-After", "1"}}));
}

TEST_F(RateLimits, LeaveRealtimeCallsOutOfTheAddressesAndTheUnlimitedAlone) {
  EXPECT_EQ(let_through(100, [&] { return limits.take_address(uuid{}, now); }), 100);
  EXPECT_EQ(let_through(100, [&] { return limits.take(rate_class::unlimited, key(1), now); }), 100);
}

TEST_F(RateLimits, AreLiftedAsAWhole) {
  rate_limits lifted(small(), false);
  EXPECT_EQ(let_through(100, [&] { return lifted.take(rate_class::read, key(1), now); }), 100);
  EXPECT_EQ(let_through(100, [&] { return lifted.take_address(key(1), now); }), 100);
  EXPECT_EQ(let_through(100, [&] { return lifted.before_login(key(1), key(2), now); }), 100);
}

TEST_F(RateLimits, LetFiveTriesAMinuteAtAnAccountFromWherever) {
  int address = 0;
  EXPECT_EQ(let_through(20, [&] { return limits.before_login(key(1), key(++address), now); }), 5);
  EXPECT_EQ(let_through(20, [&] { return limits.before_login(key(2), key(++address), now); }), 5);
}

TEST_F(RateLimits, LetInWhoWasRightBeforeWhateverOthersTry) {
  limits.after_login(key(1), key(200), true, now);
  int address = 0;
  EXPECT_EQ(let_through(20, [&] { return limits.before_login(key(1), key(++address), now); }), 5);
  EXPECT_FALSE(limits.before_login(key(1), key(200), now));
}

TEST_F(RateLimits, AreWhatWasConfigured) {
  for (const unsigned n : {3u, 300u, 334u, 501u, 999u, 1'000u}) {
    rate_settings s;
    s.requests_per_second = n;
    rate_limits many(s, true);
    rate_limits::time_point then{};
    while (!many.take(rate_class::read, key(1), then)) {
    }
    const int passed = let_through(60'000, [&] {
      then += 1ms;
      return many.take(rate_class::read, key(1), then);
    });
    EXPECT_NEAR(passed, n * 60.0, n * 60.0 * 0.01) << n;
  }
}

TEST_F(RateLimits, SpreadAddressesOverAllOfTheirBuckets) {
  std::unordered_map<std::size_t, int> in_shard;
  for (std::uint8_t a = 0; a < 100; ++a)
    for (std::uint8_t b = 0; b < 100; ++b) {
      uuid address;
      address.bytes[2] = a;
      address.bytes[3] = b;
      address.bytes[14] = 4;
      ++in_shard[seeded_hash{}(address) >> 32 & (token_buckets::shards - 1)];
    }
  EXPECT_EQ(in_shard.size(), token_buckets::shards);
  for (const auto& [shard, count] : in_shard) EXPECT_LT(count, 2 * 10'000 / static_cast<int>(token_buckets::shards));
}

/// Somebody who has a /48, and speaks from a new /64 each time.
TEST_F(RateLimits, CountANetworkOfIpv6AddressesToo) {
  const auto address = [](unsigned network, unsigned subnet) {
    char text[40];
    std::snprintf(text, sizeof text, "2001:db8:%x:%x::1", network, subnet);
    return key_of(boost::asio::ip::make_address(text));
  };
  const int of_all = 4 * static_cast<int>(rate_limits::addresses_in_network);
  unsigned subnet = 0;
  EXPECT_EQ(let_through(10, [&] { return limits.take_address(address(1, 1), now); }), 4);
  EXPECT_EQ(let_through(1'000, [&] { return limits.take_address(address(1, ++subnet + 1), now); }), of_all - 4);
  EXPECT_EQ(let_through(10, [&] { return limits.take_address(address(2, 1), now); }), 4) << "of another network";
  rate_standing standing;
  EXPECT_TRUE(limits.take_address(address(1, 9'999), now, &standing));
  EXPECT_EQ(standing.left, 0u);
  EXPECT_EQ(standing.burst, static_cast<unsigned>(of_all));
  const int of_tries = 5 * static_cast<int>(rate_limits::addresses_in_network);
  EXPECT_EQ(let_through(1'000, [&] { return limits.take(rate_class::log_in, address(3, ++subnet), now); }), of_tries);
  now += 1s;
  EXPECT_EQ(let_through(1'000, [&] { return limits.take_address(address(1, ++subnet), now); }),
            static_cast<int>(rate_limits::addresses_in_network));
}

TEST_F(RateLimits, CountNoNetworkOfUsersAndIpv4Addresses) {
  system_randomness random;
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(network_of(random.next_id(timestamp{1'800'000'000'000 + i})));
  EXPECT_FALSE(network_of(key_of(boost::asio::ip::make_address("192.0.2.1"))));
}

TEST_F(RateLimits, MakeWrongPasswordsWaitLongerEachTime) {
  const auto fail_once = [&] {
    while (limits.before_login(key(1), key(9), now)) now += 1s;
    limits.after_login(key(1), key(9), false, now);
  };
  for (int i = 0; i < 8; ++i) fail_once();
  const auto begun = now;
  fail_once();
  EXPECT_GE(now - begun, 30s);
  EXPECT_FALSE(limits.before_login(key(1), key(8), now + 1min)) << "from elsewhere the account is not locked";
  while (limits.before_login(key(1), key(9), now)) now += 1s;
  limits.after_login(key(1), key(9), true, now);
  now += 1min;
  EXPECT_FALSE(limits.before_login(key(1), key(9), now)) << "the right one forgives";
}

} // namespace
} // namespace palabre::http

#include "http/rate_limits.hpp"

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

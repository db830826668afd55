#include "http/growing_delays.hpp"

#include <gtest/gtest.h>

namespace palabre::http {
namespace {

using namespace std::chrono_literals;

uuid key(std::uint8_t n) {
  uuid k;
  k.bytes[7] = n;
  return k;
}

TEST(GrowingDelays, DoubleAfterTheFirstFewFailures) {
  growing_delays delays({2, 1'000ms, 5'000ms, 60min}, 1'600);
  auto now = growing_delays::time_point{} + 1h;
  const std::chrono::milliseconds expected[] = {0ms, 0ms, 1'000ms, 2'000ms, 4'000ms, 5'000ms, 5'000ms};
  for (const auto wait : expected) {
    EXPECT_EQ(delays.wait(key(1), now), 0ms);
    delays.failed(key(1), now);
    EXPECT_EQ(delays.wait(key(1), now), wait);
    EXPECT_EQ(delays.wait(key(2), now), 0ms) << "nobody else waits";
    now += wait;
  }
}

TEST(GrowingDelays, AreForgivenBySuccessAndByTime) {
  growing_delays delays({0, 1'000ms, 5'000ms, 10min}, 1'600);
  auto now = growing_delays::time_point{} + 1h;
  delays.failed(key(1), now);
  delays.failed(key(2), now);
  delays.succeeded(key(1));
  EXPECT_EQ(delays.wait(key(1), now), 0ms);
  EXPECT_EQ(delays.wait(key(2), now), 1'000ms);
  now += 11min;
  delays.failed(key(3), now);
  EXPECT_EQ(delays.wait(key(2), now), 0ms);
  delays.failed(key(2), now);
  EXPECT_EQ(delays.wait(key(2), now), 1'000ms) << "it begins anew";
}

TEST(GrowingDelays, ForgetWhoeverFailedLeastWhereThereIsNoRoom) {
  growing_delays delays({0, 1'000ms, 60'000ms, 10min}, 160); // ten keys in each shard
  const auto now = growing_delays::time_point{} + 1h;
  for (int i = 0; i < 5; ++i) delays.failed(key(0), now);
  for (int n = 1; n < 256; ++n) delays.failed(key(static_cast<std::uint8_t>(n)), now);
  EXPECT_EQ(delays.wait(key(0), now), 16'000ms);
  int waiting = 0;
  for (int n = 0; n < 256; ++n) waiting += delays.wait(key(static_cast<std::uint8_t>(n)), now) > 0ms;
  EXPECT_LE(waiting, 160);
  EXPECT_GE(waiting, 100);
}

} // namespace
} // namespace palabre::http

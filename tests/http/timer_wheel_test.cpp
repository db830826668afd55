#include "http/realtime/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace palabre::http::realtime {
namespace {

using time_point = timer_wheel::time_point;
using std::chrono::milliseconds;

const time_point wheel_start{};

struct alarm final : timed {
  void on_time(time_point now) override { woken.push_back(now); }
  std::vector<time_point> woken;
};

TEST(TimerWheel, WakesAtItsTimeAndNoTickLater) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  timer_wheel wheel(wheel_start);
  std::deque<alarm> alarms(1'000);
  for (alarm& each : alarms)
    wheel.set(each, wheel_start + milliseconds(random() % 300'000)); // several turns of the ring
  for (milliseconds at{0}; at <= milliseconds(300'200); at += milliseconds(1 + random() % 50))
    wheel.advance(wheel_start + at);
  wheel.advance(wheel_start + milliseconds(300'300));
  for (const alarm& each : alarms) {
    ASSERT_EQ(each.woken.size(), 1u);
    EXPECT_GE(each.woken.front(), each.due());
    EXPECT_LE(each.woken.front() - each.due(), timer_wheel::tick + milliseconds(50));
  }
}

TEST(TimerWheel, HearsTheLastWord) {
  timer_wheel wheel(wheel_start);
  alarm a;
  wheel.set(a, wheel_start + milliseconds(100));
  wheel.set(a, wheel_start + milliseconds(500));
  wheel.advance(wheel_start + milliseconds(400));
  EXPECT_TRUE(a.woken.empty());
  wheel.advance(wheel_start + milliseconds(700));
  EXPECT_EQ(a.woken.size(), 1u);
}

TEST(TimerWheel, ForgetsWhoIsGone) {
  timer_wheel wheel(wheel_start);
  {
    alarm a;
    wheel.set(a, wheel_start + milliseconds(100));
  }
  wheel.advance(wheel_start + milliseconds(1'000));
}

struct nagging final : timed {
  explicit nagging(timer_wheel& w) : wheel(w) {}
  void on_time(time_point now) override {
    ++times;
    wheel.set(*this, now);
  }
  timer_wheel& wheel;
  int times = 0;
};

TEST(TimerWheel, LetsTheWokenSetThemselvesAgain) {
  timer_wheel wheel(wheel_start);
  nagging n(wheel);
  wheel.set(n, wheel_start);
  for (milliseconds at{0}; at <= milliseconds(1'000); at += timer_wheel::tick) wheel.advance(wheel_start + at);
  EXPECT_GE(n.times, 5);
  EXPECT_LE(n.times, 10);
}

} // namespace
} // namespace palabre::http::realtime

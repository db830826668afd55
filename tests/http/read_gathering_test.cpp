#include "http/read_gathering.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace palabre::http {
namespace {

using namespace std::chrono_literals;
using gathering = read_gathering<int>; // callers are numbers
using time_point = gathering::time_point;

constexpr auto second = 1'000ms;
const time_point gathering_start{1h};

reader number(std::uint8_t n) {
  reader r;
  r.user.bytes[15] = r.room.bytes[14] = n;
  return r;
}

class ReadGathering : public ::testing::Test {
protected:
  gathering::entered enter(stream_version seq, int caller, std::chrono::milliseconds at = 0ms) {
    return places_.enter(who_, {seq, "request " + std::to_string(caller)}, caller, gathering_start + at);
  }
  static bool waits(const gathering::entered& came) { return !came.takes_off && !came.covered && !came.refused; }
  using callers = std::vector<int>;

  reader who_ = number(1);
  gathering places_{second};
};

TEST_F(ReadGathering, LetsALoneAdvanceGoAtOnce) {
  const auto came = enter(5, 1);
  ASSERT_TRUE(came.takes_off);
  EXPECT_EQ(came.takes_off->seq, 5u);
  EXPECT_EQ(came.takes_off->correlation, "request 1");
  const auto done = places_.land(who_, position{70}, gathering_start + 5ms);
  EXPECT_EQ(done.callers, callers{1});
  EXPECT_FALSE(done.next_due);
  EXPECT_TRUE(enter(6, 2, 5ms + second).takes_off) << "the second is over";
}

TEST_F(ReadGathering, GathersWhatComesInFlightAndBehindIt) {
  enter(5, 1);
  EXPECT_TRUE(waits(enter(7, 2, 1ms)));
  EXPECT_TRUE(waits(enter(9, 3, 2ms)));
  EXPECT_TRUE(waits(enter(4, 4, 3ms))); // lower than what is in flight: with it
  EXPECT_TRUE(waits(enter(6, 5, 4ms)));
  const auto first = places_.land(who_, position{70}, gathering_start + 10ms);
  EXPECT_EQ(first.callers, (callers{1, 4}));
  ASSERT_TRUE(first.next_due);
  EXPECT_EQ(*first.next_due, gathering_start + 10ms + second);
  EXPECT_EQ(*first.waker, 2);
  EXPECT_TRUE(waits(enter(8, 6, 500ms)));
  const auto next = places_.take_off(who_);
  EXPECT_EQ(next.seq, 9u);
  EXPECT_EQ(next.correlation, "request 3") << "of who wants the highest";
  EXPECT_TRUE(waits(enter(9, 7, 1'011ms))) << "covered by what is in flight";
  const auto second_landing = places_.land(who_, position{80}, gathering_start + 1'020ms);
  EXPECT_EQ(second_landing.callers, (callers{2, 3, 5, 6, 7}));
  EXPECT_FALSE(second_landing.next_due);
}

TEST_F(ReadGathering, MakesTheNextWaitForTheRestOfTheSecond) {
  enter(5, 1);
  places_.land(who_, position{70}, gathering_start + 10ms);
  const auto came = enter(6, 2, 300ms);
  EXPECT_TRUE(waits(came));
  // Nothing is in flight that could wake it: whoever comes is told when to come back.
  EXPECT_EQ(came.wake_at, gathering_start + 10ms + second);
  const auto other = enter(7, 3, 400ms);
  EXPECT_TRUE(waits(other));
  EXPECT_FALSE(other.wake_at) << "one wakes for all";
  EXPECT_EQ(places_.take_off(who_).seq, 7u);
  EXPECT_EQ(places_.land(who_, position{80}, gathering_start + 1'020ms).callers, (callers{2, 3}));
}

TEST_F(ReadGathering, AnswersAtOnceWhatIsCoveredAlready) {
  enter(5, 1);
  places_.land(who_, position{70}, gathering_start + 10ms);
  const auto came = enter(5, 2, 20ms);
  ASSERT_TRUE(came.covered);
  EXPECT_EQ(*came.covered, position{70});
}

TEST_F(ReadGathering, CoversNothingByAFlightThatFailed) {
  enter(5, 1);
  enter(7, 2, 1ms);
  const auto failed = places_.land(who_, error{errc::unavailable, "stopped"}, gathering_start + 10ms);
  EXPECT_EQ(failed.callers, callers{1});
  ASSERT_TRUE(failed.next_due) << "the others may be luckier";
  EXPECT_TRUE(waits(enter(5, 3, 20ms)));
  EXPECT_EQ(places_.take_off(who_).seq, 7u);
  EXPECT_EQ(places_.land(who_, position{80}, gathering_start + 1'020ms).callers, (callers{2, 3}));
}

TEST_F(ReadGathering, KeepsPlacesApart) {
  EXPECT_TRUE(enter(5, 1).takes_off);
  reader same_user = number(1), same_room = number(1);
  same_user.room = number(2).room;
  same_room.user = number(2).user;
  EXPECT_TRUE(places_.enter(same_user, {5, ""}, 2, gathering_start).takes_off);
  EXPECT_TRUE(places_.enter(same_room, {5, ""}, 3, gathering_start).takes_off);
}

TEST_F(ReadGathering, ForgetsWhoeverRested) {
  for (std::uint8_t n = 1; n <= 100; ++n) {
    places_.enter(number(n), {5, ""}, n, gathering_start);
    places_.land(number(n), position{n}, gathering_start + std::chrono::milliseconds(n));
  }
  EXPECT_EQ(places_.readers(), 100u);
  places_.enter(number(200), {5, ""}, 200, gathering_start + second + 50ms);
  EXPECT_EQ(places_.readers(), 51u);
}

TEST_F(ReadGathering, RefusesBeyondItsBound) {
  enter(1, 0);
  for (std::size_t n = 1; n < limits::read_callers_max; ++n) EXPECT_TRUE(waits(enter(n + 1, static_cast<int>(n))));
  const auto refused = enter(5, -1);
  ASSERT_TRUE(refused.refused);
  EXPECT_EQ(refused.refused->code, errc::overloaded);
}

TEST_F(ReadGathering, GivesUpEveryoneOnce) {
  enter(5, 1);
  enter(6, 2);
  places_.enter(number(2), {5, ""}, 3, gathering_start);
  auto left = places_.abandon();
  std::sort(left.begin(), left.end());
  EXPECT_EQ(left, (callers{1, 2, 3}));
  EXPECT_TRUE(places_.abandon().empty());
}

/// A crowd on few places, in virtual time, with flights that take long or fail.
TEST_F(ReadGathering, AnswersEveryoneOnceAndSendsOnceASecond) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::map<int, std::pair<reader, stream_version>> waiting;
  std::multimap<time_point, std::pair<reader, bool>> to_come; // landings and take-offs
  std::map<std::uint8_t, time_point> landed;
  std::map<std::uint8_t, stream_version> flying;
  const auto fly = [&](const reader& who, const gathering::flight& what, time_point now) {
    const auto before = landed.find(who.user.bytes[15]);
    if (before != landed.end()) {
      EXPECT_GE(now, before->second + second);
    }
    flying[who.user.bytes[15]] = what.seq;
    to_come.emplace(now + std::chrono::milliseconds(random() % 300), std::pair{who, true});
  };
  int callers_made = 0;
  time_point now = gathering_start;
  for (; callers_made < 5'000 || !to_come.empty(); now += 1ms) {
    for (; !to_come.empty() && to_come.begin()->first <= now; to_come.erase(to_come.begin())) {
      const auto [who, lands] = to_come.begin()->second;
      if (!lands) {
        fly(who, places_.take_off(who), now);
        continue;
      }
      landed[who.user.bytes[15]] = now;
      const bool fails = random() % 10 == 0;
      const auto with = fails ? result<position>(error{errc::overloaded, ""}) : result<position>(position{1});
      const auto done = places_.land(who, with, now);
      for (const int caller : done.callers) {
        EXPECT_LE(waiting.at(caller).second, flying[who.user.bytes[15]]);
        EXPECT_EQ(waiting.at(caller).first, who);
        waiting.erase(caller);
      }
      if (done.next_due) to_come.emplace(*done.next_due, std::pair{who, false});
    }
    for (std::uint64_t n = random() % 3; n > 0 && callers_made < 5'000; --n) {
      const reader who = number(static_cast<std::uint8_t>(random() % 8));
      const stream_version seq = 1 + random() % 1'000;
      const int caller = callers_made++;
      const auto came = places_.enter(who, {seq, ""}, caller, now);
      if (!came.covered && !came.refused) waiting.emplace(caller, std::pair{who, seq});
      if (came.takes_off) fly(who, *came.takes_off, now);
      if (came.wake_at) to_come.emplace(*came.wake_at, std::pair{who, false});
    }
  }
  EXPECT_TRUE(waiting.empty());
}

} // namespace
} // namespace palabre::http

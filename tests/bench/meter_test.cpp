#include "bench/load/loop.hpp"
#include "bench/measuring/meter.hpp"

#include <gtest/gtest.h>

namespace palabre::bench {
namespace {

TEST(Meter, CountsWhatWasDueWithinTheTimeHoweverLateItCame) {
  meter m({"wait"});
  m.took(0, 5, 90); // before the beginning
  m.begin(100);
  m.took(0, 50, 150); // of the warm-up
  m.took(0, 110, 160);
  m.took(0, 190, 250);
  m.end(200);
  m.took(0, 195, 5'195); // held up by a stall at the end
  m.took(0, 201, 300);   // due afterwards
  run done;
  m.fill(done);
  EXPECT_EQ(done.latencies.at(0).times_ns.count(), 3u);
  EXPECT_EQ(done.latencies.at(0).times_ns.max(), 5'000u);
}

TEST(Meter, CountsOperationsWithinTheTime) {
  meter m({});
  m.operation();
  m.begin(0);
  m.operation();
  m.operations(2);
  m.end(1'000'000'000);
  m.operation();
  EXPECT_EQ(m.operations(), 3u);
  EXPECT_EQ(m.seconds(), 1);
}

TEST(Loop, TellsAStallAsManyTimesAsItsTimerWasLate) {
  loop work;
  const auto start = work.tick();
  bool stalled = false;
  work.run_until(start + 60'000'000, [&] {
    // Past the first beats: what stalls is the caller, for 40 of them.
    if (!stalled && work.now_ns() - start > 5'000'000)
      for (stalled = true; work.tick() < start + 45'000'000;) {
      }
    return false;
  });
  const histogram lag = work.take_lag();
  EXPECT_GE(lag.count(), 40u);
  EXPECT_GE(lag.at(0.5), 1'000'000u); // half of all beats were late, not one in forty
}

} // namespace
} // namespace palabre::bench

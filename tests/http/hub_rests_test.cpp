#include "http/realtime/hub_rests.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace palabre::http::realtime {
namespace {

using namespace std::chrono_literals;
using duration = hub_rests::duration;

TEST(HubRests, LastAsLongAsTheRoundTookAndLongerWhereMoreCame) {
  struct row {
    duration cost;
    std::size_t batches;
    bool more_came;
    duration rest;
  };
  const std::vector<row> table{
      {3ms, 1, false, 0ms},   // a message after a pause
      {150us, 7, false, 0ms}, // cheap
      {99us, 1, true, 0ms},   {100us, 1, true, 200us}, {3ms, 2, false, 3ms},
      {50ms, 2, false, 5ms},  {3ms, 1, true, 6ms},     {50ms, 9, true, 10ms},
  };
  for (const row& each : table)
    EXPECT_EQ(hub_rests::after(each.cost, each.batches, each.more_came), each.rest)
        << each.cost.count() << " ns, " << each.batches << " batches";
}

TEST(HubRests, GoOnWhereTheThreadIsPressedUntilNothingComes) {
  struct row {
    double demand;
    duration first, rested, quiet, longer;
  };
  const std::vector<row> table{
      {0.0, 8ms, 8ms, 0ms, 0ms},       {0.5, 8ms, 8ms, 0ms, 0ms}, // not pressed
      {1.0, 8ms, 8ms, 0ms, 4ms},       {1.0, 8ms, 8ms, 3999us, 4ms},
      {1.0, 8ms, 8ms, 4ms, 0ms}, // nothing came
      {1.0, 8ms, 36ms, 1ms, 4ms},      {1.0, 8ms, 39ms, 1ms, 1ms},
      {1.0, 8ms, 40ms, 1ms, 0ms}, // the bound
      {1.0, 8ms, 39'900us, 1ms, 0ms},  {0.75, 8ms, 19ms, 1ms, 1ms},
      {0.75, 8ms, 20ms, 1ms, 0ms},     // nor less than a timer
      {1.0, 300us, 300us, 0ms, 200us}, // half of it would be less than a timer
  };
  for (const row& each : table)
    EXPECT_EQ(hub_rests::longer(each.demand, each.first, each.rested, each.quiet), each.longer)
        << "demand " << each.demand << ", rested " << each.rested.count() << " ns, quiet " << each.quiet.count();
}

} // namespace
} // namespace palabre::http::realtime

#include "base/core_demand.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

namespace palabre {
namespace {

using std::chrono::steady_clock;

TEST(CoreDemand, IsNothingUntilItsFirstWindowIsOver) {
  core_demand demand;
  const auto now = steady_clock::now();
  EXPECT_EQ(demand.look(now).wanted, 0);
  EXPECT_EQ(demand.look(now + core_demand::window / 2).wanted, 0);
}

TEST(CoreDemand, GrowsWithWorkAndShrinksWithRest) {
  core_demand demand;
  const bool is_told = std::filesystem::exists("/proc/thread-self/schedstat"); // else it stays nothing
  const int windows_max = is_told ? 400 : 4;
  const auto goes_to = [&](bool more, auto spend) {
    for (int windows = 0; windows < windows_max; ++windows) {
      const auto end = steady_clock::now() + core_demand::window;
      spend(end);
      const double share = demand.look(steady_clock::now()).wanted;
      if (more ? share > 0.5 : share < 0.5) return true;
    }
    return false;
  };
  EXPECT_EQ(is_told, goes_to(true, [](auto end) {
              while (steady_clock::now() < end) {
              }
            }));
  std::mutex mutex;
  std::condition_variable never;
  EXPECT_TRUE(goes_to(false, [&](auto end) {
    std::unique_lock lock(mutex);
    while (never.wait_until(lock, end) == std::cv_status::no_timeout) {
    }
  }));
}

} // namespace
} // namespace palabre

#include "base/ordered_work.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <vector>

namespace palabre {
namespace {

TEST(OrderedWork, TakesEveryPartOnceAndInOrderWhateverTheThreads) {
  for (const std::size_t threads : {1u, 2u, 5u})
    for (const std::uint64_t parts : {0u, 1u, 2u, 3u, 1'000u}) {
      std::vector<std::uint64_t> slots(threads + 1), taken;
      work_in_order(
          threads, slots.size(), parts, [&](std::uint64_t part, std::size_t slot) { slots[slot] = part * part; },
          [&](std::uint64_t part, std::size_t slot) {
            EXPECT_EQ(slots[slot], part * part);
            taken.push_back(part);
            return true;
          });
      std::vector<std::uint64_t> all(parts);
      std::iota(all.begin(), all.end(), 0);
      EXPECT_EQ(taken, all) << threads << " threads";
    }
}

TEST(OrderedWork, EndsWhereTheTakerEndsIt) {
  std::atomic<std::uint64_t> made = 0;
  std::uint64_t taken = 0;
  work_in_order(
      2, 4, 1'000'000, [&](std::uint64_t, std::size_t) { ++made; },
      [&](std::uint64_t, std::size_t) { return ++taken < 10; });
  EXPECT_EQ(taken, 10u);
  EXPECT_LE(made, 10u + 4u);
}

TEST(OrderedWork, IsNeverAheadByMoreThanItsSlots) {
  std::atomic<std::uint64_t> taken = 0;
  std::atomic<bool> is_ahead = false;
  work_in_order(
      3, 4, 2'000, [&](std::uint64_t part, std::size_t) { is_ahead = is_ahead || part >= taken + 5; },
      [&](std::uint64_t, std::size_t) { return ++taken > 0; });
  EXPECT_FALSE(is_ahead);
}

} // namespace
} // namespace palabre

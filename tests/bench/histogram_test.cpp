#include "bench/measuring/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace palabre::bench {
namespace {

constexpr double parts[]{0, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1};

/// Over all sizes that can be told apart, small ones as often as large ones.
std::vector<std::uint64_t> random_values(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> power(0, 42);
  std::vector<std::uint64_t> values(count);
  for (auto& value : values)
    value = std::min(static_cast<std::uint64_t>(std::exp2(power(random))), histogram::value_max);
  return values;
}

histogram of(const std::vector<std::uint64_t>& values) {
  histogram filled;
  for (const auto value : values) filled.add(value);
  return filled;
}

std::uint64_t naive(const std::vector<std::uint64_t>& sorted, double part) {
  const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

TEST(Histogram, IsEmptyAtFirst) {
  const histogram empty;
  EXPECT_EQ(empty.count(), 0u);
  EXPECT_EQ(empty.min(), 0u);
  EXPECT_EQ(empty.max(), 0u);
  EXPECT_EQ(empty.at(0.5), 0u);
  EXPECT_EQ(empty.mean(), 0);
  EXPECT_TRUE(empty.buckets().empty());
}

TEST(Histogram, TellsEachPercentileAtMost0_8PercentAboveTheTrueOneAndNeverBelow) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    auto values = random_values(seed, 1 + seed * 997);
    const auto filled = of(values);
    std::ranges::sort(values);
    for (const double part : parts) {
      const auto truth = naive(values, part);
      EXPECT_GE(filled.at(part), truth) << part;
      EXPECT_LE(static_cast<double>(filled.at(part)), 1.008 * static_cast<double>(truth)) << part;
    }
  }
}

TEST(Histogram, KnowsMinMaxMeanAndCountExactly) {
  const auto values = random_values(7, 5'000);
  const auto filled = of(values);
  EXPECT_EQ(filled.min(), std::ranges::min(values));
  EXPECT_EQ(filled.max(), std::ranges::max(values));
  EXPECT_EQ(filled.at(1), std::ranges::max(values));
  EXPECT_EQ(filled.count(), values.size());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  EXPECT_NEAR(filled.mean() / (sum / static_cast<double>(values.size())), 1, 1e-12);
}

TEST(Histogram, IsExactBelow128) {
  for (std::uint64_t value = 0; value < 128; ++value) {
    histogram two;
    two.add(value);
    two.add(histogram::value_max); // else max() would cut the bucket
    EXPECT_EQ(two.at(0.5), value);
  }
}

TEST(Histogram, CountsWhatIsTooLargeAsItsLargest) {
  histogram one;
  one.add(~std::uint64_t{0});
  EXPECT_EQ(one.max(), histogram::value_max);
  EXPECT_EQ(one.at(0.5), histogram::value_max);
}

TEST(Histogram, MergedIsTheSameAsOneOfAllValues) {
  const auto first = random_values(1, 3'000), second = random_values(2, 500);
  auto all = first;
  all.insert(all.end(), second.begin(), second.end());
  auto merged = of(first);
  merged.add(of(second));
  merged.add(histogram());
  const auto whole = of(all);
  EXPECT_EQ(merged.count(), whole.count());
  EXPECT_EQ(merged.min(), whole.min());
  EXPECT_EQ(merged.max(), whole.max());
  EXPECT_NEAR(merged.mean() / whole.mean(), 1, 1e-12);
  for (const double part : parts) EXPECT_EQ(merged.at(part), whole.at(part)) << part;
}

TEST(Histogram, CountsAValueManyTimes) {
  histogram filled;
  filled.add(10, 99);
  filled.add(1'000'000);
  filled.add(5, 0);
  EXPECT_EQ(filled.count(), 100u);
  EXPECT_EQ(filled.min(), 10u);
  EXPECT_EQ(filled.at(0.99), 10u);
  EXPECT_EQ(filled.at(0.995), 1'000'000u);
}

TEST(Histogram, IsRestoredFromItsBuckets) {
  const auto whole = of(random_values(3, 2'000));
  const auto again = histogram::restored(whole.buckets(), whole.min(), whole.max(), whole.mean());
  EXPECT_EQ(again.count(), whole.count());
  EXPECT_EQ(again.min(), whole.min());
  EXPECT_EQ(again.max(), whole.max());
  EXPECT_DOUBLE_EQ(again.mean(), whole.mean());
  for (const double part : parts) EXPECT_EQ(again.at(part), whole.at(part)) << part;
  EXPECT_EQ(histogram::restored({}, 0, 0, 0).min(), 0u);
}

TEST(Histogram, IsEmptyAgainAfterClear) {
  auto filled = of({1, 2, 3});
  filled.clear();
  EXPECT_EQ(filled.count(), 0u);
  EXPECT_EQ(filled.max(), 0u);
}

} // namespace
} // namespace palabre::bench

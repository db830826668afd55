#include "bench/report/pairs.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

namespace palabre::bench {
namespace {

using cost_pairs = std::vector<std::pair<double, double>>;

constexpr double noise = 0.05; ///< of each cost, so that a ratio has 7 %

/// Two programs of which the second costs `factor` of the first.
cost_pairs measured(double factor, std::size_t count, std::mt19937_64& random) {
  std::normal_distribution<double> around(1, noise);
  cost_pairs pairs;
  for (std::size_t i = 0; i < count; ++i) {
    const double first = 100 * around(random); // named: the order of evaluation would be the compiler's
    pairs.emplace_back(first, 100 * factor * around(random));
  }
  return pairs;
}

/// In which part of many judgements the verdict is this one.
double share_of(cost_verdict wanted, double factor, std::size_t pairs, std::uint64_t seed) {
  constexpr int simulations = 10'000; // a thousand would be a matter of luck by half a percent
  std::mt19937_64 random(seed);
  int found = 0;
  for (int i = 0; i < simulations; ++i) found += judge_pairs(measured(factor, pairs, random)).verdict == wanted;
  return static_cast<double>(found) / simulations;
}

TEST(Pairs, FindASlowdownOfTenPercentInTenPairs) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    EXPECT_GE(share_of(cost_verdict::slower, 1.1, 10, seed), 0.95);
    EXPECT_GE(share_of(cost_verdict::faster, 1 / 1.1, 10, seed), 0.95);
  }
}

TEST(Pairs, SeldomTakeNoiseForADifference) {
  for (const std::size_t pairs : {6, 10, 12, 30}) {
    SCOPED_TRACE(std::to_string(pairs) + " pairs, seed 4");
    EXPECT_LE(share_of(cost_verdict::slower, 1, pairs, 4), 0.03);
    EXPECT_LE(share_of(cost_verdict::faster, 1, pairs, 4), 0.03);
  }
}

TEST(Pairs, HoldTheTruthIn95PercentOfTheirIntervals) {
  std::mt19937_64 random(5);
  int holds = 0;
  for (int i = 0; i < 4'000; ++i) {
    const auto ratio = judge_pairs(measured(1.2, 12, random));
    holds += ratio.lowest <= 1.2 && 1.2 <= ratio.highest;
  }
  EXPECT_GE(holds, 0.94 * 4'000) << "seed 5";
}

TEST(Pairs, StandOneWildPairInTwelve) {
  std::mt19937_64 random(6);
  auto pairs = measured(1.15, 12, random);
  pairs[3].first *= 50; // A met a stall: taken by itself it says that B is faster
  const auto ratio = judge_pairs(pairs);
  EXPECT_EQ(ratio.verdict, cost_verdict::slower) << "seed 6";
  EXPECT_NEAR(ratio.estimate, 1.15, 0.06);
}

TEST(Pairs, SayNothingOfADifferenceBelowTheThreshold) {
  const cost_pairs steady(10, {100, 102});
  EXPECT_EQ(judge_pairs(steady).verdict, cost_verdict::no_difference);
  EXPECT_GT(judge_pairs(steady).lowest, 1); // though it is certain
  EXPECT_EQ(judge_pairs(steady, 0.01).verdict, cost_verdict::slower);
}

TEST(Pairs, AreJudgedAlikeInBothDirections) {
  std::mt19937_64 random(8);
  const auto there = measured(1.3, 11, random);
  cost_pairs back;
  for (const auto& [a, b] : there) back.emplace_back(b, a);
  const auto ratio = judge_pairs(there), reverse = judge_pairs(back);
  EXPECT_EQ(ratio.verdict, cost_verdict::slower);
  EXPECT_EQ(reverse.verdict, cost_verdict::faster);
  EXPECT_NEAR(ratio.estimate * reverse.estimate, 1, 1e-9);
  EXPECT_NEAR(ratio.lowest * reverse.highest, 1, 1e-9);
}

TEST(Pairs, HaveTheIntervalOfThePrintedTables) {
  // n = 10: tables of the signed rank test give 8, so the interval goes from the 9th to the 47th of 55 averages. With
  // logs 1, 2, 4, … 512 all averages differ.
  cost_pairs pairs;
  std::vector<double> averages;
  for (int i = 0; i < 10; ++i) {
    pairs.emplace_back(1, std::exp(std::exp2(i) / 100));
    for (int j = 0; j <= i; ++j) averages.push_back((std::exp2(i) + std::exp2(j)) / 200);
  }
  std::ranges::sort(averages);
  const auto ratio = judge_pairs(pairs);
  EXPECT_NEAR(std::log(ratio.lowest), averages[8], 1e-9);
  EXPECT_NEAR(std::log(ratio.highest), averages[46], 1e-9);
  EXPECT_NEAR(std::log(ratio.estimate), averages[27], 1e-9);
}

TEST(Pairs, GiveNoVerdictIfTheyAreTooFew) {
  const cost_pairs five(5, {100, 200});
  const auto ratio = judge_pairs(five);
  EXPECT_EQ(ratio.verdict, cost_verdict::no_difference);
  EXPECT_EQ(ratio.lowest, 0);
  EXPECT_TRUE(std::isinf(ratio.highest));
  EXPECT_NEAR(ratio.estimate, 2, 1e-9);
  EXPECT_THAT(in_words(ratio), testing::HasSubstr("too few pairs"));
  EXPECT_EQ(judge_pairs({}).verdict, cost_verdict::no_difference);
  EXPECT_EQ(judge_pairs(cost_pairs(6, {100, 200})).verdict, cost_verdict::slower);
}

TEST(Pairs, AreToldInWords) {
  EXPECT_EQ(in_words(judge_pairs(cost_pairs(6, {100, 110}))), "B costs 1.100 of A (1.100 … 1.100, 95 %): slower");
}

} // namespace
} // namespace palabre::bench

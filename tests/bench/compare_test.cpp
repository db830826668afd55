#include "bench/report/compare.hpp"

#include "made_result.hpp"

#include <gmock/gmock.h>

namespace palabre::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A result with one figure, as its runs found it.
result with(const std::vector<double>& values, better direction = better::lower) {
  result r;
  r.scenario = "fanout";
  r.parameters = {{"rooms", "100"}};
  for (const double value : values) {
    r.runs.emplace_back();
    r.runs.back().figures = {{"cost", "µs", direction, value}};
  }
  return r;
}

comparison compared(const result& a, const result& b) {
  auto c = compare_files(a, b);
  EXPECT_TRUE(c) << c.error().context;
  return c.value();
}

TEST(Compare, TellsWorseAndBetterByTheDirection) {
  const auto worse = compared(with({100, 101, 102}), with({120, 121, 122}));
  ASSERT_EQ(worse.figures.size(), 1u);
  EXPECT_EQ(worse.figures[0].verdict, change::worse);
  EXPECT_NEAR(worse.figures[0].share, 0.198, 0.001);
  EXPECT_EQ(worse.exit_code(), 1);
  const auto better = compared(with({100, 101, 102}, better::higher), with({120, 121, 122}, better::higher));
  EXPECT_EQ(better.figures[0].verdict, change::better);
  EXPECT_EQ(better.exit_code(), 0);
}

TEST(Compare, CannotTellWhereTheRunsOverlap) {
  const auto c = compared(with({100, 110, 120}), with({115, 125, 135}));
  EXPECT_EQ(c.figures[0].verdict, change::cannot_tell);
  EXPECT_EQ(c.figures[0].reason, "the runs overlap");
  EXPECT_EQ(c.exit_code(), 2);
}

TEST(Compare, CannotTellWhereTheRunsDifferAsMuchAsTheFiles) {
  const auto c = compared(with({100, 101, 120}), with({121, 121, 140}));
  EXPECT_EQ(c.figures[0].verdict, change::cannot_tell);
  EXPECT_EQ(c.figures[0].reason, "the runs differ as much");
}

TEST(Compare, CallsTheSameWhatDiffersByNoMoreThanTheThreshold) {
  EXPECT_EQ(compared(with({100, 101, 102}), with({100, 101, 102})).figures[0].verdict,
            change::same); // overlaps, narrowly
  EXPECT_EQ(compared(with({100, 100, 100}), with({102, 102, 102})).figures[0].verdict, change::same);
  EXPECT_EQ(compared(with({100, 101, 102}), with({100, 101, 102})).exit_code(), 0);
  EXPECT_EQ(compare_files(with({100, 100, 100}), with({102, 102, 102}), 0.01).value().exit_code(), 1);
}

TEST(Compare, CannotTellFromFewRunsFailedOnesOrALimitedGenerator) {
  const auto good = with({100, 101, 102}), bad = with({200, 201, 202});
  auto failed = bad, limited = bad;
  failed.runs[1].failures = {"lost its way"};
  limited.runs[2].generator.limiting = true;
  EXPECT_EQ(compared(good, failed).figures[0].reason, "the second has failed runs");
  EXPECT_EQ(compared(limited, good).figures[0].reason, "the first met its generator's limit");
  EXPECT_EQ(compared(good, with({200, 201})).figures[0].reason, "the second has less than 3 runs");
  for (const auto& other : {failed, limited, with({200, 201}), with({})})
    EXPECT_EQ(compared(good, other).exit_code(), 2);
  EXPECT_EQ(compared(good, bad).exit_code(), 1);
}

TEST(Compare, LeavesOutFiguresWithoutADirection) {
  EXPECT_TRUE(compared(with({1, 1, 1}, better::neither), with({9, 9, 9}, better::neither)).figures.empty());
}

TEST(Compare, CannotTellOfAFigureThatOnlyOneHas) {
  auto other = with({100, 100, 100});
  for (auto& each : other.runs) each.figures[0].name = "price";
  EXPECT_EQ(compared(with({100, 100, 100}), other).figures[0].reason, "not in both");
}

TEST(Compare, JudgesP50AndP99OfLatencies) {
  const auto c = compared(made_result({.median_ms = 0.4}), made_result({.median_ms = 0.8, .seed = 2}));
  std::vector<std::string> worse;
  for (const auto& f : c.figures)
    if (f.verdict == change::worse) worse.push_back(f.name);
  EXPECT_THAT(worse, ElementsAre("intended start to ack, p50", "intended start to ack, p99",
                                 "intended start to delivery, p50", "intended start to delivery, p99"));
}

TEST(Compare, RefusesOtherScenariosAndParametersByName) {
  const auto a = with({1, 1, 1});
  auto scenario = a, parameter = a, more = a;
  scenario.scenario = "idle";
  parameter.parameters[0].second = "200";
  more.parameters.emplace_back("body", "128 bytes");
  const auto why = [&](const result& b) { return compare_files(a, b).error(); };
  EXPECT_EQ(why(scenario), (error{errc::invalid, ""}));
  EXPECT_EQ(why(scenario).context, "two scenarios: fanout and idle");
  EXPECT_EQ(why(parameter).context, "other parameters: rooms: \"100\" and \"200\"");
  EXPECT_EQ(why(more).context, "other parameters: body: absent and \"128 bytes\"");
}

TEST(Compare, WarnsOfAnotherEnvironment) {
  auto a = with({1, 1, 1}), b = a;
  a.environment = {{"processor", "old"}, {"kernel", "6.1"}, {"durability", "fdatasync"}, {"time", "noon"}};
  b.environment = {{"processor", "new"}, {"kernel", "6.1"}, {"time", "night"}, {"load before", "3"}};
  EXPECT_THAT(compared(a, b).warnings, ElementsAre("another environment: processor: \"old\" and \"new\"",
                                                   "another environment: durability: \"fdatasync\" and absent"));
}

TEST(Compare, IsToldAsText) {
  auto a = with({100, 101, 102}), b = with({120, 121, 122});
  a.target = "before\x1b[31m";
  b.environment = {{"kernel", "6.2"}};
  const auto text = to_text(compared(a, b), false);
  EXPECT_THAT(text, HasSubstr("+20 %   WORSE"));
  EXPECT_THAT(text, HasSubstr("101 [100 … 102]"));
  EXPECT_THAT(text, HasSubstr("WARNING another environment: kernel: absent and \"6.2\""));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

} // namespace
} // namespace palabre::bench

#include "bench/report/numbers.hpp"

#include "bench/report/axis.hpp"
#include "bench/report/spread.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace palabre::bench {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> labels_of(const axis& a) {
  std::vector<std::string> labels;
  for (const auto& t : a.ticks()) labels.push_back(t.label);
  return labels;
}

std::string plain(double value) {
  return grouped(value);
}

TEST(Numbers, HaveCommasBetweenThousands) {
  EXPECT_EQ(grouped(1'234'567.8, 1), "1,234,567.8");
  EXPECT_EQ(grouped(999, 0), "999");
  EXPECT_EQ(grouped(1'000, 0), "1,000");
  EXPECT_EQ(grouped(-1'000, 0), "−1,000");
  EXPECT_EQ(grouped(-0.001, 1), "0.0");
  EXPECT_EQ(grouped(std::nan(""), 0), "–");
}

TEST(Numbers, KeepAboutFourDigits) {
  EXPECT_EQ(grouped(25'431.7), "25,432");
  EXPECT_EQ(grouped(31.4159), "31.42");
  EXPECT_EQ(grouped(0.012346), "0.01235");
  EXPECT_EQ(grouped(5), "5");
  EXPECT_EQ(grouped(0), "0");
}

TEST(Numbers, OfTimesHaveTheUnitThatFits) {
  EXPECT_EQ(duration(0), "0 ns");
  EXPECT_EQ(duration(812), "812 ns");
  EXPECT_EQ(duration(999.6), "1.00 µs");
  EXPECT_EQ(duration(41'234), "41.2 µs");
  EXPECT_EQ(duration(412'345), "412 µs");
  EXPECT_EQ(duration(999'600), "1.00 ms");
  EXPECT_EQ(duration(12e9), "12.0 s");
  EXPECT_EQ(duration(std::nan("")), "–");
}

TEST(Numbers, OfSharesArePercent) {
  EXPECT_EQ(percent(0.62), "62 %");
  EXPECT_EQ(percent(0.024), "2.4 %");
  EXPECT_EQ(percent(0), "0 %");
  EXPECT_EQ(change_in_percent(0.024), "+2.4 %");
  EXPECT_EQ(change_in_percent(-0.17), "−17 %");
  EXPECT_EQ(change_in_percent(0.00001), "0.0 %");
}

TEST(Spread, IsMedianAndExtremes) {
  const auto s = spread_of({4, 1, std::nan(""), 2, 3});
  EXPECT_EQ(s.median, 2.5);
  EXPECT_EQ(s.lowest, 1);
  EXPECT_EQ(s.highest, 4);
  EXPECT_EQ(s.runs, 4u);
  EXPECT_EQ(spread_of({}).runs, 0u);
  EXPECT_TRUE(std::isnan(spread_of({}).median));
}

TEST(Axis, HasRoundNumbers) {
  EXPECT_THAT(labels_of(axis::linear(26'000, plain)), ElementsAre("0", "10,000", "20,000", "30,000"));
  EXPECT_THAT(labels_of(axis::logarithmic(0.3, 30, plain)),
              ElementsAre("0.2000", "0.5000", "1", "2", "5", "10", "20", "50"));
  EXPECT_THAT(labels_of(axis::logarithmic(1, 1e5, plain)), ElementsAre("1", "10", "100", "1,000", "10,000", "100,000"));
  EXPECT_THAT(labels_of(axis::percentiles(20'000)), ElementsAre("0 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %"));
}

TEST(Axis, HasAPlaceForValuesBetweenItsEnds) {
  const auto powers = axis::logarithmic(1, 100, plain);
  EXPECT_NEAR(powers.place(10), 0.5, 1e-9);
  EXPECT_EQ(powers.place(1e9), 1);
  EXPECT_TRUE(std::isnan(powers.place(0)));
  EXPECT_NEAR(axis::linear(10, plain).place(2.5), 0.25, 1e-9);
}

TEST(Axis, StandsWhateverAFileHolds) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double value : {0.0, 1.0, 7.3, -1.0, 1e12, 1e-323, 1e308, infinity, -infinity, std::nan("")}) {
    EXPECT_GE(axis::linear(value, plain).ticks().size(), 2u) << value;
    EXPECT_GE(axis::percentiles(value).ticks().size(), 2u) << value;
    for (const double lowest : {value, 0.0, -1.0, infinity, 1e-323}) {
      const auto ticks = axis::logarithmic(lowest, value, plain).ticks().size();
      EXPECT_TRUE(ticks >= 2 && ticks <= 20) << lowest << " to " << value << ": " << ticks;
    }
  }
}

} // namespace
} // namespace palabre::bench

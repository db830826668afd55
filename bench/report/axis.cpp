#include "bench/report/axis.hpp"

#include "bench/report/numbers.hpp"

#include <algorithm>
#include <cmath>

namespace palabre::bench {
namespace {

/// 1, 2 or 5 times a power of ten, so that about five of them fill the span.
double round_step(double span) {
  const double rough = span / 5, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (rough <= factor * power * 1.0001) return factor * power;
  return 10 * power;
}

/// Whether steps of such a size are numbers still: a file may hold anything.
bool is_drawable(double highest) {
  return std::isfinite(highest) && highest > 1e-100 && highest < 1e100;
}

} // namespace

axis axis::linear(double highest, label of) {
  if (!is_drawable(highest)) highest = 1;
  const double step = round_step(highest), last = std::ceil(highest / step - 1e-9);
  axis made(0, last * step, false);
  for (double i = 0; i <= last; ++i) made.ticks_.push_back({i * step, of(i * step)});
  return made;
}

axis axis::logarithmic(double lowest, double highest, label of) {
  if (!is_drawable(highest) || !(lowest <= highest)) lowest = 1, highest = 10;
  lowest = std::max(lowest, highest * 1e-12);
  const double decades = std::log10(highest / lowest);
  // the ends are the nearest of 1, 2 and 5 times a power of ten outside
  std::vector<double> steps;
  for (double power = std::pow(10, std::floor(std::log10(lowest))); power <= highest * 10; power *= 10)
    for (const double factor : {1.0, 2.0, 5.0}) steps.push_back(factor * power);
  const auto first = std::find_if(steps.rbegin(), steps.rend(), [&](double s) { return s <= lowest * 1.0001; });
  const auto last = std::ranges::find_if(steps, [&](double s) { return s >= highest * 0.9999 && s > *first * 1.5; });
  axis made(*first, *last, true);
  for (const double step : steps) {
    const bool is_power = std::abs(std::log10(step) - std::round(std::log10(step))) < 1e-6;
    if (step >= *first && step <= *last && (is_power || decades < 2.5)) made.ticks_.push_back({step, of(step)});
  }
  return made;
}

axis axis::percentiles(double highest) {
  if (!std::isfinite(highest)) highest = 100;
  axis made(1, std::clamp(highest, 1e2, 1e9), true);
  made.ticks_ = {{1, "0 %"}, {2, "50 %"}, {10, "90 %"}, {100, "99 %"}};
  std::string nines = "99.";
  for (double value = 1'000; value <= made.to_ * 1.0001; value *= 10)
    made.ticks_.push_back({value, (nines += '9') + " %"});
  return made;
}

double axis::place(double value) const {
  if (by_powers_ && !(value > 0)) return std::nan("");
  const double at = by_powers_ ? std::log(value / from_) / std::log(to_ / from_) : (value - from_) / (to_ - from_);
  return std::clamp(at, 0.0, 1.0); // keeps NaN
}

} // namespace palabre::bench

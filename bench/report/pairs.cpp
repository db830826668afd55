#include "bench/report/pairs.hpp"

#include "base/assert.hpp"
#include "bench/report/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace palabre::bench {
namespace {

/// The means of all pairs of values, each with itself too: what the rank sum counts.
std::vector<double> sorted_walsh_averages(const std::vector<double>& values) {
  std::vector<double> averages;
  averages.reserve(values.size() * (values.size() + 1) / 2);
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t j = i; j < values.size(); ++j) averages.push_back((values[i] + values[j]) / 2);
  std::ranges::sort(averages);
  return averages;
}

/// How many averages to leave out at each end for 95 %: the greatest k with P(rank sum < k) ≤ 2.5 % if nothing differs.
/// The rank sum is that of every rank 1..n, taken or not by the toss of a coin.
std::size_t left_out_at_each_end(std::size_t n) {
  std::vector<double> probability(n * (n + 1) / 2 + 1, 0);
  probability[0] = 1;
  for (std::size_t rank = 1, top = 0; rank <= n; top += rank, ++rank) {
    for (std::size_t sum = top + rank + 1; sum-- > rank;)
      probability[sum] = (probability[sum] + probability[sum - rank]) / 2;
    for (std::size_t sum = 0; sum < rank; ++sum) probability[sum] /= 2;
  }
  double below = 0;
  std::size_t k = 0;
  while ((below += probability[k]) <= 0.025) ++k;
  return k;
}

double median_of_sorted(const std::vector<double>& values) {
  const auto middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

cost_verdict verdict_of(const cost_ratio& ratio, double threshold) {
  if (ratio.lowest > 1 && ratio.estimate > 1 + threshold) return cost_verdict::slower;
  if (ratio.highest < 1 && ratio.estimate < 1 / (1 + threshold)) return cost_verdict::faster;
  return cost_verdict::no_difference;
}

} // namespace

cost_ratio judge_pairs(const std::vector<std::pair<double, double>>& a_b_cost, double threshold) {
  cost_ratio ratio{1, 0, std::numeric_limits<double>::infinity(), cost_verdict::no_difference};
  if (a_b_cost.empty()) return ratio;
  std::vector<double> logs;
  for (const auto& [a, b] : a_b_cost) {
    PALABRE_ASSERT(a > 0 && b > 0);
    logs.push_back(std::log(b / a));
  }
  const auto averages = sorted_walsh_averages(logs);
  ratio.estimate = std::exp(median_of_sorted(averages));
  if (logs.size() < pairs_min) return ratio;
  const auto k = left_out_at_each_end(logs.size());
  ratio.lowest = std::exp(averages[k - 1]);
  ratio.highest = std::exp(averages[averages.size() - k]);
  ratio.verdict = verdict_of(ratio, threshold);
  return ratio;
}

std::string in_words(const cost_ratio& ratio) {
  const char* verdict = ratio.verdict == cost_verdict::slower   ? "slower"
                        : ratio.verdict == cost_verdict::faster ? "faster"
                                                                : "no difference shown";
  const bool unknown = !std::isfinite(ratio.highest);
  const auto interval = unknown ? "too few pairs for an interval"
                                : grouped(ratio.lowest, 3) + " … " + grouped(ratio.highest, 3) + ", 95 %";
  return "B costs " + grouped(ratio.estimate, 3) + " of A (" + interval + "): " + verdict;
}

} // namespace palabre::bench

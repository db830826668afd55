#pragma once
#include <string>
#include <utility>
#include <vector>

namespace palabre::bench {

enum class cost_verdict { slower, faster, no_difference };

/// What B costs for each unit that A costs.
struct cost_ratio {
  double estimate = 1;
  double lowest = 1, highest = 1; ///< 95 % confidence; 0 and infinity if there are too few pairs to say
  cost_verdict verdict = cost_verdict::no_difference;
};

constexpr std::size_t pairs_min = 6; ///< with 5 no interval of this kind holds 95 %

/// Judges two programs by the costs {A, B} of pairs of runs, the two of a pair measured right after each other, so that
/// what disturbs a machine for minutes falls out of their ratio.
///
/// The estimate is Hodges' and Lehmann's: the median of the means of all two log ratios; the interval is the one that
/// Wilcoxon's signed rank test does not refuse, exact for every number of pairs. Why not the mean and Student's t: a
/// single pair that met a stall moves a mean and widens its interval until nothing can be shown. Here the estimate
/// hardly moves, and from 12 pairs on the interval is bounded as well: take 12. On clean noise that costs the power of
/// half a pair in ten. Why not a bootstrap: with ten pairs its interval is too narrow and calls noise a difference.
///
/// "slower" only if the whole interval is above 1 and the estimate beyond `threshold` (0.03 = 3 %); "faster" likewise,
/// by the same ratio the other way round. Requires: all costs above 0.
cost_ratio judge_pairs(const std::vector<std::pair<double, double>>& a_b_cost, double threshold = 0.03);

/// As "B costs 1.043 of A (1.021 … 1.066, 95 %): slower".
std::string in_words(const cost_ratio& ratio);

} // namespace palabre::bench

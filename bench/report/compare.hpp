#pragma once
// Two files of the same scenario: what has changed, as far as their runs can tell. For a sharper answer measure both in
// pairs (pairs.hpp).

#include "base/result.hpp"
#include "bench/report/spread.hpp"

namespace palabre::bench {

constexpr double change_threshold = 0.03;    ///< what is less is not worth a verdict
constexpr std::size_t compared_runs_min = 3; ///< two runs say too little about how far a third may lie

enum class change { better, worse, same, cannot_tell };

struct compared_figure {
  std::string name, unit;
  spread before, after;
  double share = 0; ///< change of the median: 0.1 is 10 % more
  change verdict = change::cannot_tell;
  std::string reason; ///< why one cannot tell
};

struct comparison {
  std::string scenario;
  std::string before, after; ///< the targets
  std::vector<compared_figure> figures;
  std::vector<std::string> warnings; ///< of what makes the two hard to compare
  /// 1: something is worse; else 2: something cannot be told; else 0.
  int exit_code() const;
};

/// Compares each figure of the first that has a direction, and p50 and p99 of each latency. In this order:
///  - cannot tell: either file has failed runs, less than compared_runs_min runs, or met its generator's limit;
///  - same: no run of one is further than the threshold from any run of the other;
///  - cannot tell: the runs overlap, or those of one file differ among themselves as much as the medians do;
///  - same: the medians differ by no more than the threshold;
///  - better, worse.
/// Errors: `invalid`: another scenario or other parameters, by name.
palabre::result<comparison> compare_files(const result& a, const result& b, double threshold = change_threshold);

/// For a terminal, at most 100 columns wide.
std::string to_text(const comparison& c, bool colours);

} // namespace palabre::bench

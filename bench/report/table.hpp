#pragma once
#include "bench/measuring/result.hpp"

#include <string>

namespace palabre::bench {

/// A result for a terminal, at most 100 columns wide: what was asked and of whom; each figure as its median over the
/// runs and the extremes; percentiles of the latencies, each the median over the runs, with the lowest and the highest
/// run beneath; deliveries; what the generator did; failures, first and last; the machine in two lines.
std::string to_table(const result& r, bool colours);

} // namespace palabre::bench

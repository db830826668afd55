#pragma once
#include "bench/measuring/result.hpp"

namespace palabre::bench {

// Tables of a page, as HTML. Those of the charts say the same as the charts, to those who do not see them.

/// A row for each latency, a column for each percentile: the median over the runs and the extremes.
std::string latency_table(const result& r);
/// A row for each percentile, a column for each latency of each run.
std::string percentile_table(const result& r);
/// A row for each moment, a column for each run.
std::string throughput_table(const result& r);
std::string latency_timeline_table(const result& r);

} // namespace palabre::bench

#pragma once
#include "bench/measuring/result.hpp"
#include "bench/report/chart.hpp"

namespace palabre::bench {

/// The headline's rate over time, a line for each run.
chart throughput_chart(const result& r);
/// p50, p99 and the maximum of the first latency over time, on a scale of powers.
chart latency_chart(const result& r);
/// Which part of the operations took how long: each latency, each run.
chart percentile_chart(const result& r);

bool has_timeline(const result& r);
bool has_latency_timeline(const result& r);

} // namespace palabre::bench

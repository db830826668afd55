#pragma once
#include "bench/measuring/result.hpp"

#include <string>
#include <vector>

namespace palabre::bench {

/// One target asked many things, in Markdown: a row for each result, every figure as its median over the
/// runs, and p50 and p99 of each latency. What all results have in common, the machine first,
/// stands once beneath.
std::string overview_markdown(const std::vector<result>& all);

} // namespace palabre::bench

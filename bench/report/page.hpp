#pragma once
#include "bench/measuring/result.hpp"

#include <string>

namespace palabre::bench {

/// One HTML page without anything from elsewhere: for each result its headline large, all figures with their spread
/// over the runs, latencies, charts of every run with their numbers as tables, deliveries, what the generator did,
/// parameters and environment. With several results a table of contents comes first. Light or dark as the reader has
/// it; prints. Every text is escaped, wherever it came from.
std::string page(const std::vector<result>& results);

} // namespace palabre::bench

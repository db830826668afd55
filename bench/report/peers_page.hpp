#pragma once
#include "bench/measuring/result.hpp"

#include <string>

namespace palabre::bench {

/// Several targets side by side as one HTML page, as page() makes it: what an acknowledgement of each means, one table
/// with a row for each target and a group of columns for each scenario, and for each scenario bars of the headline and
/// of the latency. The first target of `all` stands out: it is whom the page is about.
std::string peers_page(const std::vector<result>& all);

} // namespace palabre::bench

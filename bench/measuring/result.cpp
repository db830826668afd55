#include "bench/measuring/result.hpp"

#include <algorithm>

namespace palabre::bench {

bool result::failed() const {
  return runs.empty() || std::ranges::any_of(runs, [](const run& r) { return !r.failures.empty(); });
}

} // namespace palabre::bench

#pragma once
#include "bench/measuring/result.hpp"

namespace palabre::bench {

/// What a made-up target is like.
struct made {
  std::string target = "palabre 0.1.0 (0448e68)";
  double per_second = 25'000;
  double median_ms = 0.4;
  double noise = 0.02; ///< share by which runs differ
  std::size_t runs = 5;
  std::size_t operations = 20'000; ///< of each run, that the latencies tell of
  std::uint64_t seed = 1;
};

/// A result with everything in it that a scenario can find, the same for the same seed.
result made_result(const made& like);

} // namespace palabre::bench

#pragma once
#include "bench/scenarios/options.hpp"

namespace palabre::bench {

/// A server on an empty directory.
struct empty_server {
  std::size_t starts = 5; ///< of each run; the median speaks
};

/// `start`: what does a server cost before anybody is there? From its start until it listens and until /health/ready
/// says 200, on an empty directory (which includes making keys and a log) and again on what the first start has left;
/// and the memory and CPU until then.
result measure_start(const options& how, const empty_server& what, const tell_progress& tell);

} // namespace palabre::bench

#pragma once
#include "bench/scenarios/options.hpp"

namespace palabre::bench {

/// Connections that come and go.
struct connecting {
  std::size_t connections = 64; ///< under way at once
  std::size_t rooms = 100;      ///< each subscribes to one of them; 0 = to none, where the protocol knows that
};

/// `connect`: what does a connection cost until it is of use? A closed loop: each is opened, shakes hands, logs in,
/// subscribes, and is cut by a reset (so that no port waits) as soon as it is told that it is ready; then the next.
result measure_connect(const options& how, const connecting& what, const tell_progress& tell);

} // namespace palabre::bench

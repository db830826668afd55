#pragma once
#include "bench/scenarios/options.hpp"

namespace palabre::bench {

/// Connections that only are there.
struct idling {
  std::size_t connections = 18'000; ///< logged in and subscribed
  std::size_t rooms = 100;          ///< that they are spread over
};

/// `idle`: what does a connection cost that only listens? Memory is what the server has more than before the first of
/// them, CPU what it uses while nobody says anything but its own pings: the duration should be a multiple of their
/// interval. Afterwards one message goes to each room, which shows that everyone listens.
result measure_idle(const options& how, const idling& what, const tell_progress& tell);

} // namespace palabre::bench

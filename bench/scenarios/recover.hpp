#pragma once
#include "bench/scenarios/options.hpp"

namespace palabre::bench {

/// Everyone is away for a while, and comes back at once.
struct recovering {
  std::size_t connections = 2'000;
  std::size_t rooms = 100;   ///< that they are spread over; each has one more connection that posts
  std::uint32_t missed = 20; ///< messages said in each room meanwhile
  double rate = 200;         ///< posts per second of all rooms together, from the return on until all are whole
  /// Handshakes under way; 0 = as many as there are connections. More than a server's backlog holds (4,096 on Linux)
  /// are tried again by the kernel after a second, which is then a part of what is measured.
  std::size_t at_once = 0;
  std::size_t body_bytes = 128;
};

/// `recover`: how long does it take until everyone has what they missed? All listen, are cut, and come back with the
/// position that each has reached. The account is exact: each message once and in order, those that are said during
/// the return included. The warm-up is the pause before the return; the duration has no meaning here, for the run ends
/// when all are whole. Speaks Palabre's own protocol only; throws std::runtime_error for another.
result measure_recover(const options& how, const recovering& what, const tell_progress& tell);

} // namespace palabre::bench

#pragma once
#include "bench/scenarios/options.hpp"

namespace palabre::bench {

/// Load for a server that does nothing.
struct generating {
  std::size_t connections = 18'000; ///< that listen, in all
  std::size_t rooms = 18;
  std::size_t senders = 1'152; ///< in all, each waits for its ack
  std::size_t body_bytes = 128;
};

/// `generator`: what does the load generator itself cost? It talks to a sink instead of a server (bench/load/sink.hpp)
/// and is what limits. A run has three parts of equal length: everyone listens and much is said, so that a read has
/// many deliveries; one at a time is said to a thousand, so that each delivery is a read; nobody listens. Throws
/// std::runtime_error if a --url is given: there is nothing else to measure.
result measure_generator(const options& how, const generating& what, const tell_progress& tell);

} // namespace palabre::bench

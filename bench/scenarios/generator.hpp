#pragma once
#include "bench/scenarios/options.hpp"

namespace palabre::bench {

/// Load for a server that does nothing.
struct generating {
  std::size_t connections = 18'000; ///< that listen, in all
  std::size_t rooms = 100;
  std::size_t senders = 1'000; ///< in all, each waits for its ack
  std::size_t body_bytes = 128;
};

/// `generator`: what does the load generator itself cost? It talks to a sink instead of a server (bench/load/sink.hpp)
/// and is what limits. Each run is two halves of the duration: with everyone who listens, for deliveries; without them,
/// for posts.
/// Throws std::runtime_error if a --url is given: there is nothing else to measure.
result measure_generator(const options& how, const generating& what, const tell_progress& tell);

} // namespace palabre::bench

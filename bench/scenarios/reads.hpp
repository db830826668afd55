#pragma once
#include "bench/scenarios/request_run.hpp"

namespace palabre::bench {

/// Somebody in many rooms, one of them large, reads all that can be read.
struct reading_mix {
  std::size_t connections = 50;   ///< each with at most one request in flight
  std::size_t messages = 100'000; ///< of the large room
  std::size_t rooms = 1'000;      ///< that the reader is in
  double load = 0.7;              ///< share of the highest rate of this mix, which is measured first
};

/// `reads`: how long does each kind of read take under a share of the load that the server can bear?
result measure_reads(const options& how, const reading_mix& what, const tell_progress& tell);

} // namespace palabre::bench

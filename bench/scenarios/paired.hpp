#pragma once
#include "bench/scenarios/options.hpp"
#include "bench/scenarios/traffic.hpp"

#include <string>
#include <utility>
#include <vector>

namespace palabre::bench {

/// Two binaries that are measured in turn, A B B A A B …: what disturbs the machine for a while disturbs both.
struct paired {
  std::string binary_a, binary_b;
  std::string scenario = "post"; ///< "post" or "fanout"
  traffic what;
  unsigned pairs = 12;
};

/// What an operation cost the server in each pair, {A, B}, in the unit of the scenario's first figure of CPU. Each run
/// has a fresh server; `how` says how long it is. Throws std::runtime_error if a run fails.
std::vector<std::pair<double, double>> measure_pairs(const options& how, const paired& what, const tell_progress& tell);

} // namespace palabre::bench

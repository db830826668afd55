#pragma once
// What one `palabre bench SCENARIO` has found: the content of --json, the table and the page.

#include "bench/measuring/histogram.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace palabre::bench {

/// Which direction is good.
enum class better { higher, lower, neither };

/// A figure of every run, the same names in the same order in each run of a result. The first is the headline.
struct figure {
  std::string name; ///< as "acked", "server CPU per post"
  std::string unit; ///< as "/s", "µs", "KB"
  better direction = better::neither;
  double value = 0;
};

/// A time that many operations took.
struct latency {
  std::string name; ///< as "intended start to ack"
  histogram times_ns;
};

/// One moment of a run; samples are equally far apart.
struct sample {
  double at_s = 0;                           ///< its end, since the measurement's start (warm-up is before it)
  double per_second = 0;                     ///< of the headline's operation
  double p50_ms = 0, p99_ms = 0, max_ms = 0; ///< of the first latency, in this moment; 0 if there was none
};

/// What became of the deliveries of a run, warm-up included: nothing is cut off here.
struct integrity {
  std::uint64_t expected = 0, delivered = 0;
  std::uint64_t lost = 0, duplicated = 0, reordered = 0;
  bool whole() const { return lost == 0 && duplicated == 0 && reordered == 0; }
};

/// What the generator did itself: is it what was measured?
struct generator_load {
  double cpu = 0;        ///< share of one core
  double lag_p99_ms = 0; ///< how late its own timer fired
  bool limiting = false; ///< the figures are the generator's limit, not the server's
};

struct run {
  double seconds = 0;
  std::vector<figure> figures;
  std::vector<latency> latencies;
  std::vector<sample> timeline;
  std::optional<integrity> deliveries; ///< none: the scenario delivers nothing
  generator_load generator;
  double stolen_cores =
      std::nan("");                  ///< what the host of this virtual machine took, preparation included; NaN: unknown
  std::uint64_t refused = 0;         ///< answers that were errors
  std::vector<std::string> failures; ///< why this run does not count; empty = it does
};

using name_and_text = std::pair<std::string, std::string>;

struct result {
  std::string scenario; ///< as "fanout"
  std::string question; ///< in a sentence
  std::string target;   ///< who was measured, as "palabre 0.1.0 (0448e68)" or what --name says
  std::vector<name_and_text> parameters;
  std::vector<name_and_text> environment;
  std::vector<run> runs;
  bool failed() const;
};

} // namespace palabre::bench

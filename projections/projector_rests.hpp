#pragma once
// How long the projector leaves what comes, so that rows which change with every event are written once for many.

#include "base/core_demand.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace palabre::projections {

struct projector_rests {
  using duration = std::chrono::steady_clock::duration;

  static constexpr std::chrono::milliseconds min{1}, max{50};
  /// core_demand::shares::waited: others need the core.
  static constexpr double waited_from = 0.15, waited_full = 0.4;
  /// core_demand::shares::wanted: a thread that wants little has nothing to save. What it wants shrinks with its rests.
  static constexpr double wanted_from = 0.03, wanted_full = 0.08;
  /// Of records queued, as they are stored.
  static constexpr std::size_t bytes_max = 1024 * 1024;

  /// So much ends a rest.
  static constexpr bool is_much(std::size_t records, std::size_t bytes) {
    return records >= limits::projector_rest_records_max || bytes >= bytes_max;
  }

  /// After what was folded.
  static constexpr duration after(core_demand::shares its) {
    const double share = ramp(its.waited, waited_from, waited_full) * ramp(its.wanted, wanted_from, wanted_full);
    const auto rest = std::chrono::duration_cast<duration>(share * max);
    return rest < min ? duration{} : rest;
  }

private:
  static constexpr double ramp(double at, double from, double full) {
    return std::clamp((at - from) / (full - from), 0.0, 1.0);
  }
};

} // namespace palabre::projections

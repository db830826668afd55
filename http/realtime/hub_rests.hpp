#pragma once
// How long a hub waits between rounds, for more to leave in one write to each subscriber.

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace palabre::http::realtime {

struct hub_rests {
  using duration = std::chrono::steady_clock::duration;

  static constexpr std::chrono::microseconds min{200}; // less is not worth a timer
  static constexpr std::chrono::milliseconds max{5};
  static constexpr std::chrono::milliseconds busy_max{10};
  static constexpr double pressed_from = 0.5; // core_demand::shares::wanted
  static constexpr std::chrono::milliseconds pressed_max{40};

  /// After a costly round: as long as that took, or twice that where more came during it; not at all after a single
  /// batch that nothing followed. A message after a pause never waits.
  static constexpr duration after(duration round_cost, std::size_t batches, bool more_came) {
    if (!more_came && batches == 1) return {};
    const duration rest =
        more_came ? std::min<duration>(2 * round_cost, busy_max) : std::min<duration>(round_cost, max);
    return rest < min ? duration{} : rest;
  }

  /// How much longer, at the end of a rest. Where the thread wants a core for most of the time, whether it gets one or
  /// waits, each write that is saved is time for everything else: it then rests until nothing came for half as long as
  /// it rested at first, within a bound that grows with what it wants.
  /// `demand`: core_demand::shares::wanted; `first`: what `after` said; `rested`: since then in all; `quiet`: since the
  /// last batch came.
  static constexpr duration longer(double demand, duration first, duration rested, duration quiet) {
    const double pressure = std::max(0.0, (demand - pressed_from) / (1 - pressed_from));
    const duration left = std::chrono::duration_cast<duration>(pressure * pressed_max) - rested;
    if (left < min || quiet >= first / 2) return {};
    return std::clamp<duration>(first / 2, min, left);
  }
};

} // namespace palabre::http::realtime

#pragma once
// How long a hub waits between rounds, for more to leave in one write to each subscriber.

#include <algorithm>
#include <chrono>

namespace palabre::http::realtime {

struct hub_rests {
  using duration = std::chrono::steady_clock::duration;

  static constexpr std::chrono::microseconds min{200}; // less is not worth a timer
  static constexpr std::chrono::milliseconds max{5};
  static constexpr std::chrono::milliseconds busy_max{10};
  static constexpr double short_of_cores_from = 0.5; // core_demand
  static constexpr std::chrono::milliseconds starved_max{40};

  /// After a costly round: as long as that took, or twice that where more came during it; not at all after a single
  /// batch that nothing followed. A message after a pause never waits.
  static constexpr duration after(duration round_cost, std::size_t batches, bool more_came) {
    if (!more_came && batches == 1) return {};
    const duration rest =
        more_came ? std::min<duration>(2 * round_cost, busy_max) : std::min<duration>(round_cost, max);
    return rest < min ? duration{} : rest;
  }

  /// How much longer, at the end of a rest. Where the thread hardly ever finds a core free, each write that is saved is
  /// time for everything else: it then rests until nothing came for half as long as it rested at first, within a bound
  /// that grows with the shortage.
  /// `demand`: core_demand::shares::wanted; `first`: what `after` said; `rested`: since then in all; `quiet`: since the
  /// last batch came.
  static constexpr duration longer(double demand, duration first, duration rested, duration quiet) {
    const double shortage = (demand - short_of_cores_from) / (1 - short_of_cores_from);
    if (shortage <= 0 || rested >= shortage * duration(starved_max) || quiet >= first / 2) return {};
    return first / 2;
  }
};

} // namespace palabre::http::realtime

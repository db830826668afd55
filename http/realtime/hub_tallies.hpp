#pragma once
#include "base/tally.hpp"
#include "http/edge_counts.hpp"
#include "http/realtime/wire.hpp"

#include <array>

namespace palabre::http::realtime {

/// What one hub counts. Written by its thread, read by any; on cache lines that nobody else writes.
struct alignas(64) hub_tallies {
  static constexpr std::size_t wires = static_cast<std::size_t>(wire::room_events) + 1;

  std::array<tally, wires> connections; ///< that there are, by wire
  tally subscriptions;                  ///< that there are
  tally delivered;                      ///< of one publication to one connection
  tally unsent_bytes;                   ///< that sockets have not taken yet
  tally slow_closed;                    ///< connections that took too little
  tally lateness_ms;                    ///< of the last tick

  /// Adds all that is no connection.
  void add_to(edge_counts& all) const;
};

} // namespace palabre::http::realtime

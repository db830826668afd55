#include "http/realtime/hub_tallies.hpp"

#include <algorithm>

namespace palabre::http::realtime {

void hub_tallies::add_to(edge_counts& all) const {
  all.subscriptions += subscriptions.value();
  all.delivered += delivered.value();
  all.unsent_bytes += unsent_bytes.value();
  all.slow_closed += slow_closed.value();
  all.lateness_ms = std::max(all.lateness_ms, lateness_ms.value());
}

} // namespace palabre::http::realtime

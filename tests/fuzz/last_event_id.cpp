// What a plain EventSource sends back.
#include "fuzz.hpp"

#include "http/realtime/last_event_id.hpp"

namespace palabre::fuzz {

void look_at(std::string_view input) {
  const auto seen = http::realtime::read_last_event_id(input);
  if (!seen) return;
  PALABRE_ASSERT(!seen->epoch.empty() && seen->epoch.size() < input.size());
  const std::string written = seen->epoch + ':' + std::to_string(seen->seq);
  const auto again = http::realtime::read_last_event_id(written);
  PALABRE_ASSERT(again && again->seq == seen->seq && again->epoch == seen->epoch);
}

} // namespace palabre::fuzz

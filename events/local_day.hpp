#pragma once
// Days as people in a place count them, by ICU's time zones.

#include "base/clock.hpp"

#include <string_view>

namespace palabre::events {

/// Not before the first, before the second. Nothing is in the default.
struct day_bounds {
  timestamp begins, ends;

  bool contains(timestamp t) const { return begins <= t && t < ends; }
  friend bool operator==(const day_bounds&, const day_bounds&) = default;
};

/// Whether there is such a zone: an IANA name, as "Europe/Paris".
bool is_time_zone(std::string_view name);

/// The day in which `at` is there: of 23 to 25 hours where clocks are changed. By UTC where there is no such zone.
day_bounds local_day(std::string_view zone, timestamp at);

} // namespace palabre::events

#pragma once
// Time comes in through parameters, so that tests are deterministic and replay is exact.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace palabre {

/// Milliseconds since 1970-01-01 UTC. Between `timestamp_min` and `timestamp_max` it has an RFC 3339 form.
struct timestamp {
  std::int64_t ms = 0;

  friend auto operator<=>(timestamp, timestamp) = default;
};

/// "2026-11-21T01:46:15.123Z": always 24 bytes, UTC, milliseconds. Years 1970 to 9999.
std::string to_rfc3339(timestamp t);
void append_rfc3339(std::string& out, timestamp t);

/// Reads RFC 3339 with any offset and 0 to 9 fraction digits (more precision than milliseconds is cut off).
std::optional<timestamp> parse_rfc3339(std::string_view text);

/// Days since 1970-01-01 in UTC.
std::int64_t utc_day(timestamp t);

/// The wall clock, or a test's. Thread-safe.
class clock {
public:
  virtual ~clock() = default;
  virtual timestamp now() const = 0;
};

class wall_clock final : public clock {
public:
  timestamp now() const override;
};

} // namespace palabre

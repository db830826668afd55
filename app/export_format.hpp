#pragma once
// The lines of an export (docs/backup.md): a first one that says what it is, one for each event, a last one that
// proves that nothing is missing.

#include "base/position.hpp"
#include "base/result.hpp"
#include "storage/record.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace palabre::app {

/// One line, without its newline: an event's is at most a few times event_bytes_max.
constexpr std::size_t export_line_bytes_max = 1024 * 1024;

struct export_header {
  std::string epoch;
  position head;            ///< of the log that was exported
  bool with_stored = false; ///< every event, with its stored envelope: can be imported. Holds secrets
  std::string selection;    ///< which events, as "user 0190…"; empty: all
};
std::string to_line(const export_header& header);
/// Errors: corrupt: not such a line; from_the_future: of another version.
result<export_header> parse_export_header(std::string_view line);

struct export_trailer {
  std::uint64_t events = 0;
  std::string sha256; ///< of every byte before this line, in hexadecimal
};
std::string to_line(const export_trailer& trailer);

/// What a line behind the first one is.
struct export_line {
  std::optional<export_trailer> trailer; ///< the last one
  std::string stored;                    ///< else the envelope; empty: the line has none
  std::string hash;                      ///< that the line names, in hexadecimal
};
/// Errors: corrupt: not such a line.
result<export_line> parse_export_line(std::string_view line);

/// Adds `"stored"` to a line of append_event_line.
void append_stored(std::string& line, std::string_view stored);

} // namespace palabre::app

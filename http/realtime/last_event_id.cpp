#include "http/realtime/last_event_id.hpp"

#include <charconv>

namespace palabre::http::realtime {

std::optional<seen_position> read_last_event_id(std::string_view id) {
  const std::size_t colon = id.find(':');
  if (colon == 0 || colon == id.npos) return std::nullopt;
  seen_position seen{0, std::string(id.substr(0, colon))};
  const char* const end = id.data() + id.size();
  const auto [rest, failed] = std::from_chars(id.data() + colon + 1, end, seen.seq);
  if (failed != std::errc{} || rest != end) return std::nullopt;
  return seen;
}

} // namespace palabre::http::realtime

// Payloads of every type and version of events: the first line is "kind type schema", the rest the payload.
#include "fuzz.hpp"

#include "events/catalog.hpp"

#include <charconv>

namespace palabre::fuzz {

using namespace events;

namespace {

std::string stored(const any_event& event) {
  return std::visit(
      [](const auto& family) { return std::visit([](const auto& e) { return to_json(e, secrets::stored); }, family); },
      event);
}

std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

} // namespace

void look_at(std::string_view input) {
  std::string_view line = input.substr(0, input.find('\n'));
  const std::string_view payload = input.substr(std::min(input.size(), line.size() + 1));
  const std::string_view kind = take_word(line), type = take_word(line);
  std::uint16_t schema = 1;
  std::from_chars(line.data(), line.data() + line.size(), schema);
  const auto event = decode_any(kind.empty() ? '\0' : kind[0], type, schema, payload);
  if (!event) {
    PALABRE_ASSERT(event.error().code == errc::corrupt || event.error().code == errc::from_the_future);
    PALABRE_ASSERT(!event.error().context.empty());
    return;
  }
  public_json(event.value(), words::shown);
  public_json(event.value(), words::hidden);
  // What was read is written in today's shape, and that is a fixed point.
  const std::string once = stored(event.value());
  std::uint16_t today = 0;
  for (const auto& known : all_types())
    if (static_cast<char>(known.stream) == kind[0] && known.type.name == type) today = known.type.schema;
  const auto again = decode_any(kind[0], type, today, once);
  PALABRE_ASSERT(again && stored(again.value()) == once);
}

} // namespace palabre::fuzz

#include "seed/slot.hpp"

#include <charconv>

namespace palabre::seed {

std::optional<slot> next_slot(std::string_view phrase) {
  slot found;
  found.at = phrase.find('{');
  if (found.at == phrase.npos) return slot{};
  const auto close = phrase.find('}', found.at);
  if (close == phrase.npos) return std::nullopt;
  found.end = close + 1;
  std::string_view inside = phrase.substr(found.at + 1, close - found.at - 1);
  found.begins_sentence = inside.starts_with('^');
  if (found.begins_sentence) inside.remove_prefix(1);
  const auto colon = inside.find(':');
  found.name = inside.substr(0, colon);
  if (colon != inside.npos) {
    const auto number = inside.substr(colon + 1);
    const auto [end, wrong] = std::from_chars(number.data(), number.data() + number.size(), found.number);
    if (wrong != std::errc() || end != number.data() + number.size() || found.number == 0) return std::nullopt;
  }
  if (found.name.empty()) return std::nullopt;
  return found;
}

bool is_role(std::string_view slot_name) {
  return slot_name == "asker" || slot_name == "answerer";
}

} // namespace palabre::seed

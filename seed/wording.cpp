#include "seed/wording.hpp"

#include "base/assert.hpp"
#include "seed/slot.hpp"

namespace palabre::seed {
namespace {

/// The first letter as a capital: ASCII, and the two-byte letters of French.
std::string capitalized(std::string text) {
  if (text.empty()) return text;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first >= 'a' && first <= 'z') text[0] = static_cast<char>(first - 'a' + 'A');
  if (first == 0xC3 && text.size() > 1 && static_cast<unsigned char>(text[1]) >= 0xA0)
    text[1] = static_cast<char>(static_cast<unsigned char>(text[1]) - 0x20);
  return text;
}

} // namespace

std::string wording::say(std::string_view phrase) {
  const std::string whole = without_brackets(phrase);
  std::string_view rest = whole;
  std::string said;
  for (;;) {
    const auto found = next_slot(rest);
    PALABRE_ASSERT(found);
    if (found->name.empty()) return said.append(rest);
    said += rest.substr(0, found->at);
    const std::string value = chosen(found->name, found->number);
    said += found->begins_sentence ? capitalized(value) : value;
    rest.remove_prefix(found->end);
  }
}

std::string wording::chosen(std::string_view list, std::size_t number) {
  const auto known = chosen_.find(list);
  if (known != chosen_.end()) return known->second[(number - 1) % known->second.size()];
  for (const topic* each : {&about_, &everywhere_}) {
    const auto found = each->lists.find(list);
    if (found == each->lists.end()) continue;
    auto values = found->second;
    random_.shuffle(values);
    return chosen_.emplace(list, std::move(values)).first->second[number - 1];
  }
  PALABRE_ASSERT(false);
  return {};
}

std::string wording::without_brackets(std::string_view phrase) {
  std::string said;
  for (;;) {
    const auto open = phrase.find('['), close = phrase.find(']');
    said += phrase.substr(0, open);
    if (open == phrase.npos) return said;
    std::vector<std::string> choices;
    std::string_view inside = phrase.substr(open + 1, close - open - 1);
    for (auto bar = inside.find('|'); bar != inside.npos; bar = inside.find('|')) {
      choices.emplace_back(inside.substr(0, bar));
      inside.remove_prefix(bar + 1);
    }
    choices.emplace_back(inside);
    said += random_.one_of(choices);
    phrase.remove_prefix(close + 1);
  }
}

} // namespace palabre::seed

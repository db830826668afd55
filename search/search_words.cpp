#include "search/search_words.hpp"

namespace palabre::search {
namespace {

/// Goes over words; a part in quotes is one, with its quotes.
class word_reader {
public:
  explicit word_reader(std::string_view text) : rest_(text) {}

  std::optional<std::string_view> next() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    if (rest_.empty()) return std::nullopt;
    std::size_t end = 0;
    bool quoted = false;
    for (; end < rest_.size() && (quoted || !is_blank(rest_[end])); ++end)
      if (rest_[end] == '"') quoted = !quoted;
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return word;
  }

private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  std::string_view rest_;
};

std::string_view without_quotes(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') return value.substr(1, value.size() - 2);
  return value;
}

/// "2026-11-22", or a time as RFC 3339 has it.
std::optional<timestamp> parse_moment(std::string_view text) {
  constexpr std::size_t date_bytes = 10;
  if (text.size() == date_bytes) return parse_rfc3339(std::string(text) + "T00:00:00Z");
  return parse_rfc3339(text);
}

error not_understood(std::string_view word, std::string_view hint) {
  return {errc::invalid, '"' + std::string(word) + "\": " + std::string(hint)};
}

/// Takes a filter in. False: `word` is none.
result<bool> take_filter(std::string_view word, search_words& into) {
  const std::size_t colon = word.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view key = word.substr(0, colon), value = without_quotes(word.substr(colon + 1));
  const bool is_time = key == "before" || key == "after";
  if (key != "from" && key != "in" && key != "has" && !is_time) return false;
  if (value.empty()) return not_understood(word, "something has to follow the colon");
  if (key == "from") into.from.emplace_back(value.starts_with('@') ? value.substr(1) : value);
  if (key == "in") into.in.emplace_back(value.starts_with('#') ? value.substr(1) : value);
  if (key == "has") {
    if (value != "link") return not_understood(word, "only has:link is known");
    into.has_link = true;
  }
  if (is_time) {
    const auto moment = parse_moment(value);
    if (!moment) return not_understood(word, "a date as 2026-11-22, or a time as 2026-11-22T18:00:00Z");
    (key == "before" ? into.before : into.after) = *moment;
  }
  return true;
}

} // namespace

result<search_words> parse_search(std::string_view text) {
  search_words found;
  word_reader reader(text);
  while (const auto word = reader.next()) {
    PALABRE_TRY(const bool is_filter, take_filter(*word, found));
    if (is_filter) continue;
    if (word->starts_with('-') && word->size() > 1) {
      found.without.emplace_back(word->substr(1));
      continue;
    }
    if (!found.words.empty()) found.words += ' ';
    found.words += *word;
  }
  return found;
}

} // namespace palabre::search

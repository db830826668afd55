#include "events/sealing.hpp"

namespace palabre::events {
namespace {

constexpr std::string_view seal_key = R"("sealed":")";
constexpr std::string_view seal_end = R"("})";

/// Behind the string that begins `json`; npos: it does not end.
std::size_t end_of_string(std::string_view json) {
  std::size_t at = 1;
  while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  return at < json.size() ? at + 1 : std::string_view::npos;
}

/// Behind the object or list that begins `json`.
std::size_t end_of_nested(std::string_view json) {
  std::size_t depth = 0, at = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      const std::size_t length = end_of_string(json.substr(at));
      if (length == std::string_view::npos) break;
      at += length;
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return std::string_view::npos;
}

std::size_t end_of_value(std::string_view json) {
  if (json.empty()) return std::string_view::npos;
  if (json.front() == '"') return end_of_string(json);
  if (json.front() == '{' || json.front() == '[') return end_of_nested(json);
  return json.find_first_of(",}]");
}

} // namespace

std::string with_seal(std::string open, std::string_view seal) {
  open.reserve(open.size() + seal.size() + seal_key.size() + seal_end.size());
  open.pop_back();
  if (open.size() > 1) open += ',';
  open += seal_key;
  open += seal;
  open += seal_end;
  return open;
}

/// It is the last field, and no quote stands unescaped in any other: so the last such key is it.
std::string_view seal_in(std::string_view payload) {
  if (!payload.ends_with(seal_end)) return {};
  const std::size_t at = payload.rfind(seal_key);
  if (at == std::string_view::npos) return {};
  const std::string_view seal =
      payload.substr(at + seal_key.size(), payload.size() - at - seal_key.size() - seal_end.size());
  return seal.find('"') == std::string_view::npos ? seal : std::string_view{};
}

void field_cursor::enter() {
  if (!rest_.starts_with('{')) throw field_error{"an object was expected"};
  rest_.remove_prefix(1);
}

void field_cursor::leave() {
  if (!rest_.starts_with('}')) throw field_error{"a field that nobody knows"};
  rest_.remove_prefix(1);
}

void field_cursor::go_to(std::string_view key) {
  if (rest_.starts_with(',')) rest_.remove_prefix(1);
  const std::size_t length = key.size() + 3;
  const bool here = rest_.size() > length && rest_.front() == '"' && rest_.substr(1, key.size()) == key &&
                    rest_.substr(1 + key.size(), 2) == "\":";
  if (!here) throw field_error{"no field " + std::string(key)};
  rest_.remove_prefix(length);
}

std::string_view field_cursor::value() {
  const std::size_t length = end_of_value(rest_);
  if (length == std::string_view::npos || length == 0) throw field_error{"a value that does not end"};
  const std::string_view found = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return found;
}

} // namespace palabre::events

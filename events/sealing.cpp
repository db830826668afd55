#include "events/sealing.hpp"

#include <cstring>

namespace palabre::events {
namespace {

constexpr std::string_view seal_key = R"("sealed":")";
constexpr std::string_view seal_end = R"("})";

/// Behind the string that begins `json`; npos: it does not end. From one backslash to the next, if there is any before
/// the next quote.
std::size_t end_of_string(std::string_view json) {
  std::size_t at = 1, quote = 0;
  while (at < json.size()) {
    if (quote < at) quote = json.find('"', at);
    const std::size_t before = (quote == std::string_view::npos ? json.size() : quote) - at;
    const void* const escape = std::memchr(json.data() + at, '\\', before);
    if (escape == nullptr) return quote == std::string_view::npos ? quote : quote + 1;
    at = static_cast<std::size_t>(static_cast<const char*>(escape) - json.data()) + 2;
  }
  return std::string_view::npos;
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

/// It is the last field, and there is no quote in it: so it stands between the last two, behind its key.
std::string_view seal_in(std::string_view payload) {
  if (!payload.ends_with(seal_end)) return {};
  payload.remove_suffix(seal_end.size());
  const void* const quote = ::memrchr(payload.data(), '"', payload.size()); // many times faster than rfind()
  if (quote == nullptr) return {};
  const auto begin = static_cast<std::size_t>(static_cast<const char*>(quote) - payload.data()) + 1;
  return payload.substr(0, begin).ends_with(seal_key) ? payload.substr(begin) : std::string_view{};
}

void field_cursor::enter() {
  if (!rest_.starts_with('{')) throw field_error{"an object was expected"};
  rest_.remove_prefix(1);
}

void field_cursor::leave() {
  if (!rest_.starts_with('}')) throw field_error{"a field that nobody knows"};
  rest_.remove_prefix(1);
}

void field_cursor::throw_missing(std::string_view introduction) {
  const std::size_t name = introduction.find('"') + 1;
  throw field_error{"no field " + std::string(introduction.substr(name, introduction.size() - name - 2))};
}

std::string_view field_cursor::value() {
  const std::size_t length = end_of_value(rest_);
  if (length == std::string_view::npos || length == 0) throw field_error{"a value that does not end"};
  const std::string_view found = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return found;
}

} // namespace palabre::events

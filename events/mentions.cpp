#include "events/mentions.hpp"

#include "events/user.hpp"

#include <algorithm>

namespace palabre::events {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Of a login, which are all ASCII.
bool is_of_login(char c) {
  return is_alphanumeric(c) || c == '_' || c == '.' || c == '-';
}

/// Whether an `@` behind `c` is in the middle of an address.
bool glues(char c) {
  return is_of_login(c) || c == '@' || c == '/';
}

/// A full stop or a dash behind a login is the sentence's, if anybody has that login.
possible_mention readings_of(std::string_view run) {
  constexpr std::size_t readings_max = 3;
  possible_mention readings;
  for (std::size_t size = run.find_last_not_of(".-") + 1; size <= run.size() && readings.size() < readings_max; ++size)
    if (auto login = canonical_login(run.substr(0, size))) readings.push_back(std::move(*login));
  return readings;
}

} // namespace

std::vector<possible_mention> possible_mentions(std::string_view utf8) {
  std::vector<possible_mention> found;
  for (std::size_t at = utf8.find('@'); at != utf8.npos; at = utf8.find('@', at + 1)) {
    if (at > 0 && glues(utf8[at - 1])) continue;
    std::size_t end = at + 1;
    while (end < utf8.size() && is_of_login(utf8[end])) ++end;
    if (end < utf8.size() && utf8[end] == '@') continue;
    auto readings = readings_of(utf8.substr(at + 1, end - at - 1));
    if (!readings.empty()) found.push_back(std::move(readings));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

} // namespace palabre::events

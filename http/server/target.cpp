#include "http/server/target.hpp"

#include "http/router.hpp"

#include <algorithm>
#include <tuple>

namespace palabre::http {
namespace {

/// Splits "http://host/path" behind the host. nullopt when it is no such form.
std::optional<std::pair<std::string_view, std::string_view>> split_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    if (!std::ranges::equal(target.substr(0, scheme.size()), scheme, {}, lower)) continue;
    const auto end = std::min(target.find_first_of("/?", scheme.size()), target.size());
    if (end == scheme.size()) return std::nullopt;
    return std::pair{target.substr(scheme.size(), end - scheme.size()), target.substr(end)};
  }
  return std::nullopt;
}

bool is_visible(char c) {
  return c > ' ' && c < 0x7f;
}

std::optional<std::string> form_decoded(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return percent_decoded(spaced);
}

} // namespace

std::optional<target_parts> split_target(std::string_view target) {
  if (target == "*") return target_parts{target};
  if (target.empty() || !std::ranges::all_of(target, is_visible) || target.find('#') != std::string_view::npos)
    return std::nullopt;
  std::string_view authority;
  if (target.front() != '/') {
    const auto split = split_authority(target);
    if (!split) return std::nullopt;
    std::tie(authority, target) = *split;
  }
  const auto question = target.find('?');
  const auto path = target.substr(0, question);
  const auto query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  return target_parts{path.empty() ? "/" : path, query, authority};
}

std::optional<std::vector<std::pair<std::string, std::string>>> decoded_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const auto part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part.empty()) continue;
    const auto equals = part.find('=');
    auto name = form_decoded(part.substr(0, equals));
    auto value = form_decoded(equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return parameters;
}

} // namespace palabre::http

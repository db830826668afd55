#pragma once
#include <string_view>

namespace palabre::http {

/// Without the spaces and tabs around it: optional whitespace of RFC 9110, section 5.6.3.
inline std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace palabre::http

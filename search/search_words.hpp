#pragma once
// What people type into a search, taken apart. Pure.

#include "base/clock.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::search {

/// `from:ada in:"Reading club" after:2026-11-01 before:2026-12-01 has:link` in any order among words, "phrases" and
/// -words.
struct search_words {
  std::string words;                      ///< what is left, for the index
  std::vector<std::string> without;       ///< of -word and -"several of them": what must not be there
  std::vector<std::string> from;          ///< logins, of which one is the author
  std::vector<std::string> in;            ///< names or ids of rooms, of which one it is in
  std::optional<timestamp> after, before; ///< not earlier than the first, earlier than the second
  bool has_link = false;

  bool is_empty() const {
    return words.empty() && without.empty() && from.empty() && in.empty() && !after && !before && !has_link;
  }
  friend bool operator==(const search_words&, const search_words&) = default;
};

/// A date stands for its first moment in UTC; `after:` a date means that day as well. Errors: invalid: what of it says
/// nothing.
result<search_words> parse_search(std::string_view text);

} // namespace palabre::search

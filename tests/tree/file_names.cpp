#include "file_names.hpp"

#include <algorithm>
#include <array>

namespace palabre::tree {

findings drawers_in(std::string_view path) {
  constexpr std::array<std::string_view, 6> drawers{"util", "common", "helper", "misc", "detail", "manager"};
  findings found;
  for (std::size_t begin = 0; begin < path.size();) {
    const auto end = std::min(path.find_first_of("/._-", begin), path.size());
    auto word = path.substr(begin, end - begin);
    if (word.ends_with('s')) word.remove_suffix(1); // utils, details
    if (std::ranges::count(drawers, word))
      found.push_back(finding(path, 1, "a drawer: say what is in it instead of " + std::string(word)));
    begin = end + 1;
  }
  return found;
}

} // namespace palabre::tree

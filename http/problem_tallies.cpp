#include "http/problem_tallies.hpp"

#include <algorithm>

namespace palabre::http {

void problem_tallies::count(std::string_view code) {
  const auto found = std::ranges::find(problems::kinds, code, &problem_kind::code);
  if (found != std::end(problems::kinds)) counts_[static_cast<std::size_t>(found - problems::kinds)].add();
}

std::vector<edge_counts::problem> problem_tallies::counts() const {
  std::vector<edge_counts::problem> all;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    all.push_back({problems::kinds[i].code, problems::kinds[i].status, counts_[i].value()});
  return all;
}

} // namespace palabre::http

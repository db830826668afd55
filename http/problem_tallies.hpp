#pragma once
// How often each problem was answered.

#include "base/tally.hpp"
#include "http/edge_counts.hpp"
#include "http/problem_catalog.hpp"

#include <array>
#include <iterator>
#include <string_view>
#include <vector>

namespace palabre::http {

/// Threads: any. Problems are rare enough to share a cache line.
class problem_tallies {
public:
  /// A code of the catalog; another is not counted.
  void count(std::string_view code);
  std::vector<edge_counts::problem> counts() const;

private:
  std::array<shared_tally, std::size(problems::kinds)> counts_;
};

} // namespace palabre::http

#pragma once
#include <cstdint>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace palabre::seed {

/// Choices that a seed repeats, on every machine: the engine is the standard's, and how its numbers become choices
/// stands here. Each purpose has choices of its own, so that one more of them does not change all the others.
class chance {
public:
  chance(std::uint64_t seed, std::string_view purpose);

  /// One of 0 … n-1. Requires: n > 0.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  bool percent(std::size_t share) { return below(100) < share; }
  /// Requires: not empty.
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(all.size())];
  }
  template <class T>
  void shuffle(std::vector<T>& all) {
    for (std::size_t left = all.size(); left > 1; --left) std::swap(all[left - 1], all[below(left)]);
  }

private:
  std::mt19937_64 engine_;
};

} // namespace palabre::seed

#pragma once
#include "base/ids.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace palabre::bench {

/// People, what they say, and every other choice of an invented community: the same for the same seed.
class invention final : public randomness {
public:
  explicit invention(std::uint64_t seed) : engine_(seed) {}

  void fill(std::uint8_t* out, std::size_t size) override;
  /// One of 0 … n-1, each as likely.
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  /// An index into weights that are summed up; the last is the whole.
  std::size_t weighted(const std::vector<double>& sums);
  /// How long until the next of many that come independently, `mean` apart.
  double gap(double mean) { return std::exponential_distribution<double>(1 / mean)(engine_); }

  /// As "Ada Moreau"; many may be called so.
  std::string name();
  std::string city();
  /// Words of a small language up to exactly `bytes`, which a compressor finds about as hard as people's.
  std::string sentence(std::size_t bytes);
  /// Fully qualified.
  std::string emoji();

private:
  std::mt19937_64 engine_;
};

} // namespace palabre::bench

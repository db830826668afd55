#pragma once
#include <array>
#include <cstdint>
#include <vector>

namespace palabre::bench {

/// Counts of values with a bounded relative error: log-linear buckets as in HdrHistogram (Gil Tene), 128 to each power
/// of two. A value is told at most 0.8 % above what it was; below 128 it is exact. Values are nanoseconds here, but
/// nothing depends on it.
///
/// Threads: none; one thread writes. Copies are values.
class histogram {
public:
  static constexpr std::uint64_t value_max = (std::uint64_t{1} << 42) - 1; ///< 73 minutes of ns; above it counts as it

  void add(std::uint64_t value, std::uint64_t times = 1);
  void add(const histogram& other);
  void clear();

  std::uint64_t count() const { return count_; }
  std::uint64_t min() const { return count_ ? min_ : 0; }
  std::uint64_t max() const { return max_; } ///< exact
  double mean() const;
  /// The smallest bucket's upper end at or below which `part` (0..1) of all values lie, never above max(); 0 if empty.
  std::uint64_t at(double part) const;

  struct bucket {
    std::uint64_t upper; ///< the greatest value that falls into it
    std::uint64_t count;
  };
  /// The buckets that hold something, smallest first: all there is to store.
  std::vector<bucket> buckets() const;
  /// What was stored: `held` as buckets() told it, and the exact figures that it lacks. Requires: min is in the first
  /// bucket and max in the last.
  static histogram restored(const std::vector<bucket>& held, std::uint64_t min, std::uint64_t max, double mean);

private:
  static constexpr unsigned linear_bits = 7;
  static constexpr std::size_t size = (42 - linear_bits + 1) << linear_bits;
  static std::size_t index_of(std::uint64_t value);
  static std::uint64_t upper_of(std::size_t index);

  std::array<std::uint64_t, size> counts_{};
  std::uint64_t count_ = 0, min_ = ~std::uint64_t{0}, max_ = 0;
  double sum_ = 0;
};

} // namespace palabre::bench

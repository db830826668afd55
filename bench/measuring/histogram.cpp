#include "bench/measuring/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace palabre::bench {

std::size_t histogram::index_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  if (width <= linear_bits) return value;
  const unsigned shift = width - linear_bits - 1; // the top 8 bits stay: a leading one and 7 that count
  return (std::size_t{shift + 1} << linear_bits) + (value >> shift) - (std::size_t{1} << linear_bits);
}

std::uint64_t histogram::upper_of(std::size_t index) {
  const std::size_t power = index >> linear_bits;
  if (power == 0) return index;
  const std::uint64_t top = (index & ((1u << linear_bits) - 1)) + (std::uint64_t{1} << linear_bits);
  return ((top + 1) << (power - 1)) - 1;
}

void histogram::add(std::uint64_t value, std::uint64_t times) {
  if (times == 0) return;
  value = std::min(value, value_max);
  counts_[index_of(value)] += times;
  count_ += times;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value) * static_cast<double>(times);
}

void histogram::add(const histogram& other) {
  for (std::size_t i = 0; i < size; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

void histogram::clear() {
  *this = {};
}

double histogram::mean() const {
  return count_ ? sum_ / static_cast<double>(count_) : 0;
}

std::uint64_t histogram::at(double part) const {
  if (count_ == 0) return 0;
  const auto wanted =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < size; ++i) {
    seen += counts_[i];
    if (seen >= wanted) return std::min(upper_of(i), max_);
  }
  return max_;
}

std::vector<histogram::bucket> histogram::buckets() const {
  std::vector<bucket> held;
  for (std::size_t i = 0; i < size; ++i)
    if (counts_[i]) held.push_back({upper_of(i), counts_[i]});
  return held;
}

histogram histogram::restored(const std::vector<bucket>& held, std::uint64_t min, std::uint64_t max, double mean) {
  histogram whole;
  for (const auto& [upper, count] : held) whole.add(upper, count);
  if (whole.count_ == 0) return whole;
  whole.min_ = min;
  whole.max_ = max;
  whole.sum_ = mean * static_cast<double>(whole.count_);
  return whole;
}

} // namespace palabre::bench

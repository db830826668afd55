#pragma once
// What is counted while it happens, and read now and then by another thread: plain atomics, no lock, nothing in order
// with anything else. For /metrics (app/metrics.hpp).

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace palabre {

/// Counted by one thread at a time, read by any. Adding costs what it costs without an atomic: no locked instruction.
class tally {
public:
  void add(std::uint64_t n = 1) { set(value() + n); }
  void take(std::uint64_t n = 1) { set(value() - n); }
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> value_{0};
};

/// The same for several threads at once. Where that is often, give it a cache line of its own.
class shared_tally {
public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> value_{0};
};

/// How many values were at most each bound and above the one before; the last count is of those above all bounds.
struct distribution {
  std::vector<std::uint64_t> bounds, counts;
  std::uint64_t sum = 0; ///< of the values

  /// Requires: the same bounds, or none yet.
  void add(const distribution& other) {
    if (counts.empty()) return void(*this = other);
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
    sum += other.sum;
  }
};

/// A distribution in the making, over a few `Bounds` in ascending order. Threads: as tally.
template <auto Bounds>
class distribution_tally {
public:
  void add(std::uint64_t value) {
    std::size_t at = 0;
    while (at < Bounds.size() && value > Bounds[at]) ++at;
    counts_[at].add();
    sum_.add(value);
  }
  distribution read() const {
    distribution all{{Bounds.begin(), Bounds.end()}, {}, sum_.value()};
    for (const tally& each : counts_) all.counts.push_back(each.value());
    return all;
  }

private:
  std::array<tally, Bounds.size() + 1> counts_;
  tally sum_;
};

} // namespace palabre

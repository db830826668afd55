#pragma once
#include "bench/measuring/result.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace palabre::bench {

/// Collects what is measured between begin() and end(): a count of operations, latencies, and a timeline of both. An
/// operation counts when it is over within that time; a latency when it was *due* within it, however long it took
/// afterwards: what a stall at the end holds up is not left out. Times are ns of the steady clock. Threads: one.
class meter {
public:
  /// The first latency is the one whose percentiles the timeline shows.
  explicit meter(std::vector<std::string> latency_names);

  void begin(std::int64_t now_ns);
  void end(std::int64_t now_ns);

  void operation() { operations_ += measuring_; }
  void operations(std::uint64_t n) { operations_ += measuring_ ? n : 0; }
  void took(std::size_t which, std::int64_t due_ns, std::int64_t now_ns) {
    if (due_ns >= begin_ns_ && due_ns < end_ns_) add(which, now_ns - due_ns);
  }
  /// Closes a sample if its time is over; call it at least every few ms.
  void tick(std::int64_t now_ns) {
    if (measuring_ && now_ns >= sample_end_ns_) close_sample(now_ns);
  }

  bool is_measuring() const { return measuring_; }
  double seconds() const { return static_cast<double>(end_ns_ - begin_ns_) * 1e-9; }
  std::uint64_t operations() const { return operations_; }
  /// Moves latencies, timeline and duration into `to`.
  void fill(run& to);

private:
  static constexpr std::int64_t sample_ns = 250'000'000;
  void add(std::size_t which, std::int64_t ns);
  void close_sample(std::int64_t now_ns);

  std::vector<latency> latencies_;
  histogram recent_; ///< the first latency, within the open sample
  std::vector<sample> timeline_;
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  std::int64_t begin_ns_ = never, end_ns_ = never, sample_begin_ns_ = 0, sample_end_ns_ = 0;
  std::uint64_t operations_ = 0, operations_at_sample_ = 0;
  bool measuring_ = false;
};

} // namespace palabre::bench

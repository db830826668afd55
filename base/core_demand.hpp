#pragma once
// How busy a thread is, and how short of cores, as the kernel sees it.

#include <chrono>

namespace palabre {

/// Threads: the one that is asked about, from its first question on.
class core_demand {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct shares {
    double wanted = 0; ///< of the time: it ran, or waited until a core was free
    double waited = 0; ///< of that: it waited
  };

  core_demand() = default;
  ~core_demand();
  core_demand(const core_demand&) = delete;
  core_demand& operator=(const core_demand&) = delete;

  /// From 0 to 1, over the last `window` or more; 0 until that is over, and where the kernel does not tell
  /// (/proc/thread-self/schedstat; Documentation/scheduler/sched-stats.rst of Linux) or no descriptor is free at the
  /// first question: then for good.
  shares look(time_point now);

  static constexpr std::chrono::milliseconds window{25};

private:
  static constexpr int not_opened = -2, not_there = -1;

  /// Since the thread began.
  struct spent {
    long long ran_ns = 0, waited_ns = 0;
  };
  static bool read(int schedstat, spent& into);

  int file_ = not_opened;
  time_point asked_{};
  spent spent_; ///< at asked_
  shares last_;
};

} // namespace palabre

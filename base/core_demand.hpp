#pragma once
// How busy a thread is, as the kernel sees it.

#include <chrono>

namespace palabre {

/// The share of time in which a thread wanted a core: it ran, or waited until one was free. Threads: the one whose
/// share it is, from its first question on.
class core_demand {
public:
  using time_point = std::chrono::steady_clock::time_point;

  core_demand() = default;
  ~core_demand();
  core_demand(const core_demand&) = delete;
  core_demand& operator=(const core_demand&) = delete;

  /// From 0 to 1, over the last `window` or more; 0 until that is over, and where the kernel does not tell
  /// (/proc/thread-self/schedstat, proc_pid_schedstat in the kernel's Documentation/scheduler/sched-stats).
  double share(time_point now);

  static constexpr std::chrono::milliseconds window{25};

private:
  static constexpr int not_opened = -2, not_there = -1;

  int file_ = not_opened;
  time_point asked_{};
  long long wanted_ns_ = 0; ///< at asked_, since the thread began
  double share_ = 0;
};

} // namespace palabre

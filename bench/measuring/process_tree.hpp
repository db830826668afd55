#pragma once
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace palabre::bench {

/// What processes and all that they started use, as Linux tells it: measured from outside.
class process_tree {
public:
  explicit process_tree(std::vector<pid_t> roots) : roots_(std::move(roots)) {}

  /// User and system time so far, of the living and of those that were waited for. One process without children is read
  /// to the nanosecond, others to the tick of 10 ms.
  double cpu_seconds() const;
  /// Private and shared pages in memory now, a page of two processes counted twice.
  std::uint64_t resident_bytes() const;
  bool is_running() const;

private:
  std::vector<pid_t> members() const;
  std::vector<pid_t> roots_;
};

} // namespace palabre::bench

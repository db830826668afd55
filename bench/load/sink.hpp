#pragma once
#include "bench/load/endpoint.hpp"

#include <sys/types.h>
#include <vector>

namespace palabre::bench {

/// A server in a process of its own that does next to nothing, so that the generator is what limits: see sink_server.
/// It speaks the protocol "nchan". Ends with this, and with this process.
class sink {
public:
  /// `cores`: empty = wherever the system puts it. Throws std::runtime_error if it cannot start.
  explicit sink(const std::vector<int>& cores);
  ~sink();
  sink(const sink&) = delete;

  const endpoint& at() const { return at_; }
  pid_t pid() const { return child_; }

private:
  endpoint at_;
  pid_t child_ = -1;
};

} // namespace palabre::bench

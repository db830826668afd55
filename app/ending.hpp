#pragma once
// How a command that prints for long ends before it is done: SIGINT, SIGTERM, SIGHUP, or nobody reading any more. It
// then ends in order, so that what it keeps in temporary directories goes.

#include "base/result.hpp"

#include <chrono>
#include <memory>

namespace palabre::app {

/// From its construction on these no longer end the process; a SIGHUP that was ignored stays so. One at a time; put
/// back at the end.
class ending {
public:
  ending();
  ~ending();
  ending(const ending&) = delete;

  bool is_asked() const;
  /// What a command answers then. Errors: abandoned.
  result<void> check() const;
  /// Waits so long, or until it is asked or nobody reads stdout any more; true: go on.
  bool pause(std::chrono::milliseconds most) const;

private:
  struct before;
  std::unique_ptr<before> before_;
};

} // namespace palabre::app

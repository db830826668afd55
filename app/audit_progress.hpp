#pragma once
#include "base/position.hpp"
#include "bench/report/progress.hpp"

#include <optional>
#include <string>

namespace palabre::app {

/// How far a tool is that reads the log, on stderr: at once on a terminal, as a line that is drawn anew, with rate and
/// time left; elsewhere plain lines, but only of what takes longer than a few seconds. Threads: one.
class audit_progress {
public:
  /// `doing`: as "checking the log"; it goes from behind `after` to `last`.
  audit_progress(std::string doing, position after, position last);
  /// Cheap enough for a few calls each millisecond.
  void reach(position at);

private:
  using time_point = bench::progress::time_point;

  const std::string doing_;
  const position after_, last_;
  const bool is_terminal_;
  const time_point begun_;
  std::optional<time_point> now_; ///< what the line takes for now; nullopt: the clock's
  bool is_shown_ = false;
  bench::progress line_;
};

} // namespace palabre::app

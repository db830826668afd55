#pragma once
#include "base/position.hpp"
#include "bench/report/progress.hpp"

#include <optional>
#include <string>

namespace palabre::app {

/// Shows on stderr how far a command has come with the records it goes through, with rate and time left: a line that is
/// drawn anew on a terminal, a plain one every few seconds elsewhere. Threads: one.
class record_progress {
public:
  /// Elsewhere than on a terminal: what is over soon is not worth a line where it only proves something.
  enum class elsewhere { at_once, if_it_takes_long };

  /// `doing`: as "copying the log"; it goes from behind `after` to `last`.
  record_progress(std::string doing, position after, position last, elsewhere how = elsewhere::at_once);
  /// Cheap enough for every record.
  void reach(position at);

private:
  using time_point = bench::progress::time_point;
  static constexpr std::uint64_t records_between_looks = 4'096;

  void show();

  const std::string doing_;
  const position after_, last_;
  const bool waits_;
  const time_point begun_;
  std::uint64_t next_look_;
  std::optional<time_point> now_; ///< what the line takes for now; nullopt: the clock's
  bool is_shown_ = false;
  bench::progress line_;
};

} // namespace palabre::app

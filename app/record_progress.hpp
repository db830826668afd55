#pragma once
#include "base/position.hpp"
#include "bench/report/progress.hpp"

#include <string>

namespace palabre::app {

/// Shows on stderr how far a command has come with the records it goes through: a line that is drawn anew on a
/// terminal, a plain one every few seconds elsewhere. Threads: one.
class record_progress {
public:
  /// `doing`: as "copying the log"; `last`: where it will end.
  record_progress(std::string doing, position last);
  /// Cheap enough for every record.
  void reach(position at);

private:
  static constexpr std::uint64_t records_between_looks = 4'096;

  bench::progress shown_;
  position last_;
  bench::progress::time_point begun_;
};

} // namespace palabre::app

#include "app/audit_progress.hpp"

#include "bench/report/numbers.hpp"

#include <unistd.h>

namespace palabre::app {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::seconds silent_for{5};

} // namespace

audit_progress::audit_progress(std::string doing, position after, position last)
    : doing_(std::move(doing)), after_(after), last_(last), is_terminal_(::isatty(STDERR_FILENO) == 1),
      begun_(steady::now()), line_(stderr, is_terminal_, [this] { return now_ ? *now_ : steady::now(); }) {}

void audit_progress::reach(position at) {
  const time_point now = steady::now();
  if (!is_terminal_ && now - begun_ < silent_for) return;
  if (!is_shown_) {
    is_shown_ = true;
    now_ = begun_; // it did not begin only now
    line_.phase(doing_);
    now_.reset();
  }
  const auto done = static_cast<double>(at.value - after_.value);
  const double passed = std::chrono::duration<double>(now - begun_).count();
  const double all = static_cast<double>(last_.value - after_.value);
  line_.update(all > 0 ? done / all : 1, bench::grouped(passed > 0 ? done / passed : 0, 0) + " events/s");
}

} // namespace palabre::app

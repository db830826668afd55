#include "app/record_progress.hpp"

#include "bench/report/numbers.hpp"

#include <unistd.h>

#include <algorithm>

namespace palabre::app {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::seconds silent_for{5};

bool is_terminal() {
  return ::isatty(STDERR_FILENO) == 1;
}

} // namespace

record_progress::record_progress(std::string doing, position after, position last, elsewhere how)
    : doing_(std::move(doing)), after_(after), last_(last),
      waits_(how == elsewhere::if_it_takes_long && !is_terminal()), begun_(steady::now()),
      next_look_(after.value + records_between_looks),
      line_(stderr, is_terminal(), [this] { return now_ ? *now_ : steady::now(); }) {
  if (!waits_) show();
}

void record_progress::show() {
  is_shown_ = true;
  now_ = begun_; // it did not begin only now
  line_.phase(doing_);
  now_.reset();
}

void record_progress::reach(position at) {
  if (at.value < next_look_) return;
  next_look_ = at.value + records_between_looks;
  const time_point now = steady::now();
  if (waits_ && now - begun_ < silent_for) return;
  if (!is_shown_) show();
  const auto done = static_cast<double>(at.value - after_.value);
  const double all = static_cast<double>(std::max<std::uint64_t>(last_.value - after_.value, 1));
  const double passed = std::max(std::chrono::duration<double>(now - begun_).count(), 1e-6);
  line_.update(done / all, bench::grouped(done / passed, 0) + " events/s");
}

} // namespace palabre::app

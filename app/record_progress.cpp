#include "app/record_progress.hpp"

#include "bench/report/numbers.hpp"

#include <unistd.h>

#include <algorithm>

namespace palabre::app {

record_progress::record_progress(std::string doing, position last)
    : shown_(stderr, ::isatty(STDERR_FILENO) == 1), last_(last), begun_(std::chrono::steady_clock::now()) {
  shown_.phase(std::move(doing));
}

void record_progress::reach(position at) {
  if (at.value % records_between_looks != 0) return;
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begun_;
  const auto done = static_cast<double>(at.value);
  const double of = static_cast<double>(std::max<std::uint64_t>(last_.value, 1));
  shown_.update(done / of, bench::grouped(done / std::max(passed.count(), 1e-6), 0) + " events/s");
}

} // namespace palabre::app

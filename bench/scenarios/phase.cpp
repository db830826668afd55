#include "bench/scenarios/phase.hpp"

#include <algorithm>

namespace palabre::bench {
namespace {

constexpr std::int64_t told_every_ns = 250'000'000;
constexpr std::int64_t soon_ns = 1'000; // what is overdue is done in the first turn

} // namespace

void keep_going(loop& work, meter& counted, const tell_progress& tell, const std::string& phase, double seconds,
                const std::int64_t& due_ns, const std::function<bool()>& turn) {
  const std::int64_t start = work.tick(), length = static_cast<std::int64_t>(seconds * 1e9), end = start + length;
  std::int64_t told = start;
  std::uint64_t before = counted.operations();
  bool failed = false;
  while (work.now_ns() < end && !failed) {
    const std::int64_t now = work.now_ns();
    const std::int64_t until = std::min({end, told + told_every_ns, std::max(due_ns, now + soon_ns)});
    failed = work.run_until(until, [&] {
      counted.tick(work.now_ns());
      return turn();
    });
    if (work.now_ns() - told < told_every_ns) continue;
    const double rate =
        static_cast<double>(counted.operations() - before) * 1e9 / static_cast<double>(work.now_ns() - told);
    tell(phase, static_cast<double>(work.now_ns() - start) / static_cast<double>(length),
         counted.is_measuring() ? std::to_string(static_cast<std::uint64_t>(rate)) + " /s" : "");
    told = work.now_ns();
    before = counted.operations();
  }
}

std::function<void(std::size_t)> filling(const tell_progress& tell, std::size_t messages) {
  tell("filling", 0, std::to_string(messages) + " messages");
  return [tell, messages](std::size_t posted) {
    tell("filling", static_cast<double>(posted) / static_cast<double>(messages), std::to_string(posted) + " messages");
  };
}

} // namespace palabre::bench

#pragma once
#include "bench/load/loop.hpp"
#include "bench/measuring/meter.hpp"
#include "bench/scenarios/options.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

namespace palabre::bench {

/// When nothing is due: a closed loop waits for answers, not for the clock.
constexpr std::int64_t never_due = std::numeric_limits<std::int64_t>::max();

/// Lets a load go on for so long: as warm-up, or while `counted` measures. `turn` is called after each event, when
/// `due_ns` has come (it moves that on), and at least every ms; it says whether the load has failed, which ends the
/// phase. Tells how far it is, and the rate while that is measured.
void keep_going(loop& work, meter& counted, const tell_progress& tell, const std::string& phase, double seconds,
                const std::int64_t& due_ns, const std::function<bool()>& turn);

/// Tells that `messages` begin to be posted; what it answers, given to fill_room(), tells how many are.
std::function<void(std::size_t posted)> filling(const tell_progress& tell, std::size_t messages);

} // namespace palabre::bench

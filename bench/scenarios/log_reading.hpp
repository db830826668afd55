#pragma once
#include "bench/scenarios/log_ground.hpp"

namespace palabre::bench {

/// `replay`: what does it take to compute the past from its events? `palabre replay` of the largest room, and
/// `palabre events` of the whole log, both into a pipe, beside a bare iteration over the log's rows. Starting the
/// command and opening the log are in their times, and not in the iteration's.
result measure_replay(const options& how, const log_size& size, const tell_progress& tell);

/// `verify`: what does it take to prove the log and its views? `palabre verify` of the log alone, and of
/// both, beside a bare iteration.
result measure_verify(const options& how, const log_size& size, const tell_progress& tell);

} // namespace palabre::bench

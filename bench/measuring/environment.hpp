#pragma once
#include "bench/measuring/result.hpp"

namespace palabre::bench {

/// What a figure depends on beside the program: processor, cores, memory, kernel, distribution, file limit, clock
/// source, load before the start, UTC time. Names are stable.
std::vector<name_and_text> describe_machine();

} // namespace palabre::bench

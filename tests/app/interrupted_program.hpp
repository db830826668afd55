#pragma once
// Runs palabre and kills it on its way.

#include <chrono>
#include <string>
#include <vector>

namespace palabre::testing {

/// Runs palabre with these arguments and sends SIGKILL after so long, if it has not ended by then. True: it was killed.
bool run_and_kill(const std::vector<std::string>& arguments, std::chrono::microseconds after);

} // namespace palabre::testing

#pragma once
#include "bench/scenarios/options.hpp"

namespace palabre::bench {

inline const tell_progress silence = [](const std::string&, double, const std::string&) {};

} // namespace palabre::bench

#pragma once
#include "bench/scenarios/options.hpp"

namespace palabre::bench {

/// Runs as often as asked, each time with a fresh server where it is ours, and adds what came out to `into`.
result repeated(const options& how, result into, const tell_progress& tell,
                const std::function<run(arena& server, const tell_progress& tell)>& once);
/// The same without a server: `once` starts what it measures.
result repeated(const options& how, result into, const tell_progress& tell,
                const std::function<run(const tell_progress& tell)>& once);

} // namespace palabre::bench

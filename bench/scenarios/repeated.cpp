#include "bench/scenarios/repeated.hpp"

#include "bench/measuring/stolen_time.hpp"

#include <chrono>

namespace palabre::bench {

result repeated(const options& how, result into, const tell_progress& tell,
                const std::function<run(const tell_progress& tell)>& once) {
  using clock = std::chrono::steady_clock;
  for (unsigned i = 0; i < how.runs; ++i) {
    const auto began = clock::now();
    const double stolen = stolen_seconds();
    into.runs.push_back(once([&](const std::string& phase, double part, const std::string& words) {
      tell("run " + std::to_string(i + 1) + " of " + std::to_string(how.runs) + ", " + phase, part, words);
    }));
    into.runs.back().stolen_cores =
        (stolen_seconds() - stolen) / std::chrono::duration<double>(clock::now() - began).count();
  }
  return into;
}

result repeated(const options& how, result into, const tell_progress& tell,
                const std::function<run(arena& server, const tell_progress& tell)>& once) {
  arena server(how);
  return repeated(how, std::move(into), tell, [&](const tell_progress& nth) {
    server.renew();
    return once(server, nth);
  });
}

} // namespace palabre::bench

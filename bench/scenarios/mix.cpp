#include "bench/scenarios/mix.hpp"

#include "bench/scenarios/mix_run.hpp"
#include "bench/scenarios/repeated.hpp"

#include <cstdio>
#include <stdexcept>

namespace palabre::bench {

result measure_mix(const options& how, const community& what, const tell_progress& tell) {
  if (how.protocol != "palabre") throw std::runtime_error("mix speaks to Palabre only, not " + how.protocol);
  if (what.accounts > what.members)
    throw std::runtime_error("there are more accounts (" + std::to_string(what.accounts) + ") than connections (" +
                             std::to_string(what.members) + "), and the others would do nothing");
  char rate[64];
  std::snprintf(rate, sizeof rate, "open loop: %g actions/s at random times", what.rate);
  result into = begin_result(how, "mix", "How does a day in a community go?",
                             {{"rooms", std::to_string(what.rooms) + ", Zipf"},
                              {"connections", std::to_string(what.members)},
                              {"accounts", std::to_string(what.accounts) + " (in the rooms they listen to)"},
                              {"rooms of each", std::to_string(what.rooms_each)},
                              {"acting", rate},
                              {"of 100 actions", "60 posts, 20 reactions, 5 edits, 10 reads of 50, 5 lost lines"}});
  return repeated(how, std::move(into), tell,
                  [&](arena& server, const tell_progress& nth) { return mix_run(how, what, server, nth).measure(); });
}

} // namespace palabre::bench

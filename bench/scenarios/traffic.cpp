#include "bench/scenarios/traffic.hpp"

#include "bench/scenarios/repeated.hpp"
#include "bench/scenarios/traffic_run.hpp"

#include <cstdio>

namespace palabre::bench {
namespace {

std::vector<name_and_text> parameters_of(const traffic& what) {
  char rate[96] = "closed loop: each sender waits for its ack";
  if (what.until_delivered)
    std::snprintf(rate, sizeof rate, "closed loop: each sender waits until every listener has its post");
  if (what.rate > 0) std::snprintf(rate, sizeof rate, "open loop: %g posts/s at random times", what.rate);
  return {{"rooms", std::to_string(what.rooms)},
          {"listeners in each", std::to_string(what.listeners)},
          {"senders", std::to_string(what.senders)},
          {"posting", rate},
          {"body", std::to_string(what.body_bytes) + " bytes"}};
}

result measure(const options& how, const traffic& what, traffic_run::headline counts, result into,
               const tell_progress& tell) {
  return repeated(how, std::move(into), tell, [&](arena& server, const tell_progress& nth) {
    return traffic_run(how, what, counts, server, nth).measure();
  });
}

} // namespace

result measure_post(const options& how, const traffic& what, const tell_progress& tell) {
  return measure(
      how, what, traffic_run::headline::accepted,
      begin_result(how, "post", "How many messages a second are accepted, and at what cost?", parameters_of(what)),
      tell);
}

result measure_fanout(const options& how, const traffic& what, const tell_progress& tell) {
  return measure(
      how, what, traffic_run::headline::delivered,
      begin_result(how, "fanout", "What does it take to bring messages to those who listen?", parameters_of(what)),
      tell);
}

} // namespace palabre::bench

#include "bench/scenarios/log_reading.hpp"

#include "bench/load/bare_iteration.hpp"
#include "bench/scenarios/repeated.hpp"

namespace palabre::bench {
namespace {

/// Once unmeasured, so that it finds the files in memory as what follows does.
double warm_bare_rate(const log_ground& ground) {
  iterate_log(ground.data());
  const auto bare = iterate_log(ground.data());
  return static_cast<double>(bare.records) / bare.seconds;
}

void add_bare(run& to, double rate) {
  to.figures.push_back({"bare iteration", "events/s", better::neither, rate});
}

} // namespace

result measure_replay(const options& how, const log_size& size, const tell_progress& tell) {
  const log_ground ground(how, size, "replay", tell);
  const filled_log& log = ground.log();
  result into = ground.begin("What does it take to compute the past from its events?");
  into.parameters.emplace_back("events of the replayed room", std::to_string(log.events_of_biggest_room));
  return repeated(how, std::move(into), tell, [&](const tell_progress& nth) {
    run done;
    nth("iterating", 0, "");
    const double bare = warm_bare_rate(ground);
    nth("replaying", 0.3, "");
    const auto replayed = ground.command({"replay", "--room", log.biggest_room}, done);
    nth("listing", 0.6, "");
    const auto listed = ground.command({"events"}, done);
    add_figures(done, "replay of a room", replayed, log.events_of_biggest_room, bare);
    add_figures(done, "listing of all", listed, log.events, bare);
    add_bare(done, bare);
    done.seconds = replayed.seconds + listed.seconds;
    return done;
  });
}

result measure_verify(const options& how, const log_size& size, const tell_progress& tell) {
  const log_ground ground(how, size, "verify", tell);
  return repeated(how, ground.begin("What does it take to prove the log and its views?"), tell,
                  [&](const tell_progress& nth) {
                    run done;
                    nth("iterating", 0, "");
                    const double bare = warm_bare_rate(ground);
                    nth("verifying the chain", 0.2, "");
                    const auto chain = ground.command({"verify", "--without-keys"}, done);
                    nth("verifying the log", 0.3, "");
                    const auto log = ground.command({"verify", "--log-only"}, done);
                    nth("verifying", 0.5, "");
                    const auto verified = ground.command({"verify"}, done);
                    add_figures(done, "chain verified, without keys", chain, ground.log().events, bare);
                    add_figures(done, "chain verified, all opened and read", log, ground.log().events, bare);
                    add_figures(done, "verified", verified, ground.log().events, bare);
                    add_bare(done, bare);
                    done.seconds = chain.seconds + log.seconds + verified.seconds;
                    return done;
                  });
}

} // namespace palabre::bench

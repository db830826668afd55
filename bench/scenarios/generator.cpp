#include "bench/scenarios/generator.hpp"

#include "bench/load/sink.hpp"
#include "bench/scenarios/repeated.hpp"
#include "bench/scenarios/traffic_run.hpp"

#include <algorithm>
#include <stdexcept>

namespace palabre::bench {
namespace {

double figure_of(const run& from, std::string_view name) {
  const auto found = std::ranges::find(from.figures, name, &figure::name);
  return found == from.figures.end() ? 0 : found->value;
}

run measure_part(options how, const traffic& what, traffic_run::headline counts, const tell_progress& tell) {
  const sink idle(how.server_cores);
  how.url = "http://127.0.0.1:" + std::to_string(idle.at().port);
  how.protocol = "nchan";
  how.pids = {static_cast<int>(idle.pid())};
  how.duration_s /= 2;
  arena there(how);
  return traffic_run(how, what, counts, there, tell).measure();
}

run measure_once(const options& how, const generating& what, const tell_progress& tell) {
  traffic load{what.rooms, what.connections / what.rooms, what.senders, 0, what.body_bytes};
  run delivering = measure_part(how, load, traffic_run::headline::delivered, tell);
  load.listeners = 0;
  const run posting = measure_part(how, load, traffic_run::headline::accepted, tell);

  const double delivered = figure_of(delivering, "delivered"), accepted = figure_of(posting, "accepted");
  const double sink_cores = figure_of(delivering, "server CPU");
  delivering.figures = {
      {"delivered", "/s", better::higher, delivered},
      {"generator CPU per delivery", "ns", better::lower, delivering.generator.cpu * 1e9 / delivered},
      {"accepted, nobody listening", "/s", better::higher, accepted},
      {"generator CPU per post", "µs", better::lower, posting.generator.cpu * 1e6 / accepted},
      {"connections", "", better::neither, static_cast<double>(load.rooms * (what.connections / what.rooms))},
      {"sink CPU", "cores", better::neither, sink_cores}};
  delivering.failures.insert(delivering.failures.end(), posting.failures.begin(), posting.failures.end());
  return delivering;
}

} // namespace

result measure_generator(const options& how, const generating& what, const tell_progress& tell) {
  if (!how.url.empty()) throw std::runtime_error("generator brings its own sink; --url has no meaning");
  auto into = begin_result(how, "generator", "What does the load generator itself cost?",
                           {{"connections", std::to_string(what.connections)},
                            {"rooms", std::to_string(what.rooms)},
                            {"senders", std::to_string(what.senders) + ", each waits for its ack"},
                            {"body", std::to_string(what.body_bytes) + " bytes"}});
  into.target = "a sink that passes frames on";
  return repeated(how, std::move(into), tell, [&](const tell_progress& nth) { return measure_once(how, what, nth); });
}

} // namespace palabre::bench

#include "bench/scenarios/generator.hpp"

#include "bench/load/sink.hpp"
#include "bench/scenarios/repeated.hpp"
#include "bench/scenarios/traffic_run.hpp"

#include <algorithm>
#include <stdexcept>

namespace palabre::bench {
namespace {

constexpr double parts = 3;

double figure_of(const run& from, std::string_view name) {
  const auto found = std::ranges::find(from.figures, name, &figure::name);
  return found == from.figures.end() ? 0 : found->value;
}

run measure_part(options how, const traffic& what, traffic_run::headline counts, const tell_progress& tell) {
  const sink idle(how.server_cores);
  how.url = "http://127.0.0.1:" + std::to_string(idle.at().port);
  how.protocol = "nchan";
  how.pids = {static_cast<int>(idle.pid())};
  how.duration_s /= parts;
  arena there(how);
  return traffic_run(how, what, counts, there, tell).measure();
}

double cpu_ns_per(const run& from, std::string_view what) {
  const double rate = figure_of(from, what);
  return rate > 0 ? from.generator.cpu * 1e9 / rate : 0;
}

run measure_once(const options& how, const generating& what, const tell_progress& tell) {
  using headline = traffic_run::headline;
  const std::size_t in_each = what.connections / what.rooms;
  run much = measure_part(how, {what.rooms, in_each, what.senders, 0, what.body_bytes}, headline::delivered, tell);
  const std::size_t few = std::min<std::size_t>(what.connections, 1'000);
  const run one_by_one = measure_part(how, {1, few, 1, 0, what.body_bytes}, headline::delivered, tell);
  const run posts = measure_part(how, {what.rooms, 0, what.senders, 0, what.body_bytes}, headline::accepted, tell);

  const double sink_cores = figure_of(much, "server CPU");
  much.figures = {{"delivered", "/s", better::higher, figure_of(much, "delivered")},
                  {"generator CPU per delivery", "ns", better::lower, cpu_ns_per(much, "delivered")},
                  {"generator CPU per delivery, one by one", "ns", better::lower, cpu_ns_per(one_by_one, "delivered")},
                  {"generator CPU per post", "ns", better::lower, cpu_ns_per(posts, "accepted")},
                  {"connections", "", better::neither, static_cast<double>(what.rooms * in_each)},
                  {"sink CPU", "cores", better::neither, sink_cores}};
  much.generator.limiting = false; // it is what is measured
  for (const run* part : {&one_by_one, &posts})
    much.failures.insert(much.failures.end(), part->failures.begin(), part->failures.end());
  return much;
}

} // namespace

result measure_generator(const options& how, const generating& what, const tell_progress& tell) {
  if (!how.url.empty()) throw std::runtime_error("generator brings its own sink; --url has no meaning");
  options as_told = how;
  as_told.url = as_told.name = "a sink that passes frames on";
  as_told.ack_means = "passed on; nothing is kept";
  auto into = begin_result(as_told, "generator", "What does the load generator itself cost?",
                           {{"connections", std::to_string(what.connections)},
                            {"rooms", std::to_string(what.rooms)},
                            {"senders", std::to_string(what.senders) + ", each waits for its ack"},
                            {"body", std::to_string(what.body_bytes) + " bytes"}});
  return repeated(how, std::move(into), tell, [&](const tell_progress& nth) { return measure_once(how, what, nth); });
}

} // namespace palabre::bench

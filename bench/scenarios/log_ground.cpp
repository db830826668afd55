#include "bench/scenarios/log_ground.hpp"

#include "bench/load/api_call.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace palabre::bench {
namespace {

constexpr double events_per_second_min = 5'000; // slower is not slow but broken

} // namespace

log_ground::log_ground(const options& how, const log_size& size, const std::string& scenario, const tell_progress& tell)
    : how_(how), size_(size), scenario_(scenario) {
  if (!how.url.empty()) throw std::runtime_error(scenario + " is about a log of our own; --url has no meaning");
  tell("filling a log", 0, std::to_string(size.events) + " events");
  serve()->stop(); // makes the keys
  log_ = fill_log(data_, {size.events, how.seed, size.body_bytes}, [&](double part) {
    tell("filling a log", part, std::to_string(static_cast<std::uint64_t>(part * static_cast<double>(size.events))));
  });
  tell("computing its views", 0, "");
  const auto server = serve();
  wait_until_ready(*server);
  server->stop();
}

result log_ground::begin(std::string question) const {
  char bytes[32];
  std::snprintf(bytes, sizeof bytes, "%.1f MB", static_cast<double>(log_.bytes) * 1e-6);
  result made = begin_result(how_, scenario_, std::move(question),
                             {{"events", std::to_string(log_.events)},
                              {"records", bytes},
                              {"body", std::to_string(size_.body_bytes) + " bytes"}});
  std::erase_if(made.parameters, [](const auto& p) { return p.first == "duration" || p.first == "warm-up"; });
  return made;
}

program_run log_ground::command(std::vector<std::string> arguments, run& to) const {
  const std::string name = arguments.front();
  arguments.insert(arguments.begin(), how_.binary);
  arguments.insert(arguments.end(), {"--data", data_});
  const auto done = run_program(arguments, how_.server_cores);
  if (done.exit_code != 0) to.failures.push_back("palabre " + name + " answered " + std::to_string(done.exit_code));
  if (done.output_bytes == 0) to.failures.push_back("palabre " + name + " said nothing");
  return done;
}

std::unique_ptr<own_server> log_ground::serve() const {
  return std::make_unique<own_server>(how_.binary, data_, how_.server_cores);
}

void log_ground::wait_until_ready(const own_server& server) const {
  const auto most = std::chrono::duration<double>(30 + static_cast<double>(size_.events) / events_per_second_min);
  bench::wait_until_ready(server.at(), std::chrono::ceil<std::chrono::seconds>(most));
}

void add_figures(run& to, const std::string& name, double seconds, double cpu_seconds, std::uint64_t events,
                 double bare_rate) {
  const double rate = static_cast<double>(events) / seconds;
  to.figures.push_back({name, "events/s", better::higher, rate});
  to.figures.push_back({name + ", of bare iteration", "×", better::higher, bare_rate > 0 ? rate / bare_rate : 0});
  to.figures.push_back({name + ", time", "s", better::lower, seconds});
  to.figures.push_back({name + ", CPU", "s", better::lower, cpu_seconds});
}

void add_figures(run& to, const std::string& name, const program_run& used, std::uint64_t events, double bare_rate) {
  add_figures(to, name, used.seconds, used.cpu_seconds, events, bare_rate);
  to.figures.push_back(
      {name + ", peak memory", "MB", better::lower, static_cast<double>(used.resident_bytes_max) * 1e-6});
}

} // namespace palabre::bench

#include "bench/scenarios/empty_start.hpp"

#include "bench/load/api_call.hpp"
#include "bench/load/target.hpp"
#include "bench/scenarios/repeated.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace palabre::bench {
namespace {

using steady = std::chrono::steady_clock;
constexpr std::chrono::seconds patience{30};

double milliseconds_since(steady::time_point start) {
  return std::chrono::duration<double, std::milli>(steady::now() - start).count();
}

struct one_start {
  double listening_ms = 0, ready_ms = 0, cpu_ms = 0, resident_mb = 0;
};

one_start look(const own_server& server, steady::time_point start) {
  one_start seen;
  seen.listening_ms = milliseconds_since(start);
  wait_until_ready(server.at(), patience);
  seen.ready_ms = milliseconds_since(start);
  const process_tree process({server.pid()});
  seen.cpu_ms = process.cpu_seconds() * 1e3;
  seen.resident_mb = static_cast<double>(process.resident_bytes()) * 1e-6;
  return seen;
}

double median(const std::vector<one_start>& of, double one_start::*which) {
  std::vector<double> values;
  for (const one_start& each : of) values.push_back(each.*which);
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

} // namespace

result measure_start(const options& how, const empty_server& what, const tell_progress& tell) {
  if (!how.url.empty()) throw std::runtime_error("start is about a server of our own; --url has no meaning");
  result into = begin_result(how, "start", "What does a server cost before anybody is there?",
                             {{"starts", std::to_string(what.starts)}});
  std::erase_if(into.parameters, [](const auto& p) { return p.first == "duration" || p.first == "warm-up"; });
  return repeated(how, std::move(into), tell, [&](const tell_progress& nth) {
    std::vector<one_start> first, again;
    const auto begun = steady::now();
    for (std::size_t i = 0; i < what.starts; ++i) {
      nth("starting", static_cast<double>(i) / static_cast<double>(what.starts), "");
      const temporary_directory directory;
      const auto start = steady::now();
      own_server server(how.binary, directory.path() + "/data", how.server_cores);
      first.push_back(look(server, start));
      server.stop();
      const auto restart = steady::now();
      server.start();
      again.push_back(look(server, restart));
    }
    run done;
    done.seconds = milliseconds_since(begun) / 1e3;
    done.figures = {{"first start, listening after", "ms", better::lower, median(first, &one_start::listening_ms)},
                    {"first start, ready after", "ms", better::lower, median(first, &one_start::ready_ms)},
                    {"next start, listening after", "ms", better::lower, median(again, &one_start::listening_ms)},
                    {"next start, ready after", "ms", better::lower, median(again, &one_start::ready_ms)},
                    {"CPU until ready", "ms", better::lower, median(again, &one_start::cpu_ms)},
                    {"server memory", "MB", better::lower, median(again, &one_start::resident_mb)}};
    return done;
  });
}

} // namespace palabre::bench

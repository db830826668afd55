#include "made_result.hpp"

#include <cmath>
#include <random>

namespace palabre::bench {
namespace {

using random_numbers = std::mt19937_64;

/// Log-normal around the median, with a stall now and then.
double one_latency_ms(double median_ms, random_numbers& random) {
  std::normal_distribution<double> around(0, 0.35);
  std::uniform_real_distribution<double> chance;
  const double usual = median_ms * std::exp(around(random));
  return chance(random) < 0.002 ? usual + 12 * chance(random) : usual;
}

latency made_latency(std::string name, double median_ms, std::size_t operations, random_numbers& random) {
  latency made{std::move(name), {}};
  for (std::size_t i = 0; i < operations; ++i)
    made.times_ns.add(static_cast<std::uint64_t>(1e6 * one_latency_ms(median_ms, random)));
  return made;
}

sample made_sample(double at_s, const made& like, random_numbers& random) {
  histogram times;
  for (int i = 0; i < 400; ++i) times.add(static_cast<std::uint64_t>(1e6 * one_latency_ms(like.median_ms, random)));
  std::normal_distribution<double> around(1, like.noise);
  return {at_s, like.per_second * around(random), static_cast<double>(times.at(0.5)) / 1e6,
          static_cast<double>(times.at(0.99)) / 1e6, static_cast<double>(times.max()) / 1e6};
}

run made_run(const made& like, random_numbers& random) {
  std::normal_distribution<double> around(1, like.noise);
  run r;
  r.seconds = 20;
  const double rate = like.per_second * around(random);
  r.figures = {{"acked", "/s", better::higher, rate},
               {"delivered", "/s", better::higher, 10 * rate},
               {"server CPU per post", "µs", better::lower, 31.4 * 25'000 / rate},
               {"server memory", "MB", better::lower, 61.2 * around(random)},
               {"posts", "", better::neither, std::floor(20 * rate)}};
  r.latencies.push_back(made_latency("intended start to ack", like.median_ms, like.operations, random));
  r.latencies.push_back(made_latency("intended start to delivery", 1.3 * like.median_ms, like.operations, random));
  for (int second = 1; second <= 20; ++second) r.timeline.push_back(made_sample(second, like, random));
  const auto deliveries = static_cast<std::uint64_t>(200 * rate);
  r.deliveries = integrity{deliveries, deliveries, 0, 0, 0};
  r.generator = {0.62, 0.21, false};
  return r;
}

} // namespace

result made_result(const made& like) {
  random_numbers random(like.seed);
  result r;
  r.scenario = "fanout";
  r.question = "How many durable posts a second do 100 rooms of 10 people take, each delivered to all of its room?";
  r.target = like.target;
  r.parameters = {{"rooms", "100"}, {"people per room", "10"}, {"senders", "100"}, {"body", "128 bytes"}};
  r.environment = {{"processor", "AMD EPYC 9575F"},
                   {"cores", "2"},
                   {"memory", "24 GiB"},
                   {"kernel", "Linux 6.1.0 x86_64"},
                   {"system", "Debian GNU/Linux 12 (bookworm)"},
                   {"clock", "kvm-clock"},
                   {"time", "2024-11-21 05:01 UTC"},
                   {"server cores", "0"},
                   {"generator cores", "1"},
                   {"durability", "fdatasync before each ack"},
                   {"ack means", "on the disk: an fdatasync returned"}};
  for (std::size_t i = 0; i < like.runs; ++i) r.runs.push_back(made_run(like, random));
  return r;
}

} // namespace palabre::bench

// How long do the steps of a message take, each alone? Unit: nanoseconds per operation. Workload: each file of this
// folder says its own; none has threads, and all but those that name the disk or a socket make no system calls.
//
// `palabre_micro [--benchmark_filter=REGEX ...]` times them, with Google Benchmark's options.
// `palabre_micro --gate` runs the gated ones for callgrind and prints its compiler, then name, times and process of
// each: see `gate`.

#include "base/assert.hpp"
#include "bench/micro/operation.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace palabre::micro {

std::vector<measurement>& measurements() {
  static std::vector<measurement> all;
  return all;
}

// `gate` tells callgrind by name to count what happens within the first, and to write down what it has counted before
// the second.
[[gnu::noipa]] void counted_part(workload& what, std::uint64_t times) {
  what.repeat(times);
}
[[gnu::noipa]] void counted_part_is_over() {}

namespace {

/// A program that never had a second thread has cheaper locks, shared_ptr and malloc than the server.
void have_had_threads() {
  std::thread([] {}).join();
}

/// In a process of its own, so that the heap is the same whatever else is gated.
void run_gated(const measurement& what) {
  const pid_t child = ::fork();
  PALABRE_ASSERT(child >= 0);
  if (child == 0) {
    have_had_threads();
    {
      const auto work = what.make();
      work->repeat(what.gate_times); // caches and containers have their size then
      counted_part(*work, what.gate_times);
      counted_part_is_over();
    }
    std::_Exit(0);
  }
  int status = 0;
  PALABRE_ASSERT(::waitpid(child, &status, 0) == child && status == 0);
  std::printf("%s\t%llu\t%d\n", what.name.c_str(), static_cast<unsigned long long>(what.gate_times), child);
}

int run_all_gated() {
  std::puts("g++ " __VERSION__);
  for (const measurement& each : measurements())
    if (each.gate_times > 0) run_gated(each);
  return 0;
}

void hand_to_google_benchmark(const measurement& what) {
  auto* const registered = benchmark::RegisterBenchmark(what.name.c_str(), [&what](benchmark::State& state) {
    what.make()->repeat(state);
    if (what.items > 1) state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(what.items));
  });
  if (what.waits) registered->UseRealTime();
}

/// A thousand subscribers do not fit into the usual 1024 descriptors.
void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 20'000);
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

int run(int argc, char** argv) {
  allow_many_descriptors();
  std::ranges::sort(measurements(), {}, &measurement::name);
  if (argc == 2 && std::string_view(argv[1]) == "--gate") return run_all_gated();
  have_had_threads();
  for (const measurement& each : measurements()) hand_to_google_benchmark(each);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

} // namespace
} // namespace palabre::micro

int main(int argc, char** argv) {
  return palabre::micro::run(argc, argv);
}

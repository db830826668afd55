#pragma once
// How a file of this folder says what it measures:
//
//   struct encode_posted {
//     std::string operator()() { return events::to_json(posted, events::secrets::stored); }
//     const events::message_posted posted = a_message();
//   };
//   const auto registered = measure<encode_posted>("events/encode").gated(2'000);
//
// The same operation is then timed by Google Benchmark and, if it is gated, counted in instructions by `gate`: there is
// no second copy of a workload that could drift from the first.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace palabre::micro {

/// An operation together with all that it works on. Threads: one.
class workload {
public:
  virtual ~workload() = default;
  virtual void repeat(benchmark::State& state) = 0;
  virtual void repeat(std::uint64_t times) = 0;
};

struct measurement {
  std::string name;
  std::function<std::unique_ptr<workload>()> make; ///< the set-up; not measured
  std::uint64_t items = 1;                         ///< that one operation handles
  bool waits = false;                              ///< for the disk: its real time counts, else its CPU time
  std::uint64_t gate_times = 0;                    ///< how often `gate` repeats it; 0: it is not gated
};

/// All of the program, in no particular order.
std::vector<measurement>& measurements();

template <class Operation>
class workload_of final : public workload {
public:
  template <class... Argument>
  explicit workload_of(const Argument&... of) : operation_(of...) {}

  void repeat(benchmark::State& state) override {
    for ([[maybe_unused]] auto each : state) benchmark::DoNotOptimize(operation_());
  }
  void repeat(std::uint64_t times) override {
    for (std::uint64_t i = 0; i < times; ++i) benchmark::DoNotOptimize(operation_());
  }

private:
  Operation operation_;
};

/// What measure() answers, to say more about it.
class registration {
public:
  explicit registration(std::size_t index) : index_(index) {}

  registration items(std::uint64_t count) const {
    measurements()[index_].items = count;
    return *this;
  }
  registration waiting() const {
    measurements()[index_].waits = true;
    return *this;
  }
  /// Requires: `Operation` takes the same instructions whenever it is repeated `times` times after as many before.
  registration gated(std::uint64_t times) const {
    measurements()[index_].gate_times = times;
    return *this;
  }

private:
  std::size_t index_;
};

/// Measures `Operation`, made of `of`: its operator() is one operation and answers what it worked out. `name`: folder
/// of the code, what it does, its size, with slashes between.
template <class Operation, class... Argument>
registration measure(std::string name, Argument... of) {
  measurements().push_back({std::move(name), [of...] { return std::make_unique<workload_of<Operation>>(of...); }});
  return registration(measurements().size() - 1);
}

} // namespace palabre::micro

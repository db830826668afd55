#pragma once
#include "bench/load/log_filling.hpp"
#include "bench/scenarios/options.hpp"

namespace palabre::bench {

/// A log of our own that a scenario is about.
struct log_size {
  std::uint64_t events = 200'000;
  std::size_t body_bytes = 128; ///< of a message
};

/// A data directory with a filled log and the views of it, as a server has left it that was stopped in order.
///
/// Functions throw std::runtime_error with what was in the way.
class log_ground {
public:
  /// Fills it. `how.url` must be empty: `scenario` is about files, not about a server.
  log_ground(const options& how, const log_size& size, const std::string& scenario, const tell_progress& tell);

  const std::string& data() const { return data_; }
  const filled_log& log() const { return log_; }
  /// What is always the same, for a result; without the length of runs, which have none here.
  result begin(std::string question) const;
  /// Runs a command of the measured binary on the directory. A failure is noted in `to`.
  program_run command(std::vector<std::string> arguments, run& to) const;
  /// A server on the directory.
  std::unique_ptr<own_server> serve() const;
  /// Asks until the server says that it is ready. Throws if that takes far too long.
  void wait_until_ready(const own_server& server) const;

private:
  const options& how_;
  const log_size size_;
  const std::string scenario_;
  temporary_directory directory_;
  const std::string data_ = directory_.path() + "/data";
  filled_log log_;
};

/// What a command did with so many events, as figures: rate, share of the rate of bare iteration, time, CPU, memory.
void add_figures(run& to, const std::string& name, const program_run& used, std::uint64_t events, double bare_rate);
/// The same figures but memory of work that no command of its own did.
void add_figures(run& to, const std::string& name, double seconds, double cpu_seconds, std::uint64_t events,
                 double bare_rate);

} // namespace palabre::bench

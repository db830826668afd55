#pragma once
#include "bench/scenarios/options.hpp"
#include "bench/scenarios/paired.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace palabre::app {

/// `palabre bench …`: its arguments, and what they start.
class bench_command {
public:
  /// Adds the command to `program`. Requires: both outlive each other's use.
  bench_command(CLI::App& program, std::string version);
  bench_command(const bench_command&) = delete;

  bool is_asked() const { return static_cast<bool>(*command_); }
  /// 0 done; 1 a run failed, or B is slower; 2 used wrongly, or two files cannot tell; 3 the load could not be set up.
  int run();

private:
  using measure = std::function<bench::result(const bench::options&, const bench::tell_progress&)>;

  /// What a scenario can be told beside its own options.
  enum class about {
    any_server, ///< of our own, or at --url, for a time
    our_files   ///< what our own commands and servers do with a log that is made for it, for as long as it takes
  };
  CLI::App* add_scenario(const std::string& name, const std::string& help, about what = about::any_server);
  void add_remote(CLI::App& scenario);
  void add_length(CLI::App& command);
  void add_conditions(CLI::App& command);
  void add_scenarios();
  void add_traffic(const std::string& name, const std::string& help, const bench::traffic& usual,
                   bench::result (*run)(const bench::options&, const bench::traffic&, const bench::tell_progress&));
  template <class What>
  void measures(CLI::App* scenario, std::shared_ptr<What> what,
                bench::result (*run)(const bench::options&, const What&, const bench::tell_progress&));
  void add_tools();
  void pin();
  int measure_and_report();
  int compare_binaries(const bench::paired& what, double threshold);
  int show(const bench::result& found) const;
  static bool write_file(const std::string& name, const std::string& text);

  CLI::App* command_;
  bench::options how_;
  std::string pin_, json_, html_;
  bool quiet_ = false;
  std::vector<std::pair<CLI::App*, measure>> scenarios_;
  std::vector<std::pair<CLI::App*, std::function<int()>>> tools_; ///< compare, table
};

} // namespace palabre::app

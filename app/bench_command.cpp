#include "app/bench_command.hpp"

#include "app/file_limit.hpp"
#include "bench/load/dialect.hpp"
#include "bench/load/interruption.hpp"
#include "bench/report/json.hpp"
#include "bench/report/page.hpp"
#include "bench/report/progress.hpp"
#include "bench/report/table.hpp"

#include <unistd.h>

#include <fstream>
#include <iostream>
#include <stdexcept>

namespace palabre::app {
namespace {

const std::map<std::string, double> seconds_by_unit{{"ms", 0.001}, {"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}};

} // namespace

bool bench_command::write_file(const std::string& name, const std::string& text) {
  std::ofstream file(name, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return true;
  std::cerr << "palabre bench: cannot write " << name << "\n";
  return false;
}

bench_command::bench_command(CLI::App& program, std::string version) {
  how_.version = std::move(version);
  command_ = program.add_subcommand("bench", "measure a server: of its own on a temporary directory, or one at --url");
  command_->require_subcommand(1);
  add_scenarios();
  add_tools();
}

CLI::App* bench_command::add_scenario(const std::string& name, const std::string& help, about what) {
  CLI::App* scenario = command_->add_subcommand(name, help);
  CLI::Option* binary = scenario->add_option("--binary", how_.binary, "the palabre to measure; this one by default")
                            ->check(CLI::ExistingFile);
  scenario->add_option("--name", how_.name, "what is measured is called so in tables");
  if (what == about::any_server) {
    add_remote(*scenario);
    binary->excludes("--url");
    add_length(*scenario);
  }
  add_conditions(*scenario);
  scenario->add_option("--runs", how_.runs, "each with a fresh server where it is ours")
      ->check(CLI::Range(1u, 100u))
      ->capture_default_str();
  scenario->add_option("--json", json_, "write the result to this file");
  scenario->add_option("--html", html_, "write a page to this file");
  return scenario;
}

void bench_command::add_remote(CLI::App& scenario) {
  CLI::Option* url = scenario.add_option("--url", how_.url,
                                         "measure the server there, as http://HOST:PORT, instead of one of our own");
  scenario.add_option("--protocol", how_.protocol, "what the server at --url speaks")
      ->needs(url)
      ->check(CLI::IsMember(bench::dialect_names()))
      ->capture_default_str();
  scenario.add_option("--pid", how_.pids, "the processes of the server at --url, to measure what they use")
      ->needs(url)
      ->check(CLI::PositiveNumber)
      ->delimiter(',');
  scenario.add_option("--ack-means", how_.ack_means, "what an accepted message has gone through at --url")->needs(url);
}

void bench_command::add_length(CLI::App& command) {
  command.add_option("--duration", how_.duration_s, "of each run, as 10s or 2m")
      ->transform(CLI::AsNumberWithUnit(seconds_by_unit))
      ->check(CLI::Range(0.05, 86'400.0))
      ->capture_default_str();
  command.add_option("--warm-up", how_.warm_up_s, "before each run, not counted")
      ->transform(CLI::AsNumberWithUnit(seconds_by_unit))
      ->check(CLI::Range(0.0, 3'600.0))
      ->capture_default_str();
}

void bench_command::add_conditions(CLI::App& command) {
  command.add_option("--seed", how_.seed, "of all that is random")->capture_default_str();
  command.add_option("--pin", pin_, "cores of the server and of the generator, as 0:1 or 0-2:3");
  command.add_flag("--quiet", quiet_, "no progress");
}

int bench_command::run() {
  raise_file_limit();
  bench::catch_interruptions();
  try {
    for (const auto& [command, tool] : tools_)
      if (*command) return tool();
    return measure_and_report();
  } catch (const CLI::ValidationError& wrong) { // used wrongly, in a way that only shows now
    std::cerr << "palabre bench: " << wrong.what() << "\n";
    return 2;
  } catch (const std::runtime_error& wrong) { // the load could not be set up, or the server is gone
    std::cerr << "palabre bench: " << wrong.what() << "\n";
    return 3;
  }
}

void bench_command::pin() {
  if (pin_.empty()) return;
  const auto colon = pin_.find(':');
  if (colon == std::string::npos) throw CLI::ValidationError("--pin", "needs SERVER:GENERATOR, as 0:1");
  how_.server_cores = bench::parse_cores(pin_.substr(0, colon));
  how_.generator_cores = bench::parse_cores(pin_.substr(colon + 1));
  bench::pin_to(how_.generator_cores);
}

int bench_command::measure_and_report() {
  pin();
  bench::progress line(stderr, ::isatty(2));
  std::string phase;
  const bench::tell_progress tell = [&](const std::string& now, double part, const std::string& words) {
    if (quiet_) return;
    if (std::exchange(phase, now) != now) line.phase(now);
    line.update(part, words);
  };
  for (const auto& [command, measure] : scenarios_) {
    if (!*command) continue;
    const auto found = measure(how_, tell);
    line.done();
    return show(found);
  }
  return 2;
}

int bench_command::show(const bench::result& found) const {
  std::cout << bench::to_table(found, ::isatty(1) && !std::getenv("NO_COLOR"));
  bool written = json_.empty() || write_file(json_, bench::to_json(found));
  written = (html_.empty() || write_file(html_, bench::page({found}))) && written;
  return !written ? 3 : found.failed() ? 1 : 0;
}

} // namespace palabre::app

#include "app/rebuild_command.hpp"

#include "app/commands.hpp"
#include "app/control_socket.hpp"
#include "app/views_rebuild.hpp"
#include "bench/report/numbers.hpp"
#include "bench/report/progress.hpp"

#include <unistd.h>

#include <chrono>
#include <iostream>

namespace palabre::app {
namespace {

using steady = std::chrono::steady_clock;

double seconds_since(steady::time_point begun) {
  return std::chrono::duration<double>(steady::now() - begun).count();
}

/// Shows what a rebuild tells, with its rate.
class shown_progress {
public:
  shown_progress() : line_(stderr, ::isatty(2)) {}

  bool tell(std::uint64_t done, std::uint64_t total, std::string_view what) {
    if (what != phase_) {
      line_.phase(std::string(what));
      phase_ = what;
      begun_ = steady::now();
      first_ = done;
    }
    const double rate = static_cast<double>(done - first_) / std::max(0.001, seconds_since(begun_));
    const double part = total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(total);
    line_.update(part, bench::grouped(static_cast<double>(done), 0) + " events, " + bench::grouped(rate, 0) + "/s");
    return true;
  }
  void end() { line_.done(); }

private:
  bench::progress line_;
  std::string phase_;
  steady::time_point begun_;
  std::uint64_t first_ = 0;
};

/// By the server that runs there; nullopt: none does.
result<std::optional<std::string>> ask_server(const std::string& data, const std::string& projection,
                                              shown_progress& shown) {
  control_arguments arguments;
  if (!projection.empty()) arguments.emplace("projection", projection);
  return ask_control(data, "rebuild", arguments, [&](std::uint64_t done, std::uint64_t total, std::string_view what) {
    return shown.tell(done, total, what);
  });
}

result<std::string> rebuild(const std::string& data, const std::string& projection, shown_progress& shown) {
  PALABRE_TRY(const auto by_server, ask_server(data, projection, shown));
  if (by_server) return "computed anew by the server: " + *by_server;
  const auto tell = [&](std::uint64_t done, std::uint64_t total, std::string_view what) {
    return shown.tell(done, total, what);
  };
  PALABRE_TRY(const auto made, rebuild_stopped(data, projection, tell));
  return "computed anew from " + std::to_string(made.folded) + " events, up to position " +
         std::to_string(made.at.value);
}

} // namespace

rebuild_command::rebuild_command(CLI::App& program) {
  command_ = program.add_subcommand(
      "rebuild", "compute the views anew from the log; while a server runs on it, too, which goes on serving");
  command_->add_option("--data", data_, "the data directory")->capture_default_str();
  command_->add_option("--projection", projection_,
                       "only the tables of this one: timeline, roster, users, presence or reading");
}

int rebuild_command::run() const {
  const auto begun = steady::now();
  shown_progress shown;
  const auto done = rebuild(data_, projection_, shown);
  shown.end();
  if (!done) {
    fail(std::cerr, done.error());
    return done.error().code == errc::not_found && !projection_.empty() ? 2 : 1;
  }
  std::cout << "views: " << done.value() << ", in " << bench::grouped(seconds_since(begun), 1) << " s\n";
  return 0;
}

} // namespace palabre::app

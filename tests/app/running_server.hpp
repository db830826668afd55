#pragma once
// A real palabre: a child process on a free port, with a data folder of its own that goes when the fixture goes.

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace palabre::testing {

class running_server {
public:
  /// Starts it and waits until it says that it listens; throws std::runtime_error, with its log, when it does not
  /// within a minute. `config`: the text of a palabre.toml; rates are off where it does not say otherwise.
  explicit running_server(const std::string& config = {});
  ~running_server();
  running_server(const running_server&) = delete;

  unsigned short port() const { return port_; }
  const std::string& data() const { return data_; }

  bool lives() const;
  /// SIGTERM; how it exited.
  int stop();
  /// SIGKILL.
  void kill();
  /// Again on the same data, after stop() or kill(); the port may be another one.
  void start();
  /// The same, and SIGKILL after so long, wherever it is in its start by then.
  void start_and_kill(std::chrono::microseconds after);

  /// What it wrote to stderr so far.
  std::string log() const;
  /// Lines that `palabre events` prints beside the live server: how many events the log holds.
  std::size_t events() const;

private:
  int spawn_server();
  void wait_until_it_listens(int said);

  std::string folder_, data_;
  pid_t process_ = -1;
  unsigned short port_ = 0;
};

/// What a program printed, and how it exited.
struct finished_program {
  int status = -1;
  std::string printed;    ///< to stdout
  std::string complained; ///< to stderr
};
/// Runs palabre with these arguments to its end.
finished_program run_palabre(std::vector<std::string> arguments);
/// Runs palabre and sends it SIGKILL after so long. False: it had ended by itself.
bool run_and_kill_palabre(std::vector<std::string> arguments, std::chrono::microseconds after);

} // namespace palabre::testing

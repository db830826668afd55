#pragma once
#include "bench/load/endpoint.hpp"
#include "bench/measuring/process_tree.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace palabre::bench {

/// A directory that goes with this.
class temporary_directory {
public:
  temporary_directory();
  ~temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

/// The cores of a list as "0", "0-3" or "0,2". Throws std::runtime_error for another text.
std::vector<int> parse_cores(const std::string& list);
/// Binds the calling thread, and what it starts later, to these cores. Throws if the machine does not let it.
void pin_to(const std::vector<int>& cores);

/// A `palabre serve` of our own, on a data directory that outlives it: it can be killed and started again. Ends with
/// this. Functions throw std::runtime_error with what the server said if it does not start.
class own_server {
public:
  /// `cores`: empty = wherever the system puts it.
  own_server(std::string binary, std::string data, std::vector<int> cores);
  ~own_server();
  own_server(const own_server&) = delete;

  void start(); ///< returns when it listens
  void stop();  ///< SIGTERM, and waits
  void kill();  ///< SIGKILL, and waits
  const endpoint& at() const { return at_; }
  pid_t pid() const { return child_; }

private:
  void end(int signal);
  std::string read_address(int out);

  std::string binary_, data_;
  std::vector<int> cores_;
  pid_t child_ = -1;
  endpoint at_;
};

/// The settings that own servers run with where they are not the default: told in every result.
const std::vector<std::string>& own_server_settings();

/// Runs a program to its end; how long it took and what it used.
struct program_run {
  int exit_code = -1;
  double seconds = 0, cpu_seconds = 0;
  std::uint64_t resident_bytes_max = 0;
  std::uint64_t output_bytes = 0;
};
/// `output`: null = thrown away, only counted.
program_run run_program(const std::vector<std::string>& command, const std::vector<int>& cores,
                        std::string* output = nullptr);

} // namespace palabre::bench

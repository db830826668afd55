#include "bench/load/target.hpp"

#include "bench/load/interruption.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sched.h>
#include <sstream>
#include <stdexcept>

namespace palabre::bench {
namespace {

std::string make_directory() {
  std::string pattern = std::filesystem::temp_directory_path() / "palabre.bench.XXXXXX";
  if (!::mkdtemp(pattern.data()))
    throw std::runtime_error("cannot make a temporary directory: " + std::string(std::strerror(errno)));
  return pattern;
}

int core_number(const std::string& text, const std::string& list) {
  int value = -1;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < 0 || value >= CPU_SETSIZE)
    throw std::runtime_error("\"" + list + "\" is no list of cores, as 0 or 0-3 or 0,2");
  return value;
}

/// A child whose standard output is the returned pipe. It ends with this process, however that ends.
pid_t spawn(const std::vector<std::string>& command, const std::vector<int>& cores, int& out) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot start a process");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::signal(SIGINT, SIG_IGN); // Ctrl-C is the generator's: it ends us in order
    ::dup2(ends[1], 1);
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int core : cores) CPU_SET(core, &set);
    if (!cores.empty() && ::sched_setaffinity(0, sizeof set, &set) != 0) ::_exit(126);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  out = ends[0];
  return child;
}

} // namespace

temporary_directory::temporary_directory() : path_(make_directory()) {}
temporary_directory::~temporary_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::vector<int> parse_cores(const std::string& list) {
  std::vector<int> cores;
  std::istringstream parts(list);
  for (std::string part; std::getline(parts, part, ',');) {
    const auto dash = part.find('-');
    const int first = core_number(part.substr(0, dash), list);
    const int last = dash == std::string::npos ? first : core_number(part.substr(dash + 1), list);
    for (int core = first; core <= last; ++core) cores.push_back(core);
  }
  if (cores.empty()) throw std::runtime_error("\"" + list + "\" names no core");
  return cores;
}

void pin_to(const std::vector<int>& cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(core, &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0)
    throw std::runtime_error("cannot use these cores: " + std::string(std::strerror(errno)));
}

const std::vector<std::string>& own_server_settings() {
  static const std::vector<std::string> settings{
      "limits.enabled=false",     "log.access=false",         "log.level=warn", "limits.connections_per_user=20000",
      "limits.connections=20000", "auth.access_token_ttl=24h"}; // longer than any run
  return settings;
}

own_server::own_server(std::string binary, std::string data, std::vector<int> cores)
    : binary_(std::move(binary)), data_(std::move(data)), cores_(std::move(cores)) {
  start();
}

own_server::~own_server() {
  if (child_ > 0) end(SIGTERM);
}

void own_server::start() {
  std::vector<std::string> command{binary_, "serve", "--data", data_, "--listen", "127.0.0.1:0"};
  for (const auto& setting : own_server_settings()) command.insert(command.end(), {"--set", setting});
  int out = -1;
  child_ = spawn(command, cores_, out);
  const std::string said = read_address(out);
  const auto colon = said.rfind(':');
  if (colon == std::string::npos) {
    end(SIGKILL);
    throw std::runtime_error("the server did not start" + (said.empty() ? "; it says why above" : ": " + said));
  }
  at_.port = static_cast<unsigned short>(std::atoi(said.c_str() + colon + 1));
  at_.address = {boost::asio::ip::address_v4::loopback(), at_.port};
}

/// The first line that it prints, which ends with the port.
std::string own_server::read_address(int out) {
  std::string line;
  for (char c; ::read(out, &c, 1) == 1 && c != '\n';) line += c;
  ::close(out);
  return line;
}

void own_server::stop() {
  end(SIGTERM);
}

void own_server::kill() {
  end(SIGKILL);
}

void own_server::end(int signal) {
  ::kill(child_, signal);
  ::waitpid(child_, nullptr, 0);
  child_ = -1;
}

program_run run_program(const std::vector<std::string>& command, const std::vector<int>& cores, std::string* output) {
  program_run done;
  int out = -1;
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = spawn(command, cores, out);
  std::array<char, 64 * 1024> buffer;
  errno = 0;
  for (ssize_t n; (n = ::read(out, buffer.data(), buffer.size())) > 0;) {
    done.output_bytes += static_cast<std::uint64_t>(n);
    if (output) output->append(buffer.data(), static_cast<std::size_t>(n));
  }
  const bool cut_short = errno == EINTR;
  ::close(out);
  if (cut_short) ::kill(child, SIGTERM);
  int status = 0;
  rusage used{};
  ::wait4(child, &status, 0, &used);
  throw_if_interrupted();
  done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  done.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  done.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  done.resident_bytes_max = static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
  return done;
}

} // namespace palabre::bench

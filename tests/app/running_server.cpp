#include "running_server.hpp"

#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

extern char** environ;

namespace palabre::testing {
namespace {

constexpr std::chrono::seconds patience{60};
constexpr std::string_view announcement = "palabre: listening on http://127.0.0.1:";

/// The one that was built with the tests; long runs bring a copy, which no build replaces under them.
const char* binary() {
  const char* const given = std::getenv("PALABRE_BINARY");
  return given != nullptr ? given : PALABRE_BINARY;
}

/// A child whose stdout can be read.
struct child {
  pid_t process;
  int said;
};

child spawn(std::vector<std::string> arguments, const std::string& log) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  arguments.insert(arguments.begin(), binary());
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  child made{-1, ends[0]};
  const int failed = posix_spawn(&made.process, binary(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failed != 0) throw std::runtime_error(std::string("cannot start ") + binary());
  return made;
}

std::string read_all(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

int exit_of(pid_t process) {
  int status = 0;
  waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Tests ask faster than people do: without rates, unless the test is about them.
std::string without_rates(std::string config) {
  if (config.find("enabled") != std::string::npos) return config;
  const std::string section = "[limits]\n";
  auto at = config.find(section);
  if (at == std::string::npos) {
    config += (config.empty() || config.ends_with('\n') ? "" : "\n") + section;
    at = config.size() - section.size();
  }
  return config.insert(at + section.size(), "enabled = false\n");
}

} // namespace

running_server::running_server(const std::string& config) {
  std::string name = (std::filesystem::temp_directory_path() / "palabre-app-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  folder_ = name;
  data_ = folder_ + "/data";
  std::ofstream(folder_ + "/palabre.toml") << without_rates(config);
  start();
}

running_server::~running_server() {
  if (process_ != -1) kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

/// Where it says things.
int running_server::spawn_server() {
  const std::vector<std::string> arguments = {
      "serve", "--data", data_, "--listen", "127.0.0.1:0", "--config", folder_ + "/palabre.toml"};
  const child made = spawn(arguments, folder_ + "/log");
  process_ = made.process;
  return made.said;
}

void running_server::start() {
  const int said = spawn_server();
  wait_until_it_listens(said);
  close(said); // it says nothing more there
}

void running_server::start_and_kill(std::chrono::microseconds after) {
  const int said = spawn_server();
  pollfd readable{said, POLLIN, 0};
  const timespec moment{after.count() / 1'000'000, after.count() % 1'000'000 * 1'000};
  ppoll(&readable, 1, &moment, nullptr);
  kill();
  close(said);
}

void running_server::wait_until_it_listens(int said) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  std::string text;
  while (std::chrono::steady_clock::now() < give_up) {
    pollfd readable{said, POLLIN, 0};
    if (poll(&readable, 1, 1'000) == 0) continue;
    char bytes[512];
    const ssize_t size = read(said, bytes, sizeof bytes);
    if (size <= 0) break;
    text.append(bytes, static_cast<std::size_t>(size));
    const auto at = text.find(announcement);
    if (at == std::string::npos || text.find('\n', at) == std::string::npos) continue;
    port_ = static_cast<unsigned short>(std::stoi(text.substr(at + announcement.size())));
    return;
  }
  kill();
  throw std::runtime_error("the server does not listen:\n" + text + log());
}

bool running_server::lives() const {
  siginfo_t ended{}; // left where it is: whoever stops the server waits for it
  return process_ != -1 && waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         ended.si_pid == 0;
}

int running_server::stop() {
  ::kill(process_, SIGTERM);
  return exit_of(std::exchange(process_, -1));
}

void running_server::kill() {
  ::kill(process_, SIGKILL);
  exit_of(std::exchange(process_, -1));
}

std::string running_server::log() const {
  return read_all(folder_ + "/log");
}

std::size_t running_server::events() const {
  const auto ran = run_palabre({"events", "--data", data_});
  if (ran.status != 0) throw std::runtime_error("palabre events: " + std::to_string(ran.status));
  return static_cast<std::size_t>(std::count(ran.printed.begin(), ran.printed.end(), '\n'));
}

bool run_and_kill_palabre(std::vector<std::string> arguments, std::chrono::microseconds after) {
  const child made = spawn(std::move(arguments), "/dev/null");
  pollfd ended{made.said, 0, 0}; // its stdout closes when it ends
  const timespec moment{after.count() / 1'000'000, after.count() % 1'000'000 * 1'000};
  ppoll(&ended, 1, &moment, nullptr);
  ::kill(made.process, SIGKILL);
  close(made.said);
  return exit_of(made.process) == 128 + SIGKILL;
}

finished_program run_palabre(std::vector<std::string> arguments) {
  std::string errors = (std::filesystem::temp_directory_path() / "palabre-errors-XXXXXX").string();
  const int file = mkstemp(errors.data());
  if (file < 0) throw std::runtime_error("no temporary file");
  close(file);
  const child made = spawn(std::move(arguments), errors);
  finished_program ran;
  char bytes[4096];
  for (ssize_t size; (size = read(made.said, bytes, sizeof bytes)) > 0;)
    ran.printed.append(bytes, static_cast<std::size_t>(size));
  close(made.said);
  ran.status = exit_of(made.process);
  ran.complained = read_all(errors);
  std::filesystem::remove(errors);
  return ran;
}

} // namespace palabre::testing

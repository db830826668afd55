#include "running_tool.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <utility>

extern char** environ;

namespace palabre::testing {
namespace {

constexpr int patience_ms = 60'000;

} // namespace

running_tool::running_tool(std::vector<std::string> arguments) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  arguments.insert(arguments.begin(), PALABRE_BINARY);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawnattr_t how; // also where the tests themselves run under nohup
  posix_spawnattr_init(&how);
  sigset_t usual;
  sigemptyset(&usual);
  sigaddset(&usual, SIGHUP);
  posix_spawnattr_setsigdefault(&how, &usual);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF);
  const int failed = posix_spawn(&process_, PALABRE_BINARY, &actions, &how, argv.data(), environ);
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  printed_ = ends[0];
  if (failed != 0) throw std::runtime_error(std::string("cannot start ") + PALABRE_BINARY);
}

running_tool::~running_tool() {
  stop_reading();
  if (process_ == -1) return;
  ::kill(process_, SIGKILL);
  wait();
}

std::optional<std::string> running_tool::line() {
  for (;;) {
    if (const auto end = rest_.find('\n'); end != std::string::npos) {
      std::string first = rest_.substr(0, end);
      rest_.erase(0, end + 1);
      return first;
    }
    pollfd readable{printed_, POLLIN, 0};
    if (poll(&readable, 1, patience_ms) == 0) throw std::runtime_error("the tool prints nothing");
    char bytes[4096];
    const ssize_t size = read(printed_, bytes, sizeof bytes);
    if (size <= 0) return std::nullopt;
    rest_.append(bytes, static_cast<std::size_t>(size));
  }
}

void running_tool::stop_reading() {
  if (printed_ != -1) close(std::exchange(printed_, -1));
}

void running_tool::signal(int number) const {
  ::kill(process_, number);
}

int running_tool::wait() {
  int status = 0;
  waitpid(std::exchange(process_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace palabre::testing

#include "interrupted_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

extern char** environ;

namespace palabre::testing {

bool run_and_kill(const std::vector<std::string>& arguments, std::chrono::microseconds after) {
  std::vector<std::string> words{PALABRE_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t silence;
  posix_spawn_file_actions_init(&silence);
  for (const int out : {STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&silence, out, "/dev/null", O_WRONLY, 0);
  pid_t process = -1;
  const int failed = posix_spawn(&process, PALABRE_BINARY, &silence, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&silence);
  if (failed != 0) throw std::runtime_error(std::string("cannot start ") + PALABRE_BINARY);
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
  pollfd ended{handle, POLLIN, 0};
  const timespec moment{after.count() / 1'000'000, after.count() % 1'000'000 * 1'000};
  ppoll(&ended, 1, &moment, nullptr);
  close(handle);
  ::kill(process, SIGKILL); // nobody has waited for it yet, so the id is still its own
  int status = 0;
  waitpid(process, &status, 0);
  return WIFSIGNALED(status);
}

} // namespace palabre::testing

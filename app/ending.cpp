#include "app/ending.hpp"

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <iterator>

namespace palabre::app {
namespace {

volatile std::sig_atomic_t asked = 0;
constexpr int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};

} // namespace

struct ending::before {
  struct sigaction actions[std::size(ending_signals)]{}, pipe{};
};

ending::ending() : before_(std::make_unique<before>()) {
  asked = 0;
  struct sigaction note {};
  note.sa_handler = [](int) { asked = 1; };
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  for (std::size_t i = 0; i < std::size(ending_signals); ++i) {
    struct sigaction& was = before_->actions[i];
    ::sigaction(ending_signals[i], &note, &was);
    if (ending_signals[i] == SIGHUP && was.sa_handler == SIG_IGN) ::sigaction(SIGHUP, &was, nullptr); // nohup(1)
  }
  ::sigaction(SIGPIPE, &ignore, &before_->pipe);
}

ending::~ending() {
  for (std::size_t i = 0; i < std::size(ending_signals); ++i)
    ::sigaction(ending_signals[i], &before_->actions[i], nullptr);
  ::sigaction(SIGPIPE, &before_->pipe, nullptr);
}

bool ending::is_asked() const {
  return asked != 0;
}

result<void> ending::check() const {
  if (is_asked()) return error{errc::abandoned, "interrupted"};
  return success();
}

bool ending::pause(std::chrono::milliseconds most) const {
  // Between looking and waiting a signal must not get lost: it is let in by ppoll only.
  sigset_t held, open;
  sigemptyset(&held);
  for (const int signal : ending_signals) sigaddset(&held, signal);
  ::pthread_sigmask(SIG_BLOCK, &held, &open);
  pollfd reader{STDOUT_FILENO, 0, 0}; // an error only: its other end was closed
  const timespec time{most.count() / 1000, most.count() % 1000 * 1'000'000};
  const bool over = asked || (::ppoll(&reader, 1, &time, &open) > 0 && (reader.revents & POLLERR) != 0) || asked;
  ::pthread_sigmask(SIG_SETMASK, &open, nullptr);
  return !over;
}

} // namespace palabre::app

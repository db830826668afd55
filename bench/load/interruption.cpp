#include "bench/load/interruption.hpp"

#include <csignal>
#include <stdexcept>

namespace palabre::bench {
namespace {

volatile std::sig_atomic_t interrupted = 0;

} // namespace

void catch_interruptions() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = 1; };
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr); // no SA_RESTART: waits end
}

void throw_if_interrupted() {
  if (interrupted) throw std::runtime_error("interrupted");
}

} // namespace palabre::bench

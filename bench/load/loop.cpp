#include "bench/load/loop.hpp"

#include "base/assert.hpp"
#include "bench/load/interruption.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <ctime>

namespace palabre::bench {
namespace {

constexpr auto beat = std::chrono::milliseconds(1);

std::chrono::steady_clock::time_point at(std::int64_t ns) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(ns));
}

} // namespace

loop::loop() : sockets_(io_, ::epoll_create1(EPOLL_CLOEXEC)) {
  tick();
  wait_for_sockets();
  beat_.expires_after(beat);
  wait_for_beat();
}

std::int64_t loop::tick() {
  now_ns_ = std::chrono::steady_clock::now().time_since_epoch().count();
  return now_ns_;
}

void loop::watch(int socket, watcher& who, bool for_writing) {
  epoll_event wanted{EPOLLIN | (for_writing ? EPOLLOUT : 0u), {.ptr = &who}};
  const int failed = ::epoll_ctl(sockets_.native_handle(), EPOLL_CTL_ADD, socket, &wanted);
  PALABRE_ASSERT(failed == 0);
}

void loop::rewatch(int socket, watcher& who, bool for_writing) {
  epoll_event wanted{EPOLLIN | (for_writing ? EPOLLOUT : 0u), {.ptr = &who}};
  const int failed = ::epoll_ctl(sockets_.native_handle(), EPOLL_CTL_MOD, socket, &wanted);
  PALABRE_ASSERT(failed == 0);
}

// One batch, then timers have their turn.
void loop::wait_for_sockets() {
  sockets_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code failed) {
    if (failed) return;
    std::array<epoll_event, 256> ready;
    const int n = ::epoll_wait(sockets_.native_handle(), ready.data(), static_cast<int>(ready.size()), 0);
    for (int i = 0; i < n; ++i) static_cast<watcher*>(ready[static_cast<std::size_t>(i)].data.ptr)->ready();
    wait_for_sockets();
  });
}

// A heartbeat is a wake-up that was asked for: what it is late by is what every send and every stamp is late by.
void loop::wait_for_beat() {
  beat_.async_wait([this](boost::system::error_code) {
    // A stall is as many beats too late as it swallowed, each by what was left of it.
    auto late = at(tick()) - beat_.expiry();
    do {
      if (!rested_) lag_.add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, late.count())));
      late -= beat;
    } while (late.count() > 0);
    rested_ = false;
    beat_.expires_after(beat);
    wait_for_beat();
  });
}

// Asio's timers are exact to the microsecond (a timerfd); its run_one_until would sleep in whole milliseconds.
bool loop::run_until(std::int64_t deadline_ns, const std::function<bool()>& done) {
  if (tick() - rested_since_ns_ > std::chrono::nanoseconds(beat).count() / 2) rested_ = true;
  bool over = false;
  deadline_.expires_at(at(deadline_ns));
  deadline_.async_wait([&over](boost::system::error_code) { over = true; });
  bool is_done = done();
  while (!over && !is_done) {
    io_.run_one();
    tick();
    is_done = done();
    throw_if_interrupted();
  }
  deadline_.cancel();
  while (!over) io_.run_one(); // its handler refers to this call
  rested_since_ns_ = tick();
  return is_done;
}

void loop::run_until(std::int64_t deadline_ns) {
  run_until(deadline_ns, [] { return false; });
}

double loop::cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

histogram loop::take_lag() {
  histogram taken = lag_;
  lag_.clear();
  return taken;
}

} // namespace palabre::bench

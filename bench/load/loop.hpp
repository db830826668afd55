#pragma once
#include "bench/measuring/histogram.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace palabre::bench {

/// The generator's only thread of work: sockets and timers, one receive buffer for all connections, and a clock that is
/// read once for each wake-up. It watches itself: a heartbeat tells how late timers fire.
///
/// Connections by the thousand are watched by a level-triggered epoll of their own inside Asio's: Asio's is
/// edge-triggered and arms a descriptor anew for each wait, which cost a seventh of the generator's time.
///
/// Threads: one.
class loop {
public:
  loop();

  boost::asio::io_context& io() { return io_; }
  /// Where a connection receives before it takes frames apart; its content is nobody's after the call that filled it.
  std::span<char> buffer() { return {buffer_->data(), buffer_->size()}; }

  /// Steady time in ns as of the last wake-up: what a delivery is stamped with.
  std::int64_t now_ns() const { return now_ns_; }
  /// Reads the clock.
  std::int64_t tick();

  struct watcher {
    /// The socket can be read, written, or has failed; called again as long as that is so.
    virtual void ready() = 0;

  protected:
    ~watcher() = default;
  };
  /// Watches a socket for reading, and for writing if so asked, from now on; closing it ends that. Again: changes it.
  void watch(int socket, watcher& who, bool for_writing);
  void rewatch(int socket, watcher& who, bool for_writing);

  /// Works until `done` says so (asked after each event, at least every ms) or the time has come; whether it was done.
  bool run_until(std::int64_t deadline_ns, const std::function<bool()>& done);
  /// Works until the time has come.
  void run_until(std::int64_t deadline_ns);

  /// CPU seconds of this process so far.
  static double cpu_seconds();
  /// How late timers fired since the last call, in ns.
  histogram take_lag();

private:
  void wait_for_beat();
  void wait_for_sockets();

  boost::asio::io_context io_{1};
  std::unique_ptr<std::array<char, 1024 * 1024>> buffer_ = std::make_unique<std::array<char, 1024 * 1024>>();
  boost::asio::posix::stream_descriptor sockets_; ///< the epoll of what is watched
  std::int64_t now_ns_ = 0;
  boost::asio::steady_timer beat_{io_}, deadline_{io_};
  std::int64_t rested_since_ns_ = 0;
  bool rested_ = true; ///< the loop did not run when the next beat was due: it tells nothing
  histogram lag_;
};

} // namespace palabre::bench

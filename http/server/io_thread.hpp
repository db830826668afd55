#pragma once
// One thread that serves connections: its loop, the deadlines of its HTTP connections, and what they share.

#include "base/clock.hpp"
#include "http/api.hpp"
#include "http/server/access_log.hpp"
#include "http/server/entrances.hpp"
#include "http/server/places.hpp"
#include "http/server/proxy_warning.hpp"
#include "http/server/request_tallies.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <functional>
#include <limits>
#include <string>
#include <thread>

namespace palabre::http {

class io_thread;

/// What HTTP connections are for. Lifetime: all of it outlives them.
struct edge {
  const std::vector<route>& table;
  const edge_settings& settings;
  const clock& time;
  randomness& random;
  problem_tallies& problems;
  /// Runs an operation (api::handle).
  std::function<boost::asio::awaitable<answer_or_problem>(call&, const route**)> run;
  /// 429, or not: what no operation looks at by itself (rate_limits::take_address).
  std::function<std::optional<problem>(const uuid& address, rate_standing& standing)> admit;
  /// What a path has (api::allowed).
  std::function<std::string(std::string_view)> allowed;
  /// Takes over a connection that leaves HTTP behind the head of its answer.
  std::function<void(boost::asio::ip::tcp::socket, continuation, place, io_thread&)> upgraded;
  emulation emulate;
  access_log log = {};
  proxy_warning of_proxies = {};
};

/// A connection as its thread sees it. It leaves the thread's list by itself when it is destroyed.
class http_connection_base
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  /// The deadline has passed. Called once per deadline that was set.
  virtual void expire() = 0;
  /// The server drains: ends the connection now if it waits for a request, else after the answer.
  virtual void drain() = 0;

protected:
  virtual ~http_connection_base() = default;
  std::uint64_t deadline_ = never; ///< in ticks of the thread

private:
  friend class io_thread;
};

/// Threads: the constructor, start, drain, stop and the destructor from the server's; the rest from its own.
/// Lifetime: `what_for` outlives it; it outlives its connections.
class io_thread {
public:
  explicit io_thread(const edge& what_for);
  ~io_thread();
  io_thread(const io_thread&) = delete;

  void start();
  /// Ends the connections that wait for a request; the others after their answer.
  void drain();
  /// Ends the loop and joins the thread.
  void stop();
  /// Destroys what still waits in the loop: connections too. Requires: stopped.
  void cut_off() { context_.end(); }

  boost::asio::io_context& context() { return context_; }
  const edge& what_for() const { return edge_; }
  bool draining() const { return draining_; }

  /// One sweep of a timer looks after the deadlines of all, because a timer each would cost system calls each.
  void add(http_connection_base& c) { live_.push_back(c); }
  /// The tick at which `from_now` is over, at the earliest; noticed up to two ticks later.
  std::uint64_t tick_after(std::chrono::milliseconds from_now) const;

  std::string_view date(timestamp now);
  request_tallies& answered() { return answered_; }
  /// Where answers are put together: one for all connections, valid until the next co_await.
  std::string& scratch();

private:
  static constexpr std::chrono::milliseconds tick{250};

  /// An io_context whose handlers can be destroyed before it: what they hold needs what needs the context.
  class loop : public boost::asio::io_context {
  public:
    using io_context::io_context;
    void end() { shutdown(); }
  };

  void sweep_later();
  void sweep();

  const edge& edge_;
  loop context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;

  boost::asio::steady_timer sweeper_;
  const std::chrono::steady_clock::time_point started_;
  std::uint64_t now_ = 0; ///< in ticks since `started_`
  boost::intrusive::list<http_connection_base, boost::intrusive::constant_time_size<false>> live_;
  bool draining_ = false;

  request_tallies answered_;
  std::int64_t date_second_ = -1;
  std::string date_; ///< of date_second_
  std::string scratch_;
};

} // namespace palabre::http

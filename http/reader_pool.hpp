#pragma once
// Answers that take a millisecond or more are made on threads of their own, so that no socket waits for them.

#include "base/limits.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace palabre::http {

/// Queue when full: *refuse*: `overloaded` (limits::long_reads_waiting_max).
/// Threads: from any; each coroutine resumes on its own executor.
class reader_pool {
public:
  /// `wait_max`: for how long a caller waits; what is not begun by then is not read at all. Requires: at least a
  /// thread.
  explicit reader_pool(std::size_t threads, std::chrono::milliseconds wait_max = limits::view_wait_max);
  ~reader_pool();
  reader_pool(const reader_pool&) = delete;

  /// What `read` answers, which runs on a thread of the pool, or not at all. It may go on when nobody waits for it any
  /// more: what it refers to must be there until stop(). What it throws is thrown to the caller.
  /// Errors: overloaded, unavailable, not_yet; those of `read`.
  boost::asio::awaitable<result<std::string>> run(std::function<result<std::string>()> read);

  /// Returns behind the reads in work; what waits, and what comes, is answered `unavailable`. Once or more.
  void stop();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace palabre::http

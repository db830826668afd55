#pragma once
// Answers that take a millisecond or more are made on threads of their own, so that no socket waits for them.

#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace palabre::http {

/// Queue when full: *refuse*: `overloaded` (limits::long_reads_waiting_max).
/// Threads: from any; each coroutine resumes on its own executor.
class reader_pool {
public:
  explicit reader_pool(std::size_t threads);
  /// Ends after the reads in work; what waits is answered `unavailable`.
  ~reader_pool();

  /// What `read` answers, which runs on a thread of the pool, or not at all. It may go on when nobody waits for it any
  /// more: what it refers to must outlive the pool. Errors: overloaded, unavailable, not_yet; those of `read`.
  boost::asio::awaitable<result<std::string>> run(std::function<result<std::string>()> read);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace palabre::http

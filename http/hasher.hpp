#pragma once
// Argon2id (19 MiB, 2 passes: about 46 ms) on a thread of its own, so that neither sockets nor rooms wait for it.

#include "base/ids.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

namespace palabre::http {

/// Queue when full: *refuse*: `overloaded` (limits::hasher_queue_max).
/// Threads: from any; each coroutine resumes on its own executor. What passes through is wiped from its own buffers
/// after use.
class password_hasher {
public:
  explicit password_hasher(randomness& random);
  /// Ends after the hash in work; what waits is answered `unavailable`.
  ~password_hasher();

  /// The encoded form, "$argon2id$v=19$…". Errors: overloaded, unavailable.
  boost::asio::awaitable<result<std::string>> hash(std::string password);
  /// Whether `password` is the one. An empty `encoded` (unknown login) costs the same time and is false.
  /// Errors: overloaded, unavailable.
  boost::asio::awaitable<result<bool>> verify(std::string password, std::string encoded);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace palabre::http

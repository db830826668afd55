#pragma once
// The listening socket: accepts on one io thread and hands connections to all of them in turn.

#include "base/result.hpp"
#include "http/server/io_thread.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <string>
#include <vector>

namespace palabre::http {

class tls_identity;

/// One accepting loop is enough: a connection lives for many requests. Over settings.connections_max a connection is
/// answered 503 and closed without waiting for its request. Faster than settings.accepts_per_second nobody is accepted:
/// the others wait in the kernel's queue, so that a storm of those who come back does not hold up those who are there.
/// Threads: open() before the io threads run or from the first of them; the rest from the server's.
/// Lifetime: shorter than that of `threads`, `held` and `identity`; destroyed when the first thread has stopped.
class listener {
public:
  /// `identity`: connections begin with TLS; nullptr: they are plain.
  listener(std::vector<io_thread*> threads, places& held, const tls_identity* identity = nullptr);

  /// Listens from now on; the port. Errors: io.
  result<unsigned short> open(const std::string& host, unsigned short port);
  /// Stops listening, on the first thread, soon.
  void close();

private:
  boost::asio::awaitable<void> accept_all();
  boost::asio::awaitable<void> wait_for_turn();
  void adopt(boost::asio::ip::tcp::socket socket, io_thread& home);
  void turn_away(boost::asio::ip::tcp::socket socket);
  io_thread& next_thread() { return *threads_[next_++ % threads_.size()]; }

  std::vector<io_thread*> threads_;
  std::size_t next_ = 0;
  places& held_;
  const tls_identity* const identity_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::size_t accepted_ = 0; ///< since turn_began_
  std::chrono::steady_clock::time_point turn_began_{};
};

} // namespace palabre::http

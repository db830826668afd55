#pragma once
// The transport alone on a loopback port, with operations that a test makes up, and a client that says bytes.

#include "http/problem_tallies.hpp"
#include "http/server/io_thread.hpp"
#include "http/server/listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace palabre::http {

/// Answers: /echo what came; /big its query's n bytes; /throw throws; /slow waits for release(); else 404.
class loopback {
public:
  explicit loopback(edge_settings settings = quick());
  ~loopback();

  /// Deadlines that a test can wait for.
  static edge_settings quick();

  unsigned short port() const { return port_; }
  std::size_t connections() const { return held_.taken(); }
  io_thread& thread() { return *thread_; }
  listener& door() { return *door_; }
  places& held() { return held_; }
  void release();

  std::optional<boost::asio::ip::tcp::socket> upgraded; ///< read it only after the client has seen the 101
  std::string read_with_upgrade;

private:
  boost::asio::awaitable<answer_or_problem> run(call& c);

  edge_settings settings_;
  wall_clock time_;
  system_randomness random_;
  places held_;
  problem_tallies problems_;
  edge edge_;
  std::optional<io_thread> thread_;
  std::optional<listener> door_;
  std::optional<boost::asio::steady_timer> gate_; ///< of the io thread
  unsigned short port_ = 0;
};

/// A blocking client. Whatever does not come in twenty seconds is taken for the end.
class byte_client {
public:
  explicit byte_client(unsigned short port);

  void send(std::string_view bytes);
  void end_sending();
  /// One answer, head and body by its Content-Length (`without_body`: the answer to a HEAD). Empty: the connection
  /// ended.
  std::string answer(bool without_body = false);
  /// What comes up to and with this text, or to the end.
  std::string until(std::string_view text);
  /// Whether bytes, or the end, are there to be read within this time.
  bool hears_something(std::chrono::milliseconds within);
  /// What comes up to the end.
  std::string rest();
  /// Whether the end, if rest() saw one, was orderly.
  bool was_reset() const { return reset_; }

private:
  bool receive();

  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  std::string in_;
  bool reset_ = false;
};

} // namespace palabre::http

#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace palabre::bench {

/// What a chat server cannot do with less: bare epoll, WebSocket frames passed on as they came, all that was said in a
/// room since the last turn in one send for each listener. Nothing is stored, checked or looked at.
///
/// As nchan: whoever connects to `/pub/ROOM` says text frames and gets `queued messages: 1` for each, in order, once it
/// was handed to the listeners' sockets; whoever connects to `/sub/ROOM` hears them.
///
/// Bounds: while listeners have not taken `kept_max` bytes, nobody who says something is read.
/// Threads: one. Limits: the generator's own frames only: whole, masked with zeros, and its constant handshake key.
class sink_server {
public:
  /// `listening`: a socket that listens and does not block. Throws std::runtime_error without an epoll.
  explicit sink_server(int listening);
  ~sink_server();
  sink_server(const sink_server&) = delete;
  [[noreturn]] void serve();

private:
  struct room;
  struct peer;

  void accept_all();
  void readable(peer& from);
  std::size_t shake(peer& from, std::string_view bytes);
  std::size_t hear(peer& from, std::string_view bytes);
  void deliver();
  void send(peer& to, std::string_view bytes);
  void send_rest(peer& to);
  void watch(peer& who, bool for_writing);
  void leave(peer& gone);

  static constexpr std::size_t kept_max = 64u << 20;

  const int listening_, epoll_;
  std::vector<char> buffer_;
  std::unordered_map<int, std::unique_ptr<peer>> peers_; ///< by socket
  std::unordered_map<std::string, std::unique_ptr<room>> rooms_;
  std::vector<room*> loud_;   ///< in which something was said in this turn
  std::vector<peer*> to_ack_; ///< who said it
  std::size_t kept_ = 0;      ///< bytes that sockets did not take
};

} // namespace palabre::bench

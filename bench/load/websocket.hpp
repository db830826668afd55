#pragma once
#include "bench/load/endpoint.hpp"
#include "bench/load/loop.hpp"

#include <string>
#include <string_view>

namespace palabre::bench {

/// A WebSocket client that is cheap enough not to be what is measured: no coroutine, no buffer of its own while nothing
/// is half received, no copy of a message that came whole. It answers pings of the frame layer and nothing else.
///
/// Threads: the loop's. Lifetime: outlives what it has started; destroy it only when the loop does not run.
/// Limits: no TLS, no compression; what a peer sends in fragments is put together.
class websocket final : loop::watcher {
public:
  struct events {
    virtual void opened() = 0;
    virtual void received(std::string_view message) = 0;
    /// Once, unless close() was called; the reason is for people.
    virtual void closed(std::string_view why) = 0;

  protected:
    ~events() = default;
  };

  websocket(loop& work, events& tell);
  websocket(const websocket&) = delete;
  ~websocket();

  /// Connects and shakes hands; opened() or closed() follows.
  void open(const endpoint& to, std::string_view path, std::string_view subprotocol);
  /// One frame. What the socket does not take at once is kept and sent when it does.
  void send(std::string_view message, bool binary = false);
  /// Ends the connection without a farewell, as a lost network does.
  void cut();
  bool is_open() const { return state_ == state::open; }

private:
  enum class state { idle, connecting, shaking, open, closed };
  void ready() override;
  void connected();
  void readable();
  std::size_t take(std::string_view bytes);
  std::size_t take_handshake(std::string_view bytes);
  std::size_t take_frames(std::string_view bytes);
  void take_frame(unsigned opcode, bool final, std::string_view payload);
  void write(std::string_view bytes);
  void write_rest();
  void end(std::string_view why);

  loop& loop_;
  events& tell_;
  int socket_ = -1;
  std::string hello_; ///< until the handshake is through
  std::string rest_;  ///< received, and not a whole frame yet
  std::string parts_; ///< of a message in fragments
  std::string out_;   ///< what the socket did not take
  state state_ = state::idle;
  bool is_held_up_ = false; ///< until the socket takes more
};

} // namespace palabre::bench

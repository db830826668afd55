#pragma once
// A WebSocket client that is cheap enough not to be what is measured: many of them on one thread, no coroutine, no
// copy.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace palabre::bench {

class realtime_client : public std::enable_shared_from_this<realtime_client> {
public:
  /// Gets each line of each frame: a reply, a push or a ping. Pings are answered already.
  using on_line = std::function<void(realtime_client&, std::string_view)>;

  /// Connects, shakes hands and sends `first` (commands, joined by newlines). Blocks until the socket is open.
  static std::shared_ptr<realtime_client> open(boost::asio::io_context& io, unsigned short port,
                                               const std::string& first, on_line tell);
  /// Sends one frame with `commands`.
  void send(std::string_view commands);
  void close();

private:
  realtime_client(boost::asio::io_context& io, on_line tell) : socket_(io), tell_(std::move(tell)) {}
  void read();
  void take_frames();

  boost::asio::ip::tcp::socket socket_;
  on_line tell_;
  std::string in_; ///< bytes in_from_.. are not taken apart yet
  std::size_t in_from_ = 0;
};

} // namespace palabre::bench

#include "bench/end_to_end/realtime_client.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstdint>

namespace palabre::bench {

namespace asio = boost::asio;
using asio::ip::tcp;

std::shared_ptr<realtime_client> realtime_client::open(asio::io_context& io, unsigned short port,
                                                       const std::string& first, on_line tell) {
  std::shared_ptr<realtime_client> client(new realtime_client(io, std::move(tell)));
  client->socket_.connect({asio::ip::address_v4::loopback(), port});
  client->socket_.set_option(tcp::no_delay(true));
  const std::string hello =
      "GET /connection/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "
      "Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  asio::write(client->socket_, asio::buffer(hello));
  const std::size_t head = asio::read_until(client->socket_, asio::dynamic_buffer(client->in_), "\r\n\r\n");
  if (!client->in_.starts_with("HTTP/1.1 101")) throw std::runtime_error(client->in_);
  client->in_.erase(0, head);
  client->send(first);
  client->take_frames();
  client->read();
  return client;
}

void realtime_client::send(std::string_view commands) {
  std::string frame;
  frame += '\x81';
  if (commands.size() < 126) {
    frame += static_cast<char>(0x80 | commands.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(commands.size() >> 8);
    frame += static_cast<char>(commands.size());
  }
  frame.append(4, '\0'); // a mask of zeros leaves the payload as it is
  frame += commands;
  // Commands are small and few are in flight: the socket always takes them at once.
  asio::write(socket_, asio::buffer(frame));
}

void realtime_client::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void realtime_client::read() {
  const std::size_t had = in_.size();
  in_.resize(had + 64 * 1024);
  socket_.async_read_some(asio::buffer(in_.data() + had, in_.size() - had),
                          [self = shared_from_this(), had](boost::system::error_code failed, std::size_t n) {
                            self->in_.resize(had + n);
                            if (failed) return;
                            self->take_frames();
                            self->read();
                          });
}

void realtime_client::take_frames() {
  for (;;) {
    const std::size_t have = in_.size() - in_from_;
    if (have < 2) break;
    const auto* at = reinterpret_cast<const unsigned char*>(in_.data() + in_from_);
    std::size_t length = at[1] & 127, head = 2;
    if (length == 126) {
      head = 4;
      if (have < head) break;
      length = std::size_t{at[2]} << 8 | at[3];
    } else if (length == 127) {
      head = 10;
      if (have < head) break;
      length = 0;
      for (int i = 2; i < 10; ++i) length = length << 8 | at[i];
    }
    if (have < head + length) break;
    std::string_view payload(in_.data() + in_from_ + head, length);
    const bool text = (at[0] & 15) == 1;
    in_from_ += head + length;
    while (text && !payload.empty()) {
      const std::size_t end = std::min(payload.find('\n'), payload.size());
      const std::string_view line = payload.substr(0, end);
      payload.remove_prefix(std::min(end + 1, payload.size()));
      if (line == "{}")
        send("{}");
      else
        tell_(*this, line);
    }
  }
  in_.erase(0, in_from_);
  in_from_ = 0;
}

} // namespace palabre::bench

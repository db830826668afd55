#include "http/realtime/endpoint.hpp"

#include "base/limits.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/conversation.hpp"
#include "http/realtime/frame.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <vector>

namespace palabre::http::realtime {

namespace asio = boost::asio;

namespace {

const disconnection& reason_of(std::uint16_t failure) {
  if (failure == disconnections::too_big.code) return disconnections::too_big;
  if (failure == disconnections::not_utf8.code) return disconnections::not_utf8;
  return disconnections::not_the_protocol;
}

/// Takes what the socket has. False: the peer is gone.
bool receive(connection& peer, frame_decoder& decoder, std::vector<client_message>& heard) {
  const std::span<char> buffer = peer.home().read_buffer();
  const ssize_t count = ::recv(peer.socket().native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
  while (auto message = decoder.next(bytes)) heard.push_back(std::move(*message));
  return count > 0;
}

void hear_control(connection& peer, const client_message& message) {
  if (message.kind == opcode::ping) peer.send(control_frame(opcode::pong, message.payload));
  if (message.kind == opcode::close) peer.hear_close(message.close_code());
}

bool is_control(const client_message& message) {
  return message.kind >= opcode::close;
}

asio::awaitable<void> converse(connection& peer, context& shared, std::string already_read) {
  frame_decoder decoder(limits::command_frame_bytes_max);
  conversation talk(peer, shared);
  std::vector<client_message> heard;
  std::string_view bytes = already_read;
  while (auto message = decoder.next(bytes)) heard.push_back(std::move(*message));
  already_read = {};

  boost::system::error_code failed;
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  while (!peer.is_gone()) {
    for (client_message& each : heard) {
      if (is_control(each)) {
        hear_control(peer, each);
      } else if (peer.is_listening()) {
        auto hearing = talk.hear(std::move(each.payload));
        co_await std::move(hearing);
      }
    }
    heard = {}; // an idle connection holds no buffer
    if (decoder.failure() != 0) peer.disconnect(reason_of(decoder.failure()));
    if (peer.is_gone()) co_return;
    co_await peer.socket().async_wait(asio::ip::tcp::socket::wait_read, token);
    if (failed || peer.is_gone() || !receive(peer, decoder, heard)) co_return;
  }
}

} // namespace

asio::awaitable<void> serve_websocket(asio::ip::tcp::socket socket, wire framing, std::string already_read, hub& home,
                                      context& shared) {
  const auto peer = std::make_shared<connection>(std::move(socket), framing, home, shared);
  const leaving at_the_end{*peer};
  peer->start();
  if (shared.draining) peer->disconnect(disconnections::shutdown);
  auto conversing = converse(*peer, shared, std::move(already_read));
  co_await std::move(conversing);
}

} // namespace palabre::http::realtime

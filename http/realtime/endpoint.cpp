#include "http/realtime/endpoint.hpp"

#include "base/limits.hpp"
#include "http/failure_log.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/conversation.hpp"
#include "http/realtime/frame.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

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
void hear_control(connection& peer, const client_message& message) {
  if (message.kind == opcode::ping) peer.send(control_frame(opcode::pong, message.payload));
  if (message.kind == opcode::close) peer.hear_close(message.close_code());
}

bool is_control(const client_message& message) {
  return message.kind >= opcode::close;
}

/// One WebSocket. While nobody says anything only its socket's readiness is waited for: a coroutine runs as long as
/// there is something to carry out, and nothing is read meanwhile. Lifetime: until neither waits for anything.
class dialogue : public std::enable_shared_from_this<dialogue> {
public:
  dialogue(asio::ip::tcp::socket socket, wire framing, hub& home, context& shared, place held)
      : held_(std::move(held)), peer_(std::make_shared<connection>(std::move(socket), framing, home, shared)),
        talk_(*peer_, shared) {}
  ~dialogue() { const leaving now{*peer_}; }

  connection& peer() { return *peer_; }

  void hear(std::string_view bytes) {
    while (auto message = decoder_.next(bytes)) heard_.push_back(std::move(*message));
    if (heard_.empty()) return go_on();
    auto carrying_out = carry_out(shared_from_this());
    auto ended = [self = shared_from_this()](std::exception_ptr failure) {
      if (failure) self->note(failure);
      self->heard_ = {}; // an idle connection holds no buffer
      self->go_on();
    };
    asio::co_spawn(peer_->socket().get_executor(), std::move(carrying_out), std::move(ended));
  }

private:
  void go_on() {
    if (decoder_.failure() != 0) peer_->disconnect(reason_of(decoder_.failure()));
    if (peer_->is_gone()) return;
    peer_->socket().async_wait(asio::ip::tcp::socket::wait_read,
                               [self = shared_from_this()](boost::system::error_code failed) {
                                 if (!failed && !self->peer_->is_gone()) self->receive();
                               });
  }

  void receive() {
    const std::span<char> buffer = peer_->home().read_buffer();
    const ssize_t count = ::recv(peer_->socket().native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) return hear({buffer.data(), static_cast<std::size_t>(count)});
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) go_on();
  }

  static asio::awaitable<void> carry_out(std::shared_ptr<dialogue> self) {
    for (client_message& each : self->heard_) {
      if (is_control(each)) {
        hear_control(*self->peer_, each);
      } else if (self->peer_->is_listening()) {
        auto hearing = self->talk_.hear(std::move(each.payload));
        co_await std::move(hearing);
      }
    }
  }

  void note(const std::exception_ptr& failure) {
    log_failure("a realtime command", failure);
    peer_->disconnect(disconnections::server_error);
  }

  const place held_;
  const std::shared_ptr<connection> peer_;
  conversation talk_;
  frame_decoder decoder_{limits::command_frame_bytes_max};
  std::vector<client_message> heard_;
};

} // namespace

void serve_websocket(asio::ip::tcp::socket socket, wire framing, std::string_view already_read, hub& home,
                     context& shared, place held) {
  const auto talk = std::make_shared<dialogue>(std::move(socket), framing, home, shared, std::move(held));
  talk->peer().start();
  if (shared.draining) talk->peer().disconnect(disconnections::shutdown);
  talk->hear(already_read);
}

} // namespace palabre::http::realtime

#include "http/realtime/stream_endpoint.hpp"

#include "base/limits.hpp"
#include "http/failure_log.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/conversation.hpp"
#include "http/realtime/sessions.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

#include <cerrno>

namespace palabre::http::realtime {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// A connection and what is said on it, which outlives the connection by the command in work.
class streamed final : public std::enable_shared_from_this<streamed> {
public:
  streamed(tcp::socket socket, wire framing, hub& home, context& shared)
      : shared_(shared), peer_(std::make_shared<connection>(std::move(socket), framing, home, shared)),
        talk_(*peer_, shared) {}

  connection& peer() { return *peer_; }

  /// Requires: owned by a shared_ptr.
  void begin() {
    peer_->start();
    if (auto first = preamble(peer_->framing()); !first.empty()) peer_->send(std::move(first));
    if (is_one_way(peer_->framing())) return;
    said_ = shared_.spoken_to.begin(peer_->home().io(), [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->hear_soon();
    });
    talk_.name_session(said_->id());
  }
  void end() {
    const leaving now{*peer_};
    if (said_) shared_.spoken_to.end(*said_);
  }

  asio::awaitable<void> hear(std::string first) {
    if (!peer_->is_listening()) co_return;
    auto hearing = talk_.hear(std::move(first));
    co_await std::move(hearing);
    if (!said_) co_return;
    auto rest = hear_all(shared_from_this());
    co_await std::move(rest);
  }

private:
  /// One coroutine at a time: the session does not wake whoever is awake.
  static asio::awaitable<void> hear_all(std::shared_ptr<streamed> self) {
    while (auto message = self->said_->take()) {
      auto hearing = self->talk_.hear(std::move(*message));
      co_await std::move(hearing);
    }
    if (self->said_->has_overflowed()) self->peer_->disconnect(disconnections::too_many_requests);
  }

  void hear_soon() {
    auto hearing = hear_all(shared_from_this());
    auto ended = [self = shared_from_this()](std::exception_ptr failure) {
      if (!failure) return;
      log_failure("a realtime command", failure);
      self->peer_->disconnect(disconnections::server_error);
    };
    asio::co_spawn(peer_->socket().get_executor(), std::move(hearing), std::move(ended));
  }

  context& shared_;
  const std::shared_ptr<connection> peer_;
  conversation talk_;
  std::shared_ptr<session> said_; ///< null: one-way
};

/// Whatever way the coroutine ends.
struct ending {
  streamed& what;
  ~ending() { what.end(); }
};

} // namespace

asio::awaitable<void> wait_for_end(connection& peer) {
  boost::system::error_code failed;
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  std::size_t ignored = 0;
  while (!peer.is_gone()) {
    co_await peer.socket().async_wait(tcp::socket::wait_read, token);
    if (failed || peer.is_gone()) co_return;
    const std::span<char> buffer = peer.home().read_buffer();
    const ssize_t count = ::recv(peer.socket().native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count == 0) co_return peer.hear_close(0);
    if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) co_return;
    if (count > 0) ignored += static_cast<std::size_t>(count);
    if (ignored > limits::ignored_bytes_max) peer.disconnect(disconnections::bad_request);
  }
}

asio::awaitable<void> serve_stream(tcp::socket socket, wire framing, std::string first, hub& home, context& shared) {
  const auto served = std::make_shared<streamed>(std::move(socket), framing, home, shared);
  const ending at_the_end{*served};
  served->begin();
  if (shared.draining) served->peer().disconnect(disconnections::shutdown);
  auto hearing = served->hear(std::move(first));
  co_await std::move(hearing);
  auto waiting = wait_for_end(served->peer());
  co_await std::move(waiting);
}

} // namespace palabre::http::realtime

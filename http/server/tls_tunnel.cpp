#include "http/server/tls_tunnel.hpp"

#include "base/assert.hpp"
#include "http/failure_log.hpp"
#include "http/server/connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/err.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace palabre::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t record_bytes_max = 16 * 1024; // of TLS
constexpr int inner_buffer_bytes = 64 * 1024;       // each way, beside what the kernel adds

/// Where records are put together and taken apart: one for all connections of a thread, valid until the next co_await.
std::span<char> record_space() {
  thread_local std::array<char, record_bytes_max> bytes;
  return bytes;
}

void note_end(const std::exception_ptr& failure) {
  log_failure("a TLS connection", failure);
}

/// Lifetime: shared by its two directions.
class tls_tunnel final : public http_connection_base {
public:
  tls_tunnel(tcp::socket socket, place held, io_thread& home, const std::shared_ptr<SSL_CTX>& identity);

  void expire() override { end(); }
  void drain() override;

  asio::awaitable<bool> shake_hands();
  /// The other end of the pair. nullopt: there are no more file descriptors.
  std::optional<tcp::socket> open_inner();
  asio::awaitable<void> carry_in();
  asio::awaitable<void> carry_out();

  const asio::ip::address& peer() const { return peer_; }

private:
  struct freeing {
    void operator()(SSL* s) const { SSL_free(s); }
  };
  enum class next : std::uint8_t { read, write, nothing };

  next after(int outcome);
  asio::awaitable<bool> wait_for(next what);
  asio::awaitable<bool> seal_and_send(std::string_view bytes);
  asio::awaitable<bool> hand_in(std::string_view bytes);
  asio::awaitable<void> say_goodbye();
  void answer_plain_http();
  void set_deadline(std::chrono::milliseconds from_now) { deadline_ = home_.tick_after(from_now); }
  void end();

  io_thread& home_;
  const place held_;
  tcp::socket outer_, inner_;
  const std::unique_ptr<SSL, freeing> tls_;
  asio::ip::address peer_;
  bool shaken_ = false, ended_ = false;
};

tls_tunnel::tls_tunnel(tcp::socket socket, place held, io_thread& home, const std::shared_ptr<SSL_CTX>& identity)
    : home_(home), held_(std::move(held)), outer_(std::move(socket)), inner_(home.context()),
      tls_(SSL_new(identity.get())) {
  PALABRE_ASSERT(tls_);
  error_code ignored; // a dead socket says so at the first read
  outer_.non_blocking(true, ignored);
  const auto peer = outer_.remote_endpoint(ignored);
  if (!ignored) peer_ = peer.address();
  PALABRE_ASSERT(SSL_set_fd(tls_.get(), outer_.native_handle()) == 1);
  SSL_set_accept_state(tls_.get());
  home_.add(*this);
}

/// Both directions find out at what they wait for. The sockets are closed by the destructor and not here: OpenSSL holds
/// the number of one, which would soon be somebody else's.
void tls_tunnel::end() {
  ended_ = true;
  error_code ignored;
  outer_.shutdown(tcp::socket::shutdown_both, ignored);
  outer_.cancel(ignored);
  inner_.cancel(ignored);
}

/// Behind the handshake it is the inner connection that drains.
void tls_tunnel::drain() {
  if (!shaken_) end();
}

// ---- TLS without waiting, and the waiting

tls_tunnel::next tls_tunnel::after(int outcome) {
  switch (SSL_get_error(tls_.get(), outcome)) {
  case SSL_ERROR_WANT_READ: return next::read;
  case SSL_ERROR_WANT_WRITE: return next::write;
  default: return next::nothing;
  }
}

asio::awaitable<bool> tls_tunnel::wait_for(next what) {
  if (what == next::nothing || ended_) co_return false;
  error_code failure;
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  co_await outer_.async_wait(what == next::read ? tcp::socket::wait_read : tcp::socket::wait_write, token);
  co_return !failure && !ended_;
}

asio::awaitable<bool> tls_tunnel::shake_hands() {
  set_deadline(home_.what_for().settings.request_timeout);
  while (!shaken_) {
    ERR_clear_error();
    const int outcome = SSL_do_handshake(tls_.get());
    shaken_ = outcome == 1;
    if (shaken_) break;
    const next what = after(outcome);
    if (what == next::nothing && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) answer_plain_http();
    auto waiting = wait_for(what);
    const bool goes_on = co_await std::move(waiting);
    if (!goes_on) co_return false;
  }
  deadline_ = never;
  co_return true;
}

void tls_tunnel::answer_plain_http() {
  static constexpr std::string_view words =
      "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 38\r\nConnection: close\r\n\r\n"
      "This port speaks TLS: write https://.\n";
  error_code ignored;
  outer_.receive(asio::buffer(record_space().data(), record_space().size()), 0, ignored); // unread, it would be a reset
  outer_.send(asio::buffer(words), 0, ignored);
  outer_.shutdown(tcp::socket::shutdown_send, ignored);
}

std::optional<tcp::socket> tls_tunnel::open_inner() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
    spdlog::warn("a connection was closed: no socket pair: {}", std::strerror(errno));
    return std::nullopt;
  }
  for (const int each : ends)
    PALABRE_ASSERT(::setsockopt(each, SOL_SOCKET, SO_SNDBUF, &inner_buffer_bytes, sizeof inner_buffer_bytes) == 0);
  inner_.assign(tcp::v4(), ends[0]); // what is done to it here is the same for any stream socket
  inner_.non_blocking(true);
  tcp::socket other(home_.context());
  other.assign(tcp::v4(), ends[1]);
  return other;
}

// ---- From the client

asio::awaitable<void> tls_tunnel::carry_in() {
  while (!ended_) {
    const auto space = record_space();
    ERR_clear_error();
    const int got = SSL_read(tls_.get(), space.data(), static_cast<int>(space.size()));
    if (got > 0) {
      auto handing = hand_in({space.data(), static_cast<std::size_t>(got)});
      const bool taken = co_await std::move(handing);
      if (!taken) co_return;
      continue;
    }
    auto waiting = wait_for(after(got));
    const bool goes_on = co_await std::move(waiting);
    if (!goes_on) break;
  }
  error_code ignored;
  inner_.shutdown(tcp::socket::shutdown_send, ignored); // the client's end is the end of the request
}

/// What does not fit is kept, and nothing more is read.
asio::awaitable<bool> tls_tunnel::hand_in(std::string_view bytes) {
  error_code failure;
  const std::size_t sent = inner_.send(asio::buffer(bytes), 0, failure);
  if (!failure && sent == bytes.size()) co_return true;
  if (failure && failure != asio::error::would_block) co_return false;
  std::string rest(bytes.substr(failure ? 0 : sent));
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  std::string_view unsent = rest;
  while (!unsent.empty()) {
    co_await inner_.async_wait(tcp::socket::wait_write, token);
    if (failure || ended_) co_return false;
    const std::size_t more = inner_.send(asio::buffer(unsent), 0, failure);
    if (failure && failure != asio::error::would_block) co_return false;
    if (!failure) unsent.remove_prefix(more);
  }
  co_return true;
}

// ---- To the client

asio::awaitable<void> tls_tunnel::carry_out() {
  error_code failure;
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  while (!ended_) {
    const auto space = record_space();
    const std::size_t got = inner_.receive(asio::buffer(space.data(), space.size()), 0, failure);
    if (failure == asio::error::would_block) {
      co_await inner_.async_wait(tcp::socket::wait_read, token);
      if (failure) co_return end();
      continue;
    }
    if (failure) break; // the end, most of the time
    auto sending = seal_and_send({space.data(), got});
    const bool sent = co_await std::move(sending);
    if (!sent) co_return end();
  }
  auto leaving = say_goodbye();
  co_await std::move(leaving);
}

asio::awaitable<bool> tls_tunnel::seal_and_send(std::string_view bytes) {
  std::string kept; // of what does not go at once
  while (!bytes.empty()) {
    ERR_clear_error();
    const int sent = SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    const next what = after(sent);
    if (kept.empty()) {
      kept = bytes;
      bytes = kept;
    }
    set_deadline(home_.what_for().settings.write_timeout);
    auto waiting = wait_for(what);
    const bool goes_on = co_await std::move(waiting);
    deadline_ = never;
    if (!goes_on) co_return false;
  }
  co_return true;
}

/// Says that nothing more comes, and gives the client time to read it: until serve_http has closed its end too.
asio::awaitable<void> tls_tunnel::say_goodbye() {
  if (!ended_) {
    ERR_clear_error();
    SSL_shutdown(tls_.get()); // one way; a client that takes nothing does without
    error_code failure;
    outer_.shutdown(tcp::socket::shutdown_send, failure);
    set_deadline(home_.what_for().settings.request_timeout);
    auto token = asio::redirect_error(asio::use_awaitable, failure);
    co_await inner_.async_wait(tcp::socket::wait_error, token);
  }
  end();
}

} // namespace

asio::awaitable<void> serve_tls(tcp::socket socket, place held, io_thread& home, std::shared_ptr<SSL_CTX> identity) {
  auto tunnel = std::make_shared<tls_tunnel>(std::move(socket), std::move(held), home, identity);
  auto shaking = tunnel->shake_hands();
  const bool shaken = co_await std::move(shaking);
  if (!shaken) co_return;
  auto inner = tunnel->open_inner();
  if (!inner) co_return;
  http_peer client{tunnel->peer(), true};
  auto serving = serve_http(std::move(*inner), std::move(client), place::of_another(), home);
  asio::co_spawn(home.context(), std::move(serving), note_end);
  asio::co_spawn(home.context(), tunnel->carry_in(), [tunnel](const std::exception_ptr& f) { note_end(f); });
  auto carrying = tunnel->carry_out();
  co_await std::move(carrying);
}

} // namespace palabre::http

#include "http/server/listener.hpp"

#include "http/failure_log.hpp"
#include "http/problem_tallies.hpp"
#include "http/server/connection.hpp"
#include "http/server/refusals.hpp"
#include "http/server/response.hpp"
#include "http/server/tls_identity.hpp"
#include "http/server/tls_tunnel.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <array>

namespace palabre::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Each connection is its own world.
void note_end(std::exception_ptr failure) {
  log_failure("an HTTP connection", failure);
}

asio::awaitable<void> serve_plain(tcp::socket socket, place held, io_thread& home) {
  error_code ignored; // a dead socket says so at the first read
  const auto peer = socket.remote_endpoint(ignored);
  http_peer client{ignored ? asio::ip::address() : peer.address()};
  return serve_http(std::move(socket), std::move(client), std::move(held), home);
}

error_code listen(tcp::acceptor& acceptor, const tcp::endpoint& at) {
  error_code failure;
  acceptor.open(at.protocol(), failure);
  if (!failure) acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
  if (!failure) acceptor.set_option(tcp::no_delay(true), failure); // Linux: accepted sockets inherit it
  if (!failure) acceptor.bind(at, failure);
  if (!failure) acceptor.listen(tcp::acceptor::max_listen_connections, failure);
  return failure;
}

} // namespace

listener::listener(std::vector<io_thread*> threads, places& held, const tls_identity* identity)
    : threads_(std::move(threads)), held_(held), identity_(identity), acceptor_(threads_.front()->context()),
      pause_(threads_.front()->context()) {}

result<unsigned short> listener::open(const std::string& host, unsigned short port) {
  error_code failure;
  tcp::resolver resolver(threads_.front()->context());
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, failure);
  if (!failure) failure = listen(acceptor_, found.begin()->endpoint());
  const auto where = host + ":" + std::to_string(port);
  if (failure) return error{errc::io, "cannot listen on " + where + ": " + failure.message()};
  asio::co_spawn(threads_.front()->context(), accept_all(), note_end);
  return acceptor_.local_endpoint().port();
}

void listener::close() {
  asio::post(threads_.front()->context(), [this] {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  });
}

asio::awaitable<void> listener::accept_all() {
  error_code failure;
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  while (acceptor_.is_open()) {
    auto& home = next_thread();
    tcp::socket socket(home.context());
    co_await acceptor_.async_accept(socket, token);
    if (!failure) {
      adopt(std::move(socket), home);
      ++accepted_;
      auto waiting = wait_for_turn();
      co_await std::move(waiting);
    } else if (acceptor_.is_open() && failure != asio::error::connection_aborted) {
      // Out of file descriptors, most likely: others have to end first.
      spdlog::warn("cannot accept: {}", failure.message());
      pause_.expires_after(std::chrono::milliseconds(100));
      co_await pause_.async_wait(token);
    }
  }
}

/// So many in a tenth of a second, then a pause until that is over.
asio::awaitable<void> listener::wait_for_turn() {
  constexpr std::chrono::milliseconds turn{100};
  const auto now = std::chrono::steady_clock::now();
  if (now - turn_began_ >= turn) {
    turn_began_ = now;
    accepted_ = 1;
  }
  if (accepted_ < std::max<std::size_t>(1, threads_.front()->what_for().settings.accepts_per_second / 10)) co_return;
  error_code failure;
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  pause_.expires_at(turn_began_ + turn);
  co_await pause_.async_wait(token);
}

void listener::adopt(tcp::socket socket, io_thread& home) {
  auto held = held_.take();
  if (!held) return turn_away(std::move(socket));
  auto serving = identity_ ? serve_tls(std::move(socket), std::move(*held), home, identity_->current())
                           : serve_plain(std::move(socket), std::move(*held), home);
  asio::co_spawn(home.context(), std::move(serving), note_end);
}

/// Before a handshake there is no way to say anything.
void listener::turn_away(tcp::socket socket) {
  const auto& edge = threads_.front()->what_for();
  edge.problems.count("overloaded");
  if (identity_) return;
  const auto now = edge.time.now();
  const auto id = to_text(edge.random.next_id(now));
  response_frame frame{threads_.front()->date(now), id, "/", now};
  frame.keep_alive = false;
  std::string out;
  append_problem(out, too_many_connections(), frame);
  error_code ignored;
  std::array<char, 4096> unread; // what is unread when a socket closes becomes a reset, and the answer is lost
  socket.non_blocking(true, ignored);
  socket.receive(asio::buffer(unread), 0, ignored);
  socket.send(asio::buffer(out), 0, ignored);
  socket.shutdown(tcp::socket::shutdown_both, ignored);
}

} // namespace palabre::http

#include "http/server/connection.hpp"

#include "http/problem_tallies.hpp"
#include "http/server/cors.hpp"
#include "http/server/entrances.hpp"
#include "http/server/handshake.hpp"
#include "http/server/receive_buffer.hpp"
#include "http/server/refusals.hpp"
#include "http/server/request_id.hpp"
#include "http/server/request_reader.hpp"
#include "http/server/response.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>

namespace palabre::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::steady_clock;

/// Where the connection leaves HTTP behind the head; nullptr: it does not.
const continuation* continuation_of(const answer_or_problem& outcome) {
  const auto* a = std::get_if<answer>(&outcome);
  return a ? a->then.get() : nullptr;
}

int status_of(const answer_or_problem& outcome) {
  if (const auto* a = std::get_if<answer>(&outcome)) return a->status;
  return std::get<problem>(outcome).status;
}

class http_connection final : public http_connection_base {
public:
  http_connection(tcp::socket socket, http_peer peer, place held, io_thread& home)
      : home_(home), edge_(home.what_for()), held_(std::move(held)), socket_(std::move(socket)), peer_(peer) {
    boost::system::error_code ignored; // a dead socket says so at the first read
    socket_.non_blocking(true, ignored);
    home_.add(*this);
  }

  asio::awaitable<void> run();
  void expire() override;
  void drain() override;

private:
  enum class arrival : std::uint8_t { request, refusal, late, nothing };
  enum class outlook : std::uint8_t { again, close, gone };

  asio::awaitable<arrival> receive();
  asio::awaitable<outlook> answer_arrived(arrival what);
  asio::awaitable<answer_or_problem> outcome_of(arrival what, request_aim* aim);
  asio::awaitable<answer_or_problem> run_operation(request_aim* aim);
  answer_or_problem what_is_allowed(const request& r) const;
  asio::awaitable<bool> send_rest(std::string rest);
  asio::awaitable<void> close_gently();

  bool send_now(std::string_view& bytes);
  void say_continue();
  void name_request();
  bool is_over_tls(const request& r) const;
  void count_answer(const request_aim& aim, const answer_or_problem& outcome, steady_clock::duration took);
  void log_answer(std::string_view route, int status, steady_clock::duration took);
  outlook leave_http(continuation into);
  void set_deadline(std::chrono::milliseconds from_now) { deadline_ = home_.tick_after(from_now); }

  io_thread& home_;
  const edge& edge_;
  place held_;
  tcp::socket socket_;
  const http_peer peer_;
  receive_buffer in_;
  request_reader reader_;
  bool expired_ = false;
  bool interruptible_ = false; ///< waits for what a draining server does not wait for
};

asio::awaitable<void> http_connection::run() {
  auto next = outlook::again;
  while (next == outlook::again) {
    const auto arrived = co_await receive();
    if (arrived == arrival::nothing) co_return;
    next = co_await answer_arrived(arrived);
  }
  if (next == outlook::close) co_await close_gently();
}

/// Cancelled, the read ends and finds out why. A read that was complete just before counts as late too.
void http_connection::expire() {
  expired_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void http_connection::drain() {
  if (!interruptible_) return;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

asio::awaitable<http_connection::arrival> http_connection::receive() {
  reader_.reset();
  in_.shrink();
  interruptible_ = true;
  set_deadline(edge_.settings.idle_timeout);
  while (true) {
    const auto progress = reader_.advance(in_);
    if (progress == request_reader::progress::head) {
      say_continue();
      continue;
    }
    if (interruptible_ && reader_.begun(in_)) {
      interruptible_ = false;
      set_deadline(edge_.settings.request_timeout);
    }
    if (progress != request_reader::progress::more) {
      deadline_ = never;
      co_return progress == request_reader::progress::complete ? arrival::request : arrival::refusal;
    }
    if (interruptible_ && home_.draining()) co_return arrival::nothing;
    const auto space = in_.space(reader_.appetite());
    const auto buffer = asio::buffer(space.data(), space.size());
    boost::system::error_code failure;
    auto token = asio::redirect_error(asio::use_awaitable, failure);
    const auto bytes = co_await socket_.async_read_some(buffer, token);
    if (expired_) co_return interruptible_ ? arrival::nothing : arrival::late;
    if (failure) co_return arrival::nothing;
    in_.filled(bytes);
  }
}

void http_connection::say_continue() {
  const auto& r = reader_.current();
  if (!r.expects_continue || !in_.unread().empty()) return; // a body that is on its way needs no word
  std::string_view words = "HTTP/1.1 100 Continue\r\n\r\n";
  send_now(words);
}

void http_connection::name_request() {
  auto& r = reader_.current();
  if (!is_sane_request_id(r.wanted.request_id)) r.wanted.request_id = to_text(edge_.random.next_id(edge_.time.now()));
  const proxy_list& trusted = edge_.settings.trusted_proxies;
  edge_.of_proxies.look_at(peer_.address, r.came, trusted);
  r.wanted.address = key_of(client_of(peer_.address, r.came, trusted, edge_.settings.proxies_write));
  r.over_tls = is_over_tls(r);
  r.wanted.from_here = !r.http_1_0 && is_from_here(peer_.address, r.host, r.came, trusted);
}

/// What the peer speaks with us says nothing of the client where the peer is a proxy.
bool http_connection::is_over_tls(const request& r) const {
  const proxy_list& trusted = edge_.settings.trusted_proxies;
  const proxy_header which = edge_.settings.proxies_write;
  if (peer_.over_tls && !trusted.trusts(client_of(peer_.address, {}, trusted, which))) return true;
  return came_over_tls(peer_.address, r.came, trusted, which);
}

/// `aim`: what it turned out to be for.
asio::awaitable<answer_or_problem> http_connection::outcome_of(arrival what, request_aim* aim) {
  auto& r = reader_.current();
  if (what == arrival::late) co_return request_timed_out();
  if (what == arrival::refusal) co_return reader_.refusal();
  const entrance* at = entrance_at(r.wanted.path, edge_.settings.test_routes);
  if (at || r.kind == method::options || r.kind == method::other)
    if (auto refusal = edge_.admit(r.wanted.address, r.wanted.rate)) co_return std::move(*refusal);
  if (at) {
    aim->at = at;
    co_return enter(r, *at, edge_.settings.allowed_origins, edge_.emulate);
  }
  if (r.kind == method::options) co_return what_is_allowed(r);
  if (r.kind == method::other) co_return method_not_implemented();
  auto running = run_operation(aim);
  auto outcome = co_await std::move(running);
  if (r.http_1_0 && continuation_of(outcome)) co_return chunks_needed();
  co_return outcome;
}

answer_or_problem http_connection::what_is_allowed(const request& r) const {
  constexpr auto everything = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"; // of the server as a whole: "*"
  std::string allowed = r.wanted.path == "*" ? everything : edge_.allowed(r.wanted.path);
  if (allowed.empty()) return problem_of({errc::not_found, {}});
  return options_answer(r, std::move(allowed), edge_.settings.allowed_origins);
}

asio::awaitable<answer_or_problem> http_connection::run_operation(request_aim* aim) {
  auto& r = reader_.current();
  try {
    auto running = edge_.run(r.wanted, &aim->row);
    auto outcome = co_await std::move(running);
    co_return outcome;
  } catch (const std::exception& e) {
    spdlog::error("request {} failed: {}", r.wanted.request_id, e.what());
  }
  co_return internal_failure();
}

asio::awaitable<http_connection::outlook> http_connection::answer_arrived(arrival what) {
  auto& r = reader_.current();
  const auto started = steady_clock::now();
  name_request();
  request_aim aim;
  auto finding_out = outcome_of(what, &aim);
  const answer_or_problem outcome = co_await std::move(finding_out);
  const continuation* then = r.kind == method::head ? nullptr : continuation_of(outcome);

  const auto now = edge_.time.now();
  response_frame frame{home_.date(now), r.wanted.request_id, r.wanted.path, now};
  frame.head_only = r.kind == method::head;
  frame.http_1_0 = r.http_1_0;
  frame.in = preferred_coding(r.accept_encoding);
  frame.rate = r.wanted.rate;
  if (!r.origin.empty() && is_listed_origin(r.origin, edge_.settings.allowed_origins)) frame.allowed_origin = r.origin;
  frame.in_chunks = continuation_of(outcome) && status_of(outcome) != 101;
  frame.keep_alive = what == arrival::request && r.keep_alive && !then && !home_.draining();
  auto& out = home_.scratch();
  if (const auto* a = std::get_if<answer>(&outcome))
    append_answer(out, *a, frame);
  else
    append_problem(out, std::get<problem>(outcome), frame);

  std::string_view unsent = out;
  bool alive = send_now(unsent);
  if (alive && !unsent.empty()) {
    std::string rest(unsent);
    auto sending = send_rest(std::move(rest));
    alive = co_await std::move(sending);
  }
  const auto took = steady_clock::now() - started;
  count_answer(aim, outcome, took);
  if (edge_.log.wanted()) log_answer(aim.path(), status_of(outcome), took);
  if (!alive) co_return outlook::gone;
  if (then) co_return leave_http(*then);
  co_return frame.keep_alive ? outlook::again : outlook::close;
}

/// What came behind the request belongs to a WebSocket; behind that of a stream there is nothing to be said.
http_connection::outlook http_connection::leave_http(continuation into) {
  if (realtime::is_websocket(into.framing)) into.said = in_.unread();
  edge_.upgraded(std::move(socket_), std::move(into), std::move(held_), home_);
  return outlook::gone;
}

void http_connection::count_answer(const request_aim& aim, const answer_or_problem& outcome,
                                   steady_clock::duration took) {
  home_.answered().count(aim, reader_.current().kind, status_of(outcome), took);
  if (const auto* wrong = std::get_if<problem>(&outcome)) edge_.problems.count(wrong->code);
}

void http_connection::log_answer(std::string_view route, int status, steady_clock::duration took) {
  const auto& r = reader_.current();
  const auto user = r.wanted.who ? std::optional(r.wanted.who->user) : std::nullopt;
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took);
  edge_.log.write({r.wanted.request_id, name_of(r.kind), route, status, micros, user});
}

/// Sends without waiting, which nearly always takes all; what is left stays in `bytes`.
/// False: the connection is broken.
bool http_connection::send_now(std::string_view& bytes) {
  while (!bytes.empty()) {
    boost::system::error_code failure;
    const auto sent = socket_.send(asio::buffer(bytes.data(), bytes.size()), 0, failure);
    if (failure == asio::error::would_block) return true;
    if (failure) return false;
    bytes.remove_prefix(sent);
  }
  return true;
}

asio::awaitable<bool> http_connection::send_rest(std::string rest) {
  set_deadline(edge_.settings.idle_timeout);
  const auto buffer = asio::buffer(rest);
  boost::system::error_code failure;
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  co_await asio::async_write(socket_, buffer, token);
  deadline_ = never;
  co_return !failure && !expired_;
}

asio::awaitable<void> http_connection::close_gently() {
  constexpr std::size_t read_on_max = 1024 * 1024;
  boost::system::error_code failure;
  socket_.shutdown(tcp::socket::shutdown_send, failure);
  expired_ = false;
  interruptible_ = true;
  set_deadline(edge_.settings.request_timeout);
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  for (std::size_t read = 0; !failure && !expired_ && !home_.draining() && read < read_on_max;) {
    in_.take(in_.unread().size());
    const auto space = in_.space(receive_buffer::small);
    const auto buffer = asio::buffer(space.data(), space.size());
    read += co_await socket_.async_read_some(buffer, token);
  }
}

} // namespace

asio::awaitable<void> serve_http(tcp::socket socket, http_peer peer, place held, io_thread& home) {
  http_connection served(std::move(socket), peer, std::move(held), home);
  co_await served.run();
}

} // namespace palabre::http

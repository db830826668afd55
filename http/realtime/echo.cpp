#include "http/realtime/echo.hpp"

#include "base/limits.hpp"
#include "http/realtime/codes.hpp"
#include "http/realtime/frame.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <vector>

namespace palabre::http::realtime {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t read_bytes_max = 64 * 1024;
constexpr std::chrono::seconds farewell_wait_max{5}; // for the peer to end the stream

/// Empty: there is none.
std::string answer_to(const client_message& message) {
  switch (message.kind) {
  case opcode::text: return text_frame(message.payload);
  case opcode::binary: return binary_frame(message.payload);
  case opcode::ping: return control_frame(opcode::pong, message.payload);
  case opcode::close: return close_frame(message.close_code(), "");
  default: return {};
  }
}

class echo final : public http_connection_base {
public:
  echo(tcp::socket socket, io_thread& home)
      : home_(home), socket_(std::move(socket)), decoder_(limits::echo_message_bytes_max), buffer_(read_bytes_max) {
    home.add(*this);
  }

  asio::awaitable<void> run(std::string already_read);
  void expire() override { interrupt(); }
  void drain() override { interrupt(); }

private:
  asio::awaitable<void> answer_all(std::string_view bytes);
  asio::awaitable<void> send(std::string frame);
  asio::awaitable<std::size_t> receive();
  asio::awaitable<void> wait_for_end();

  void interrupt() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }
  void allow(std::chrono::milliseconds from_now) { deadline_ = home_.tick_after(from_now); }

  io_thread& home_;
  tcp::socket socket_;
  frame_decoder decoder_;
  std::vector<char> buffer_;
  bool is_talking_ = true; ///< neither side has closed, nor is the socket broken
};

asio::awaitable<void> echo::run(std::string already_read) {
  auto answering = answer_all(already_read);
  co_await std::move(answering);
  while (is_talking_ && !home_.draining()) {
    const std::size_t count = co_await receive();
    const std::string_view bytes(buffer_.data(), count);
    auto answering_more = answer_all(bytes);
    co_await std::move(answering_more);
  }
  if (is_talking_) {
    auto leaving = send(close_frame(disconnections::shutdown.code, disconnections::shutdown.reason));
    co_await std::move(leaving);
  }
  co_await wait_for_end();
}

asio::awaitable<void> echo::answer_all(std::string_view bytes) {
  while (is_talking_) {
    const auto message = decoder_.next(bytes);
    if (!message) break;
    auto sending = send(answer_to(*message));
    co_await std::move(sending);
    if (message->kind == opcode::close) is_talking_ = false;
  }
  if (!is_talking_ || decoder_.failure() == 0) co_return;
  auto refusing = send(close_frame(decoder_.failure(), ""));
  co_await std::move(refusing);
  is_talking_ = false;
}

asio::awaitable<void> echo::send(std::string frame) {
  allow(home_.what_for().settings.idle_timeout);
  const auto bytes = asio::buffer(frame);
  boost::system::error_code failed;
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  co_await asio::async_write(socket_, bytes, token);
  if (failed) is_talking_ = false;
}

/// Nothing is read: the peer is gone or silent, or the server drains.
asio::awaitable<std::size_t> echo::receive() {
  allow(home_.what_for().settings.idle_timeout);
  const auto space = asio::buffer(buffer_);
  boost::system::error_code failed;
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  const std::size_t count = co_await socket_.async_read_some(space, token);
  if (failed && !home_.draining()) is_talking_ = false;
  co_return count;
}

/// To close at once would reset the connection under what the peer is still sending, and with it our last frame.
asio::awaitable<void> echo::wait_for_end() {
  boost::system::error_code failed;
  socket_.shutdown(tcp::socket::shutdown_send, failed);
  allow(farewell_wait_max);
  const auto space = asio::buffer(buffer_);
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  while (!failed) co_await socket_.async_read_some(space, token);
}

} // namespace

asio::awaitable<void> serve_echo(tcp::socket socket, std::string already_read, io_thread& home) {
  echo served(std::move(socket), home);
  auto running = served.run(std::move(already_read));
  co_await std::move(running);
}

} // namespace palabre::http::realtime

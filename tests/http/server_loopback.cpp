#include "server_loopback.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <future>
#include <stdexcept>

namespace palabre::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

access_log no_log() {
  spdlog::set_level(spdlog::level::off);
  return {};
}

} // namespace

edge_settings loopback::quick() {
  edge_settings s;
  s.request_timeout = std::chrono::seconds(1);
  s.idle_timeout = std::chrono::seconds(30);
  return s;
}

loopback::loopback(edge_settings settings)
    : settings_(std::move(settings)),
      held_(settings_.connections_max), edge_{route_table(), settings_, time_, random_, problems_, {}, {}, {}, {}, {},
                                              no_log()} {
  edge_.run = [this](call& c, const route**) { return run(c); };
  edge_.admit = [](const uuid&, rate_standing&) { return std::optional<problem>(); };
  edge_.allowed = [](std::string_view path) { return path == "/echo" ? "GET, HEAD, POST, OPTIONS" : ""; };
  edge_.emulate = [](const std::string& body) {
    answer a;
    a.status = 204;
    a.headers.emplace_back("Said", body);
    return a;
  };
  edge_.upgraded = [this](tcp::socket socket, continuation what, place, io_thread&) {
    read_with_upgrade = std::move(what.said);
    upgraded.emplace(std::move(socket));
  };
  thread_.emplace(edge_);
  gate_.emplace(thread_->context(), std::chrono::steady_clock::time_point::max());
  door_.emplace(std::vector<io_thread*>{&*thread_}, held_);
  port_ = door_->open("127.0.0.1", 0).value();
  thread_->start();
}

loopback::~loopback() {
  thread_->stop();
  thread_->cut_off();
  upgraded.reset();
  door_.reset();
  gate_.reset();
}

void loopback::release() {
  std::promise<void> done;
  asio::post(thread_->context(), [&] {
    gate_->cancel();
    done.set_value();
  });
  done.get_future().wait();
}

asio::awaitable<answer_or_problem> loopback::run(call& c) {
  answer a;
  if (c.body_too_large) co_return problem{413, "payload_too_large", "", false, {}, {}};
  if (c.path == "/throw") throw std::runtime_error("an operation failed");
  if (c.path == "/slow") {
    boost::system::error_code ignored;
    auto token = asio::redirect_error(asio::use_awaitable, ignored);
    co_await gate_->async_wait(token);
  } else if (c.path == "/big") {
    a.body = std::string(std::stoul(c.query.at(0).second), 'b');
    co_return a;
  } else if (c.path != "/echo") {
    co_return problem{404, "not_found", "", false, {}, {}};
  }
  a.body = "{\"" + std::string(name_of(c.method)) + "\":\"" + c.body + "\"}";
  co_return a;
}

byte_client::byte_client(unsigned short port) : socket_(context_) {
  socket_.connect({asio::ip::address_v4::loopback(), port});
}

void byte_client::send(std::string_view bytes) {
  boost::system::error_code failure;
  asio::write(socket_, asio::buffer(bytes), failure);
  if (failure) reset_ = true;
}

void byte_client::end_sending() {
  socket_.shutdown(tcp::socket::shutdown_send);
}

bool byte_client::receive() {
  std::array<char, 16 * 1024> bytes;
  std::size_t count = 0;
  boost::system::error_code failure = asio::error::timed_out;
  socket_.async_read_some(asio::buffer(bytes), [&](const boost::system::error_code& ec, std::size_t n) {
    failure = ec;
    count = n;
  });
  context_.restart();
  context_.run_for(std::chrono::seconds(20));
  if (!context_.stopped()) {
    socket_.close();
    context_.run();
  }
  reset_ |= failure && failure != asio::error::eof;
  in_.append(bytes.data(), count);
  return count != 0;
}

bool byte_client::hears_something(std::chrono::milliseconds within) {
  bool heard = false;
  socket_.async_wait(tcp::socket::wait_read, [&](const boost::system::error_code& ec) { heard = !ec; });
  context_.restart();
  context_.run_for(within);
  socket_.cancel();
  context_.restart();
  context_.run();
  return heard;
}

std::string byte_client::answer(bool without_body) {
  std::size_t head_end = 0;
  while ((head_end = in_.find("\r\n\r\n")) == std::string::npos)
    if (!receive()) return {};
  std::size_t size = head_end + 4;
  constexpr std::string_view length = "Content-Length: ";
  if (const auto at = in_.find(length); !without_body && at < head_end)
    size += std::stoul(in_.substr(at + length.size()));
  while (in_.size() < size)
    if (!receive()) return {};
  auto one = in_.substr(0, size);
  in_.erase(0, size);
  return one;
}

std::string byte_client::until(std::string_view text) {
  std::size_t at = 0;
  while ((at = in_.find(text)) == std::string::npos)
    if (!receive()) return std::exchange(in_, {});
  auto all = in_.substr(0, at + text.size());
  in_.erase(0, all.size());
  return all;
}

std::string byte_client::rest() {
  while (receive()) {
  }
  return std::exchange(in_, {});
}

} // namespace palabre::http

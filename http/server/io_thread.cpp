#include "http/server/io_thread.hpp"

#include "base/thread_name.hpp"
#include "http/server/response.hpp"

#include <boost/asio/post.hpp>

namespace palabre::http {

namespace asio = boost::asio;
using std::chrono::steady_clock;

io_thread::io_thread(const edge& what_for)
    : edge_(what_for), work_(context_.get_executor()), sweeper_(context_), started_(steady_clock::now()),
      answered_(what_for.table) {}

io_thread::~io_thread() {
  stop();
  cut_off();
}

void io_thread::start() {
  sweep_later();
  thread_ = std::thread([this] {
    name_this_thread("io");
    context_.run();
  });
}

void io_thread::drain() {
  asio::post(context_, [this] {
    draining_ = true;
    for (auto at = live_.begin(); at != live_.end();) (at++)->drain();
  });
}

void io_thread::stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

std::uint64_t io_thread::tick_after(std::chrono::milliseconds from_now) const {
  return now_ + static_cast<std::uint64_t>((from_now + tick - std::chrono::milliseconds(1)) / tick) + 1;
}

void io_thread::sweep_later() {
  sweeper_.expires_after(tick);
  sweeper_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) sweep();
  });
}

void io_thread::sweep() {
  now_ = static_cast<std::uint64_t>((steady_clock::now() - started_) / tick);
  for (auto at = live_.begin(); at != live_.end();) {
    auto& c = *at++;
    if (c.deadline_ > now_) continue;
    c.deadline_ = http_connection_base::never;
    c.expire();
  }
  sweep_later();
}

std::string_view io_thread::date(timestamp now) {
  if (const auto second = now.ms / 1000; second != date_second_) {
    date_second_ = second;
    date_ = http_date(now);
  }
  return date_;
}

std::string& io_thread::scratch() {
  constexpr std::size_t kept_max = 256 * 1024;
  if (scratch_.capacity() > kept_max) scratch_ = std::string();
  scratch_.clear();
  return scratch_;
}

} // namespace palabre::http

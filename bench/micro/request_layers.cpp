// What do the layers around an operation cost a request? Unit: ns per request. Workload: requests of 1,000 users from
// as many addresses in turn, none of them too many; the line of the access log, put together and handed to the thread
// that writes it, which throws it away.

#include "base/assert.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/typical_message.hpp"
#include "http/rate_limits.hpp"
#include "http/server/access_log.hpp"
#include "http/server/request_tallies.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

namespace palabre::micro {
namespace {

constexpr std::uint64_t people = 1'000;

/// As every request of a user is counted: its address, then the user. Time goes on by a millisecond, so that each comes
/// back once a second.
class take_rates {
public:
  std::size_t operator()() {
    const std::uint64_t who = next_++ % people;
    http::rate_standing standing;
    PALABRE_ASSERT(!limits_.take_address(numbered_id(9, who), now_, &standing));
    PALABRE_ASSERT(!limits_.take(http::rate_class::read, numbered_user(who), now_, &standing));
    now_ += std::chrono::milliseconds(1);
    return standing.left;
  }

private:
  http::rate_limits limits_{http::rate_settings{}, true};
  http::rate_limits::time_point now_{};
  std::uint64_t next_ = 0;
};

class write_access_line {
public:
  write_access_line() {
    if (!spdlog::thread_pool()) spdlog::init_thread_pool(8'192, 1);
    if (!spdlog::get("access"))
      spdlog::register_logger(
          std::make_shared<spdlog::async_logger>("access", std::make_shared<spdlog::sinks::null_sink_mt>(),
                                                 spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest));
    log_.emplace();
  }

  bool operator()() {
    log_->write({id_, "GET", "/api/v1/rooms/{id}/messages", 200, std::chrono::microseconds(35), numbered_user(1)});
    return log_->wanted();
  }

private:
  const std::string id_ = to_text(numbered_id(8, 1));
  std::optional<http::access_log> log_;
};

/// With the two looks at the clock that it needs.
class count_answer {
public:
  std::uint64_t operator()() {
    using std::chrono::steady_clock;
    const auto begun = steady_clock::now();
    const http::route& row = http::route_table()[next_++ % http::route_table().size()];
    counted_.count({&row, nullptr}, http::method::get, 200, steady_clock::now() - begun);
    return next_;
  }

private:
  http::request_tallies counted_{http::route_table()};
  std::uint64_t next_ = 0;
};

const registration request_layers_registered[] = {
    measure<count_answer>("http/server/request_tallies/count").gated(2'000),
    measure<take_rates>("http/rate_limits/take").gated(4 * people),
    measure<write_access_line>("http/server/access_log/write"),
};

} // namespace
} // namespace palabre::micro

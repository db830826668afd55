#include "app/logging.hpp"

#include "base/json_writer.hpp"

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace palabre::app {
namespace {

constexpr std::size_t queued_lines_max = 8'192;

/// "%*": the message as a JSON string.
class json_message final : public spdlog::custom_flag_formatter {
public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    std::string quoted;
    append_json_string(quoted, {message.payload.data(), message.payload.size()});
    out.append(quoted.data(), quoted.data() + quoted.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<json_message>(); }
};

std::shared_ptr<spdlog::logger> json_logger(const std::string& name, const std::string& last_field) {
  auto format = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  format->add_flag<json_message>('*').set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","logger":"%n",)" +
                                                  last_field + "}");
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_formatter(std::move(format));
  return std::make_shared<spdlog::async_logger>(name, std::move(sink), spdlog::thread_pool(),
                                                spdlog::async_overflow_policy::overrun_oldest);
}

} // namespace

void start_logging(const std::string& level, bool access_log) {
  spdlog::init_thread_pool(queued_lines_max, 1);
  auto main = json_logger("palabre", R"("message":%*)");
  main->set_level(spdlog::level::from_str(level == "warn" ? "warning" : level));
  main->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(main);
  auto access = json_logger("access", R"("request":%v)");
  access->set_level(access_log ? spdlog::level::info : spdlog::level::off);
  spdlog::register_logger(access);
}

void stop_logging() {
  spdlog::shutdown();
}

} // namespace palabre::app

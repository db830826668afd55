#include "http/server/access_log.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>

namespace palabre::http {
namespace {

struct AccessLog : testing::Test {
  AccessLog() {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(written);
    sink->set_pattern("%v");
    logger = std::make_shared<spdlog::logger>("access", sink);
    spdlog::register_logger(logger);
  }
  ~AccessLog() override { spdlog::drop("access"); }

  std::ostringstream written;
  std::shared_ptr<spdlog::logger> logger;
};

TEST_F(AccessLog, WritesOneJsonLine) {
  const access_log log;
  const auto user = parse_uuid("0190b1f0-7c3a-7000-8000-000000000001");
  log.write({"id-\"1", "GET", "/api/v1/rooms/{id}", 200, std::chrono::microseconds(42), user_id(*user)});
  log.write({"id-2", "POST", "", 404, std::chrono::microseconds(1), std::nullopt});
  EXPECT_EQ(written.str(),
            R"({"request_id":"id-\"1","method":"GET","route":"/api/v1/rooms/{id}","status":200,"duration_us":42,)"
            R"("user":"0190b1f0-7c3a-7000-8000-000000000001"})"
            "\n"
            R"({"request_id":"id-2","method":"POST","route":null,"status":404,"duration_us":1,"user":null})"
            "\n");
}

TEST_F(AccessLog, IsSwitchedOffByItsLevel) {
  const access_log log;
  EXPECT_TRUE(log.wanted());
  logger->set_level(spdlog::level::warn);
  EXPECT_FALSE(log.wanted());
}

} // namespace
} // namespace palabre::http

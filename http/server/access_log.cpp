#include "http/server/access_log.hpp"

#include "base/json_writer.hpp"

#include <spdlog/spdlog.h>

namespace palabre::http {
namespace {

std::string to_json(const access_line& line) {
  std::string json;
  json.reserve(256);
  json += R"({"request_id":)";
  append_json_string(json, line.request_id);
  json += R"(,"method":)";
  append_json_string(json, line.method);
  json += R"(,"route":)";
  if (line.route.empty())
    json += "null";
  else
    append_json_string(json, line.route);
  json += R"(,"status":)";
  append_json_int(json, line.status);
  json += R"(,"duration_us":)";
  append_json_int(json, line.duration.count());
  json += R"(,"user":)";
  if (!line.user)
    json += "null";
  else
    append_json_string(json, to_text(*line.user));
  json += '}';
  return json;
}

} // namespace

access_log::access_log() : logger_(spdlog::get("access")) {
  if (!logger_) logger_ = spdlog::default_logger()->clone("access");
}

bool access_log::wanted() const {
  return logger_->should_log(spdlog::level::info);
}

void access_log::write(const access_line& line) const {
  logger_->log(spdlog::level::info, spdlog::string_view_t(to_json(line)));
}

} // namespace palabre::http

#pragma once
// One line per answered request: logger "access", level info, a JSON object. Never the query, never a token.

#include "base/ids.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

namespace spdlog {
class logger;
}

namespace palabre::http {

struct access_line {
  std::string_view request_id;
  std::string_view method;
  std::string_view route; ///< the template of the path, so that ids do not end up there; empty: none matched
  int status = 0;
  std::chrono::microseconds duration{0};
  std::optional<user_id> user;
};

/// Threads: any.
class access_log {
public:
  /// Takes the logger "access" if there is one, else one with the sinks of the default logger.
  access_log();

  /// Asked first, because what a line needs costs something too.
  bool wanted() const;
  void write(const access_line& line) const;

private:
  std::shared_ptr<spdlog::logger> logger_;
};

} // namespace palabre::http

#pragma once
// The API as this tool uses it: one request after the other, on one connection.

#include "base/result.hpp"
#include "bench/load/http_connection.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace palabre::seed {

struct api_request {
  std::string_view method;
  std::string path;
  std::string body = {}; ///< JSON; empty: none
  std::string token = {};
  std::string idempotency_key = {};
};

struct api_answer {
  unsigned status = 0;
  std::string body;
  std::string rate_policy; ///< as `"register";q=20;w=60`; empty: none
  std::optional<std::chrono::seconds> retry_after;
  bool is_replayed = false; ///< it was done before, under the same key

  bool is_good() const { return status >= 200 && status < 300; }
  /// The string at a JSON pointer; nullopt where something else is, or nothing.
  std::optional<std::string> text(std::string_view pointer) const;
  /// 0 where no number is.
  std::uint64_t number(std::string_view pointer) const;
};

/// What the server said instead of doing it, in its own words.
error refusal(const api_request& asked, const api_answer& got);

/// Asks, and waits as long as the server asks for: 429 and 503 are asked again after Retry-After, or a second.
/// Threads: one. Limits: as http_connection.
class api_client final : bench::http_connection::events {
public:
  struct listener {
    /// Before it waits for `time`. False: that is not worth it.
    virtual bool waits(std::chrono::seconds time, const api_answer& got) = 0;

  protected:
    ~listener() = default;
  };

  /// Requires: `tell` outlives this.
  api_client(bench::endpoint at, listener& tell);

  /// The answer, good or not. Errors: io: no connection, or it broke twice without an answer; limit_exceeded: the
  /// listener does not want to wait.
  result<api_answer> ask(const api_request& request);

private:
  void opened() override {}
  void answered(const bench::http_answer& answer) override;
  void closed(std::string_view why) override;
  result<api_answer> ask_once(const api_request& request);
  result<void> connect();
  std::string written(const api_request& request) const;

  const bench::endpoint at_;
  listener& tell_;
  bench::loop loop_;
  bench::http_connection connection_{loop_, *this};
  std::optional<api_answer> answer_;
  std::string broken_; ///< why the connection is over
};

/// For putting text into a JSON document.
std::string json_string(std::string_view text);
/// For putting text into a path.
std::string path_segment(std::string_view text);

} // namespace palabre::seed

#pragma once
// The operations of the API: one table, from which dispatch, validation and error answers come, for REST and realtime
// rpc alike. What runs here knows nothing of sockets.

#include "base/correlation.hpp"
#include "http/continuation.hpp"
#include "http/problem.hpp"
#include "http/problem_catalog.hpp"
#include "http/rate_class.hpp"
#include "http/services.hpp"
#include "http/tokens.hpp"

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace palabre::http {

class api;

enum class verb : std::uint8_t { get, post, put, patch, del };
std::string_view name_of(verb v);

/// What has to hold before the body is looked at. Each room level also loads `call::room` and `call::standing`.
/// A denial is given only after the views have reached the log's head at arrival (a room joined just now counts).
enum class access : std::uint8_t {
  anyone,
  user,          ///< a valid access token: else 401
  administrator, ///< promoted, or named by the configuration: else 403
  room_join,     ///< whoever sees it, or is invited: else 404
  room_see,      ///< 404 for a private room one is not in
  room_read,     ///< members: else 404 (private) or 403 (public)
  room_post,
  room_moderate,
  room_administrate,
  room_own
};

/// One call of an operation, by REST or by rpc. Lives in the coroutine that runs it.
struct call {
  // ---- as it came
  verb method = verb::get;
  std::string path;                                       ///< without the query
  std::vector<std::string> captures;                      ///< path parameters, in order, percent-decoded
  std::vector<std::pair<std::string, std::string>> query; ///< percent-decoded
  std::string body;
  bool body_too_large = false;
  std::string content_type;
  std::string authorization; ///< header; empty by rpc
  std::string api_key;       ///< header X-API-Key; of the server API and of /metrics
  std::string idempotency_key;
  std::string if_match, if_none_match, min_position;
  bool accepts_event_stream = false; ///< "text/event-stream" stands in Accept
  std::string last_event_id;
  std::string request_id; ///< sane: checked or made
  std::string user_agent;
  std::string traceparent; ///< of the caller's trace; empty: none, or not one
  uuid address;            ///< stands for where it comes from (http/server/client_address.hpp); nil by rpc
  bool from_here = false;  ///< from this machine and through no proxy, as far as one can tell

  // ---- found out on the way
  std::optional<access_claims> who; ///< set for access::user and above; given by rpc
  std::optional<projections::room_row> room;
  std::optional<events::standing> standing; ///< of `who` in `room`
  const api* of = nullptr;                  ///< whose call it is
  rate_standing rate;                       ///< what is left to the caller

  user_id user() const { return who->user; }
  /// What the events that it causes keep of it.
  std::string correlation() const { return correlation_of(request_id, traceparent); }
  const std::string* query_value(std::string_view name) const;
};

/// A successful answer.
struct answer {
  int status = 200;
  std::string body; ///< JSON; empty for 204 and 304
  std::vector<std::pair<std::string, std::string>> headers;
  bool holds_secrets = false; ///< codes or tokens: never compressed beside what others choose
  /// Set: behind the head, which goes without a body, the connection becomes this and speaks HTTP no more.
  std::shared_ptr<const continuation> then = {};
};

using answer_or_problem = std::variant<answer, problem>;
using handler = boost::asio::awaitable<answer_or_problem> (*)(services& s, call& c);

class shape_book;
/// The JSON Schema of a body or an answer, as http/shape.hpp makes it.
using shape = std::string (*)(shape_book&);
/// JSON of that shape.
using sample = std::string (*)();

/// At most `Max` things in a row of the table.
template <class T, std::size_t Max>
class few {
public:
  constexpr few() = default;
  consteval few(std::initializer_list<T> items) : count_(items.size()) {
    std::copy(items.begin(), items.end(), items_.begin()); // too many do not compile
  }
  constexpr const T* begin() const { return items_.data(); }
  constexpr const T* end() const { return items_.data() + count_; }
  constexpr bool empty() const { return count_ == 0; }

private:
  std::array<T, Max> items_{};
  std::size_t count_ = 0;
};

/// The body that a row takes, as JSON. None where `looks` is null.
struct taken_body {
  shape looks = nullptr;
  sample example = nullptr;
  bool checked = true; ///< for its type, before the handler
};

/// What a row answers when all goes well; without a body where `looks` is null.
struct given_answer {
  int status = 204;
  shape looks = nullptr;
  sample example = nullptr;
  std::string_view media = "application/json";
};

struct query_parameter {
  std::string_view name;
  std::string_view summary;
  shape looks;
  std::string_view example = {}; ///< as it stands in the query
  bool required = false;
};

/// One row of the table: all there is to an operation but its handler, for dispatch, limits, metrics and the API's
/// description of itself (http/openapi.hpp).
struct route {
  std::string_view name; ///< "post_message": unique, the operation's id
  std::string_view tag;  ///< "Messages": what it is shown under
  verb method;
  std::string_view path; ///< "/api/v1/rooms/{id}/messages"; {id} of a room level is the first capture. What a capture
                         ///< means stands in http/openapi.cpp
  access needs;
  handler run;
  std::string_view summary; ///< a sentence; what is behind the first full stop is its description
  given_answer gives = {};
  given_answer otherwise = {}; ///< with another status, and no problem either; none where `looks` is null
  taken_body takes = {};
  few<const query_parameter*, 12> query = {};
  few<problem_code, 8> refuses = {}; ///< codes beyond those that follow from the rest of the row
  std::string_view rpc = {};         ///< "message.post", or empty
  rate_class rate = rate_class::by_verb;
  bool idempotent_key = false; ///< Idempotency-Key is honoured
  bool tagged = false;         ///< its answer has an ETag, and looks at If-None-Match (GET) or If-Match
  bool tells_tag = false;      ///< its answer has an ETag, and that is all
  bool stores_nothing = false; ///< though it is no GET: no event, no Palabre-Position
  bool answers_late = false;   ///< by rpc, others on the connection go on meanwhile
  bool takes_ticket = false;   ///< `?ticket=` stands in for the access token
  bool streams = false;        ///< to who accepts text/event-stream
  bool takes_api_key = false;  ///< X-API-Key, of the server API
  bool for_operator = false;   ///< asked from this machine, or with X-API-Key (`[metrics] api_key_sha256`)

  /// Of `rate`, or by the verb.
  constexpr rate_class limited_as() const {
    if (rate != rate_class::by_verb) return rate;
    return method == verb::get ? rate_class::read : rate_class::write;
  }
  constexpr bool appends() const { return method != verb::get && !stores_nothing; }
};

/// All rows, of all files in routes/.
const std::vector<route>& route_table();

class problem_tallies;
class rate_limits;
class router;

/// Runs operations. Threads: any; each call on its own coroutine.
class api {
public:
  /// Requires: `table` outlives it; each path once per verb, each rpc once.
  explicit api(services& s, const std::vector<route>& table = route_table());
  ~api();

  /// Finds the route of c.method and c.path, checks in the order of decisions.md 19, and runs its handler. Errors are
  /// problems (404 unknown path, 405 with Allow, 401, 413, 415, 400, 422, …). `endpoint` becomes the row that was used,
  /// if any.
  boost::asio::awaitable<answer_or_problem> handle(call& c, const route** endpoint = nullptr);

  /// What this API is, as OpenAPI 3.1 (http/openapi.hpp).
  const std::string& description() const { return description_; }
  rate_limits& rates() const { return *rates_; }
  /// Of the answers of all its operations, over HTTP and by rpc, and of what the transport refuses by itself.
  problem_tallies& problems() const { return *problems_; }
  /// "GET, HEAD, OPTIONS": what a path has; empty: there is no such path.
  std::string allowed(std::string_view path) const;

  bool has_rpc(std::string_view method) const;
  /// Requires: has_rpc(method).
  bool answers_late(std::string_view method) const;
  /// Runs the row whose rpc is `method`. `data` is the rpc's parameters as JSON: path parameters are taken from it by
  /// name (room_id → the first {id}, message_id → {mid}, emoji → {emoji}), the query from the rest (before, after,
  /// around, limit), and it is the body. nullopt: no such method.
  boost::asio::awaitable<std::optional<answer_or_problem>> call_rpc(std::string_view method, std::string data,
                                                                    access_claims who, std::string request_id);

private:
  services& s_;
  std::unique_ptr<const router> rows_;
  const std::string description_;
  std::unique_ptr<rate_limits> rates_;
  std::unique_ptr<problem_tallies> problems_;
};

} // namespace palabre::http

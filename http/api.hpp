#pragma once
// The operations of the API: one table, from which dispatch, validation and error answers come, for REST and realtime
// rpc alike. What runs here knows nothing of sockets.

#include "http/continuation.hpp"
#include "http/problem.hpp"
#include "http/services.hpp"
#include "http/tokens.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace palabre::http {

enum class verb : std::uint8_t { get, post, put, patch, del };
std::string_view name_of(verb v);

/// What has to hold before the body is looked at. Each room level also loads `call::room` and `call::standing`.
/// A denial is given only after the views have reached the log's head at arrival (a room joined just now counts).
enum class access : std::uint8_t {
  anyone,
  user,          ///< a valid access token: else 401
  administrator, ///< promoted, or named by the configuration: else 403
  room_see,      ///< 404 for a private room one is not in
  room_read,     ///< members: else 404 (private) or 403 (public)
  room_post,
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
  std::string api_key;       ///< header X-API-Key; of the server API
  std::string idempotency_key;
  std::string if_match, if_none_match, min_position;
  bool accepts_event_stream = false; ///< "text/event-stream" stands in Accept
  std::string last_event_id;
  std::string request_id; ///< sane: checked or made
  std::string user_agent;

  // ---- found out on the way
  std::optional<access_claims> who; ///< set for access::user and above; given by rpc
  std::optional<projections::room_row> room;
  std::optional<events::role> standing; ///< of `who` in `room`

  user_id user() const { return who->user; }
  const std::string* query_value(std::string_view name) const;
};

/// A successful answer.
struct answer {
  int status = 200;
  std::string body; ///< JSON; empty for 204 and 304
  std::vector<std::pair<std::string, std::string>> headers;
  /// Set: behind the head, which goes without a body, the connection becomes this and speaks HTTP no more.
  std::shared_ptr<const continuation> then = {};
};

using answer_or_problem = std::variant<answer, problem>;
using handler = boost::asio::awaitable<answer_or_problem> (*)(services& s, call& c);

/// One row of the table.
struct route {
  verb method;
  std::string_view path; ///< "/api/v1/rooms/{id}/messages"; {id} of a room level is the first capture
  std::string_view rpc;  ///< "message.post", or empty
  access needs;
  bool takes_body;     ///< JSON, checked for type and size before the handler
  bool idempotent_key; ///< Idempotency-Key is honoured
  handler run;
  std::string_view summary;
  bool answers_late = false; ///< by rpc, others on the connection go on meanwhile
  bool takes_ticket = false; ///< `?ticket=` stands in for the access token
};

/// All rows, of all files in routes/.
const std::vector<route>& route_table();

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
};

} // namespace palabre::http

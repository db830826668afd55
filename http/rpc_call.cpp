#include "http/rpc_call.hpp"

#include "base/limits.hpp"
#include "http/router.hpp"
#include "http/schema.hpp"

namespace palabre::http {
namespace {

using element = simdjson::dom::element;

/// What rpcs call a path parameter: as bodies do.
std::string_view rpc_name_of(std::string_view capture) {
  if (capture == "id") return "room_id";
  if (capture == "mid") return "message_id";
  return capture;
}

/// The path with its parameters put in.
void append_path(std::string& path, std::string_view pattern, simdjson::dom::object data, body_checks& checks) {
  for (auto open = pattern.find('{'); open != pattern.npos; open = pattern.find('{')) {
    const auto close = pattern.find('}', open);
    const std::string_view name = rpc_name_of(pattern.substr(open + 1, close - open - 1));
    path += pattern.substr(0, open);
    pattern.remove_prefix(close + 1);
    checks.enter(name);
    element value;
    if (data.at_key(name).get(value) != simdjson::SUCCESS)
      checks.refuse("required", "this field is needed");
    else if (const auto text = checks.string_of(value)) {
      if (text->empty()) checks.refuse("too_short", "must not be empty");
      path += percent_encoded(*text);
    }
    checks.leave();
  }
  path += pattern;
}

/// Every number, string and flag, as a query would have it.
void append_query(simdjson::dom::object data, call& c, body_checks& checks) {
  for (const auto& [name, value] : data) {
    if (value.is_string()) {
      if (const auto text = checks.string_of(value)) c.query.emplace_back(name, *text);
    } else if (value.is_number() || value.is_bool())
      c.query.emplace_back(name, simdjson::minify(value));
  }
}

problem malformed(std::string_view why) {
  return problem_of({errc::malformed, std::string(why)});
}

} // namespace

std::optional<problem> fill_from_rpc(const route& row, std::string data, call& c) {
  c.method = row.method;
  c.content_type = "application/json";
  if (data.empty()) data = "{}";
  thread_local simdjson::dom::parser parser;
  element root;
  simdjson::dom::object parameters;
  if (const auto failed = parser.parse(data).get(root)) return malformed(simdjson::error_message(failed));
  if (root.get(parameters) != simdjson::SUCCESS) return bad_field("", "wrong_type", "the parameters must be an object");

  body_checks checks;
  append_path(c.path, row.path, parameters, checks);
  if (row.method == verb::get) append_query(parameters, c, checks);
  if (checks.malformed()) return malformed("a string holds half of a surrogate pair");
  if (!checks.problems().empty()) return validation_failed(std::move(checks.problems()));
  c.body_too_large = data.size() > limits::body_bytes_max;
  c.body = std::move(data);
  return std::nullopt;
}

} // namespace palabre::http

#include "http/problem.hpp"

#include "base/json_writer.hpp"
#include "http/problem_catalog.hpp"

#include <simdjson.h>

#include <algorithm>

namespace palabre::http {
namespace {

/// An error's code in answers, and whether its context is for clients.
struct mapping {
  std::string_view code;
  bool tells_context = true;
};

mapping mapping_of(errc code) {
  switch (code) {
  case errc::malformed: return {"malformed_json"};
  case errc::invalid: return {"validation_failed"};
  case errc::limit_exceeded: return {"limit_exceeded"};
  case errc::unauthenticated: return {"unauthenticated"};
  case errc::token_expired: return {"token_expired"};
  case errc::wrong_credentials: return {"wrong_credentials", false};
  case errc::forbidden: return {"forbidden"};
  case errc::not_found: return {"not_found", false};
  case errc::conflict: return {"conflict"};
  case errc::login_taken: return {"login_taken"};
  case errc::not_a_member: return {"not_a_member"};
  case errc::banned: return {"banned"};
  case errc::muted: return {"muted"};
  case errc::slow_mode: return {"slow_mode"};
  case errc::room_archived: return {"room_archived"};
  case errc::owner_must_transfer: return {"owner_must_transfer"};
  case errc::message_deleted: return {"message_deleted"};
  case errc::version_mismatch: return {"version_mismatch"};
  case errc::key_reused: return {"idempotency_key_reused"};
  case errc::stale_facts: return {"stale_facts", false};
  case errc::overloaded: return {"overloaded"};
  case errc::not_yet: return {"not_yet"};
  case errc::unavailable: return {"unavailable", false};
  case errc::abandoned: return {"abandoned", false};
  case errc::already_done: // resolved into a replayed outcome before it gets here
  case errc::io:
  case errc::corrupt:
  case errc::from_the_future:
  case errc::internal: break;
  }
  return {"internal", false};
}

void append_problem_field(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  append_json_string(out, value);
}

void append_errors(std::string& out, const std::vector<field_problem>& errors) {
  out += ",\"errors\":[";
  for (bool first = true; const field_problem& e : errors) {
    if (!first) out += ',';
    first = false;
    out += "{\"pointer\":";
    append_json_string(out, e.pointer);
    append_problem_field(out, "code", e.code);
    append_problem_field(out, "detail", e.detail);
    out += '}';
  }
  out += ']';
}

} // namespace

problem refusal(std::string_view code, std::string detail) {
  const problem_kind& kind = problem_kind_of(code);
  problem p;
  p.status = kind.status;
  p.code = kind.code;
  p.detail = detail.empty() ? std::string(kind.detail) : std::move(detail);
  p.retryable = kind.retryable;
  if (kind.status == 401) p.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (kind.status == 503) p.headers.emplace_back("Retry-After", "1");
  return p;
}

problem problem_of(const error& e) {
  const mapping to = mapping_of(e.code);
  problem p = refusal(to.code, to.tells_context ? e.context : std::string{});
  if (e.code == errc::slow_mode) p.headers.emplace_back("Retry-After", e.context.substr(0, e.context.find(' ')));
  return p;
}

problem validation_failed(std::vector<field_problem> errors) {
  const bool bounds_only = !errors.empty() && std::all_of(errors.begin(), errors.end(), [](const field_problem& e) {
    return e.code == "limit_exceeded";
  });
  problem p = bounds_only ? refusal("limit_exceeded", errors.front().detail)
                          : refusal("validation_failed", "the request is not valid; `errors` says where");
  p.errors = std::move(errors);
  return p;
}

problem rate_limited(std::string detail, std::chrono::milliseconds wait) {
  problem p = refusal("rate_limited", std::move(detail));
  p.headers.emplace_back("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()));
  return p;
}

problem bad_field(std::string pointer, std::string code, std::string detail) {
  std::vector<field_problem> errors;
  errors.push_back({std::move(pointer), std::move(code), std::move(detail)});
  return validation_failed(std::move(errors));
}

std::string render(const problem& p, std::string_view instance, std::string_view request_id, timestamp now) {
  std::string out;
  out.reserve(384);
  out += "{\"type\":";
  append_json_string(out, "urn:palabre:problem:" + p.code);
  const std::string_view title = title_of(p.status);
  append_problem_field(out, "title", title.empty() ? "Error" : title);
  out += ",\"status\":";
  append_json_int(out, p.status);
  append_problem_field(out, "detail", p.detail);
  append_problem_field(out, "instance",
                       simdjson::validate_utf8(instance) ? instance : std::string_view{}); // paths come as they come
  append_problem_field(out, "code", p.code);
  append_problem_field(out, "request_id", request_id);
  append_problem_field(out, "timestamp", to_rfc3339(now));
  out += p.retryable ? ",\"retryable\":true" : ",\"retryable\":false";
  if (!p.errors.empty()) append_errors(out, p.errors);
  out += '}';
  return out;
}

int realtime_code(const problem& p) {
  switch (p.status) {
  case 400:
  case 413:
  case 415: return 107;
  case 401: return 101;
  case 403: return 103;
  case 405: return 104;
  case 429: return 111;
  default: return p.status >= 500 ? 100 : p.status;
  }
}

} // namespace palabre::http

#include "http/problem.hpp"

#include "base/json_writer.hpp"

#include <simdjson.h>

#include <algorithm>

namespace palabre::http {
namespace {

struct mapping {
  int status;
  const char* code;
  const char* detail; ///< when the error has no context, or its context is not for clients
  bool retryable = false;
  bool tells_context = true;
};

mapping mapping_of(errc code) {
  switch (code) {
  case errc::malformed: return {400, "malformed_json", "the request does not parse"};
  case errc::invalid: return {422, "validation_failed", "the request is not valid"};
  case errc::limit_exceeded: return {422, "limit_exceeded", "a bound is exceeded"};
  case errc::unauthenticated: return {401, "unauthenticated", "a valid access token is needed"};
  case errc::token_expired: return {401, "token_expired", "the token has expired"};
  case errc::wrong_credentials: return {401, "wrong_credentials", "login or password is wrong", false, false};
  case errc::forbidden: return {403, "forbidden", "this is not allowed here"};
  case errc::not_found: return {404, "not_found", "there is no such thing here", false, false};
  case errc::conflict: return {409, "conflict", "this conflicts with what is there"};
  case errc::login_taken: return {409, "login_taken", "this login is taken"};
  case errc::not_a_member: return {403, "not_a_member", "only members may do this"};
  case errc::room_archived: return {409, "room_archived", "the room is archived"};
  case errc::owner_must_transfer: return {409, "owner_must_transfer", "the owner hands the room over before leaving"};
  case errc::message_deleted: return {409, "message_deleted", "the message is deleted"};
  case errc::version_mismatch: return {412, "version_mismatch", "it has changed since it was read"};
  case errc::key_reused: return {422, "idempotency_key_reused", "this key came before with another body"};
  case errc::stale_facts: return {503, "stale_facts", "too much has changed meanwhile: try again", true, false};
  case errc::overloaded: return {503, "overloaded", "too much is in flight: try again", true};
  case errc::not_yet: return {503, "not_yet", "the answer is not ready yet: try again", true};
  case errc::unavailable: return {503, "unavailable", "the server does not take this now: try again", true, false};
  case errc::abandoned: return {503, "abandoned", "the request was not answered: try again", true, false};
  case errc::already_done: // resolved into a replayed outcome before it gets here
  case errc::io:
  case errc::corrupt:
  case errc::from_the_future:
  case errc::internal: break;
  }
  return {500, "internal", "the server failed; the request id finds the reason in its log", false, false};
}

std::string_view title_of(int status) {
  switch (status) {
  case 400: return "Bad Request";
  case 401: return "Unauthorized";
  case 403: return "Forbidden";
  case 404: return "Not Found";
  case 405: return "Method Not Allowed";
  case 408: return "Request Timeout";
  case 409: return "Conflict";
  case 412: return "Precondition Failed";
  case 413: return "Content Too Large";
  case 414: return "URI Too Long";
  case 415: return "Unsupported Media Type";
  case 417: return "Expectation Failed";
  case 422: return "Unprocessable Content";
  case 426: return "Upgrade Required";
  case 429: return "Too Many Requests";
  case 431: return "Request Header Fields Too Large";
  case 500: return "Internal Server Error";
  case 501: return "Not Implemented";
  case 503: return "Service Unavailable";
  case 505: return "HTTP Version Not Supported";
  default: return "Error";
  }
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
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
    append_field(out, "code", e.code);
    append_field(out, "detail", e.detail);
    out += '}';
  }
  out += ']';
}

} // namespace

problem problem_of(const error& e) {
  const mapping to = mapping_of(e.code);
  problem p;
  p.status = to.status;
  p.code = to.code;
  p.detail = to.tells_context && !e.context.empty() ? e.context : to.detail;
  p.retryable = to.retryable;
  if (to.status == 401) p.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (to.status == 503) p.headers.emplace_back("Retry-After", "1");
  return p;
}

problem validation_failed(std::vector<field_problem> errors) {
  const bool bounds_only = !errors.empty() && std::all_of(errors.begin(), errors.end(), [](const field_problem& e) {
    return e.code == "limit_exceeded";
  });
  problem p;
  p.status = 422;
  p.code = bounds_only ? "limit_exceeded" : "validation_failed";
  p.detail = bounds_only ? errors.front().detail : "the request is not valid; `errors` says where";
  p.errors = std::move(errors);
  return p;
}

problem rate_limited(std::string detail, std::chrono::milliseconds wait) {
  problem p;
  p.status = 429;
  p.code = "rate_limited";
  p.detail = std::move(detail);
  p.retryable = true;
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
  append_field(out, "title", title_of(p.status));
  out += ",\"status\":";
  append_json_int(out, p.status);
  append_field(out, "detail", p.detail);
  append_field(out, "instance",
               simdjson::validate_utf8(instance) ? instance : std::string_view{}); // paths come as they come
  append_field(out, "code", p.code);
  append_field(out, "request_id", request_id);
  append_field(out, "timestamp", to_rfc3339(now));
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

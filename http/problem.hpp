#pragma once
// Every error answer: application/problem+json (RFC 9457), with a stable code.

#include "base/clock.hpp"
#include "base/result.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::http {

/// What is wrong with one field of a request.
struct field_problem {
  std::string pointer; ///< JSON pointer into the body, or "?limit" for a query parameter
  std::string code;    ///< "required", "too_long", "not_an_emoji", …
  std::string detail;
};

struct problem {
  int status = 500;
  std::string code;   ///< stable: "validation_failed", "not_found", …
  std::string detail; ///< for a human
  bool retryable = false;
  std::vector<field_problem> errors;
  std::vector<std::pair<std::string, std::string>> headers; ///< of the answer: Allow, WWW-Authenticate, Retry-After
};

/// A problem of the catalog (http/problem_catalog.hpp), with its own words where `detail` is empty.
/// Requires: the code is in the catalog.
problem refusal(std::string_view code, std::string detail = {});
/// The one mapping from errc to a code of the catalog.
/// What only operators should know (contexts of io, corrupt, internal) is left out of `detail`.
problem problem_of(const error& e);
problem validation_failed(std::vector<field_problem> errors);
/// 429, to be tried again after `wait`.
problem rate_limited(std::string detail, std::chrono::milliseconds wait);
problem bad_field(std::string pointer, std::string code, std::string detail);

/// The document: {type, title, status, detail, instance, code, request_id, timestamp, retryable, errors?}.
std::string render(const problem& p, std::string_view instance, std::string_view request_id, timestamp now);

/// The error code of the realtime protocol for a problem (api.md, "RPC methods mirror REST").
int realtime_code(const problem& p);

} // namespace palabre::http

#pragma once
// Answers as bytes: status line, headers and body in one piece, ready for one send. Pure functions.

#include "base/clock.hpp"
#include "http/api.hpp"
#include "http/server/compression.hpp"

#include <string>
#include <string_view>

namespace palabre::http {

/// What surrounds every answer on a connection.
struct response_frame {
  std::string_view date; ///< "Sat, 21 Nov 2026 01:46:15 GMT"
  std::string_view request_id;
  std::string_view path; ///< as it came; the instance of problems
  timestamp now;
  bool head_only = false; ///< a HEAD: all headers, no body
  bool keep_alive = true;
  bool http_1_0 = false;
  bool in_chunks = false;               ///< the body follows later, in chunks
  coding in = coding::identity;         ///< what the client can read
  std::string_view allowed_origin = {}; ///< of a page that may see the answer; empty: none
  rate_standing rate = {};
};

/// Appends the answer, compressed where that is worth it and no secret is in it. JSON, `Cache-Control: private`
/// (no-store under /api/v1/auth/) unless it has such headers itself. 1xx, 204 and 304 have neither body nor
/// Content-Length.
void append_answer(std::string& out, const answer& a, const response_frame& frame);

/// Appends the problem as application/problem+json.
void append_problem(std::string& out, const problem& p, const response_frame& frame);

/// "Sat, 21 Nov 2026 01:46:15 GMT" (RFC 9110 §5.6.7).
std::string http_date(timestamp t);

} // namespace palabre::http

#include "http/server/cors.hpp"

#include <algorithm>

namespace palabre::http {

bool is_listed_origin(std::string_view origin, const std::vector<std::string>& allowed_origins) {
  return std::ranges::find(allowed_origins, origin) != allowed_origins.end();
}

answer options_answer(const request& r, std::string allowed_methods, const std::vector<std::string>& allowed_origins) {
  answer a;
  a.status = 204;
  const bool welcome = !r.origin.empty() && is_listed_origin(r.origin, allowed_origins);
  if (welcome && r.asks_for_method) {
    a.headers.emplace_back("Access-Control-Allow-Methods", allowed_methods);
    a.headers.emplace_back("Access-Control-Allow-Headers",
                           "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, "
                           "Palabre-Min-Position, Traceparent, Tracestate, X-Request-ID");
    a.headers.emplace_back("Access-Control-Max-Age", "600");
  }
  a.headers.emplace_back("Allow", std::move(allowed_methods));
  return a;
}

void append_cors_headers(std::string& out, std::string_view allowed_origin) {
  if (allowed_origin.empty()) return;
  out += "Access-Control-Allow-Origin: ";
  out += allowed_origin;
  out +=
      "\r\nAccess-Control-Expose-Headers: ETag, Idempotency-Replayed, Palabre-Position, RateLimit, RateLimit-Policy, "
      "Retry-After, X-Request-ID\r\n";
}

} // namespace palabre::http

#include "http/server/entrances.hpp"

#include "base/limits.hpp"
#include "http/realtime/command.hpp"
#include "http/server/handshake.hpp"
#include "http/server/refusals.hpp"

#include <algorithm>
#include <array>

namespace palabre::http {
namespace {

using realtime::wire;
using header_list = std::vector<std::pair<std::string, std::string>>;

constexpr std::array<entrance, 8> entrances{{
    {"websocket", websocket_path, wire::websocket, "GET"},
    {"uni_websocket", "/connection/uni_websocket", wire::uni_websocket, "GET"},
    {"http_stream", "/connection/http_stream", wire::http_stream, "POST"},
    {"uni_http_stream", "/connection/uni_http_stream", wire::uni_http_stream, "POST"},
    {"sse", "/connection/sse", wire::sse, "GET, POST"},
    {"uni_sse", "/connection/uni_sse", wire::uni_sse, "GET, POST"},
    {"emulation", "/emulation", std::nullopt, "POST"},
    {"test_echo", "/test/echo", wire::websocket, "GET", true},
}};

bool has_method(const entrance& at, method m) {
  return m == method::post || (m == method::get && at.methods.starts_with("GET"));
}

std::string allowed_methods(const entrance& at) {
  return std::string(at.methods) + ", OPTIONS";
}

answer options_of(const entrance& at) {
  answer a;
  a.status = 204;
  a.headers = {{"Allow", allowed_methods(at)}};
  return a;
}

/// What a browser asks before it lets a page of another origin do this.
answer preflight(const entrance& at) {
  answer a = options_of(at);
  a.headers.emplace_back("Access-Control-Allow-Methods", allowed_methods(at));
  a.headers.emplace_back("Access-Control-Allow-Headers", "Content-Type, Authorization, X-Request-ID");
  a.headers.emplace_back("Access-Control-Max-Age", "300");
  return a;
}

const std::string& first_message_of(const request& r) {
  static const std::string none;
  if (r.kind == method::post) return r.wanted.body;
  const std::string* in_query = r.wanted.query_value("cf_connect");
  return in_query ? *in_query : none;
}

std::optional<problem> wrong_with(const request& r, const entrance& at, const std::vector<std::string>& allowed) {
  if (!has_method(at, r.kind)) return method_not_allowed(allowed_methods(at));
  if (r.http_1_0 && at.framing) return chunks_needed();
  if (!origin_is_welcome(r, allowed)) return origin_not_allowed();
  if (r.wanted.body_too_large || r.wanted.body.size() > limits::command_frame_bytes_max) return message_too_large();
  if (asks_for_protobuf(r.wanted) || r.wanted.content_type.starts_with("application/octet-stream"))
    return protobuf_not_spoken();
  if (at.framing && !realtime::parses(first_message_of(r), *at.framing))
    return malformed("the first message is not what this path begins with");
  return std::nullopt;
}

/// The head of the stream.
answer head_of(const request& r, wire framing) {
  answer a;
  a.headers = {{"Cache-Control", "private, no-cache, no-store, must-revalidate, max-age=0"},
               {"X-Accel-Buffering", "no"}};
  if (framing == wire::sse || framing == wire::uni_sse)
    a.headers.emplace_back("Content-Type", "text/event-stream; charset=utf-8");
  a.then = std::make_shared<continuation>(continuation{framing, first_message_of(r), {}});
  return a;
}

answer_or_problem answer_to(const request& r, const entrance& at, const std::vector<std::string>& allowed,
                            const emulation& emulate) {
  if (r.kind == method::options) return preflight(at);
  if (auto wrong = wrong_with(r, at, allowed)) return std::move(*wrong);
  if (!at.framing) return emulate(r.wanted.body);
  return head_of(r, *at.framing);
}

header_list& headers_of(answer_or_problem& outcome) {
  if (auto* a = std::get_if<answer>(&outcome)) return a->headers;
  return std::get<problem>(outcome).headers;
}

} // namespace

std::span<const entrance> all_entrances() {
  return entrances;
}

const entrance* entrance_at(std::string_view path, bool test_routes) {
  const auto found = std::ranges::find(entrances, path, &entrance::path);
  return found == entrances.end() || (found->echoes && !test_routes) ? nullptr : &*found;
}

answer_or_problem enter(const request& r, const entrance& at, const std::vector<std::string>& allowed_origins,
                        const emulation& emulate) {
  if (at.framing && realtime::is_websocket(*at.framing)) {
    if (r.kind == method::options) return options_of(at);
    auto outcome = shake_hands(r, allowed_origins);
    if (auto* a = std::get_if<answer>(&outcome))
      a->then = std::make_shared<continuation>(continuation{*at.framing, {}, {}, at.echoes});
    return outcome;
  }
  auto outcome = answer_to(r, at, allowed_origins, emulate);
  header_list& headers = headers_of(outcome);
  headers.emplace_back("Vary", "Origin");
  if (!r.origin.empty() && origin_is_welcome(r, allowed_origins))
    headers.emplace_back("Access-Control-Allow-Origin", r.origin);
  return outcome;
}

} // namespace palabre::http

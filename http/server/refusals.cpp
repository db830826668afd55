#include "http/server/refusals.hpp"

#include "base/limits.hpp"

namespace palabre::http {
namespace {

std::string over(std::string_view bound, std::size_t bytes) {
  return std::string(bound) + ": more than " + std::to_string(bytes) + " bytes";
}

} // namespace

problem malformed(std::string detail) {
  return refusal("malformed_request", std::move(detail));
}

problem request_timed_out() {
  return refusal("request_timeout");
}

problem method_not_allowed(std::string allowed) {
  auto p = refusal("method_not_allowed");
  p.headers.emplace_back("Allow", std::move(allowed));
  return p;
}

problem target_too_long() {
  return refusal("target_too_long", over("target_bytes_max", limits::target_bytes_max));
}

problem expectation_failed() {
  return refusal("expectation_failed");
}

problem upgrade_required() {
  auto p = refusal("upgrade_required");
  p.headers = {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}};
  return p;
}

problem headers_too_large() {
  return refusal("headers_too_large", over("header_bytes_max", limits::header_bytes_max));
}

problem internal_failure() {
  return refusal("internal");
}

problem method_not_implemented() {
  return refusal("not_implemented");
}

problem too_many_connections() {
  auto p = refusal("overloaded", "connections: the server holds as many as it may");
  p.headers = {{"Retry-After", "5"}};
  return p;
}

problem version_not_supported() {
  return refusal("http_version_not_supported");
}

problem protobuf_not_spoken() {
  return refusal("format_not_supported");
}

problem origin_not_allowed() {
  return refusal("origin_not_allowed");
}

problem message_too_large() {
  return refusal("payload_too_large", over("command_frame_bytes_max", limits::command_frame_bytes_max));
}

problem chunks_needed() {
  return refusal("http_version_not_supported", "this answer comes in chunks, which HTTP/1.0 does not have");
}

} // namespace palabre::http

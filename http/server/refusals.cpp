#include "http/server/refusals.hpp"

#include "base/limits.hpp"

namespace palabre::http {
namespace {

problem refusal(int status, std::string code, std::string detail) {
  problem p;
  p.status = status;
  p.code = std::move(code);
  p.detail = std::move(detail);
  return p;
}

std::string over(std::string_view bound, std::size_t bytes) {
  return std::string(bound) + ": more than " + std::to_string(bytes) + " bytes";
}

} // namespace

problem malformed(std::string detail) {
  return refusal(400, "malformed_request", std::move(detail));
}

problem request_timed_out() {
  auto p = refusal(408, "request_timeout", "the request did not arrive in time");
  p.retryable = true;
  return p;
}

problem method_not_allowed(std::string allowed) {
  auto p = refusal(405, "method_not_allowed", "this path has no such method");
  p.headers.emplace_back("Allow", std::move(allowed));
  return p;
}

problem target_too_long() {
  return refusal(414, "target_too_long", over("target_bytes_max", limits::target_bytes_max));
}

problem expectation_failed() {
  return refusal(417, "expectation_failed", "only 100-continue can be expected");
}

problem upgrade_required() {
  auto p = refusal(426, "upgrade_required", "this path speaks WebSocket, version 13");
  p.headers = {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}};
  return p;
}

problem headers_too_large() {
  return refusal(431, "headers_too_large", over("header_bytes_max", limits::header_bytes_max));
}

problem internal_failure() {
  return refusal(500, "internal", "the server failed; the request id finds the reason in its log");
}

problem method_not_implemented() {
  return refusal(501, "not_implemented", "no resource here has this method");
}

problem too_many_connections() {
  auto p = refusal(503, "overloaded", "connections: the server holds as many as it may");
  p.retryable = true;
  p.headers.emplace_back("Retry-After", "5");
  return p;
}

problem version_not_supported() {
  return refusal(505, "http_version_not_supported", "HTTP/1.1 and HTTP/1.0 are spoken here");
}

problem protobuf_not_spoken() {
  return refusal(400, "format_not_supported", "only the JSON format is spoken here");
}

problem origin_not_allowed() {
  return refusal(403, "origin_not_allowed", "realtime connections are not for pages of this origin");
}

problem message_too_large() {
  return refusal(413, "payload_too_large", over("command_frame_bytes_max", limits::command_frame_bytes_max));
}

problem chunks_needed() {
  return refusal(505, "http_version_not_supported", "this answer comes in chunks, which HTTP/1.0 does not have");
}

} // namespace palabre::http

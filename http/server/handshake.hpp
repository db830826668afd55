#pragma once
// From HTTP to WebSocket (RFC 6455 §4.2): whether a request may, and the answer that does it. Pure functions.

#include "http/server/request_reader.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace palabre::http {

constexpr std::string_view websocket_path = "/connection/websocket";

/// The 101, or why not: 405, 426 without a WebSocket upgrade of version 13, 400 for the protobuf format or a bad key,
/// 403 for a page of another origin that is not in `allowed_origins`.
answer_or_problem shake_hands(const request& r, const std::vector<std::string>& allowed_origins);

bool asks_for_protobuf(const call& c);
/// Browsers say where a page is from: one of another site must not speak with its visitor's rights. True without an
/// Origin, for the server's own, and for those in `allowed_origins`. The server's own is https:// before its host,
/// whether a proxy says so or not, and http:// unless the client came over TLS: then such a page is somebody else's.
bool origin_is_welcome(const request& r, const std::vector<std::string>& allowed_origins);

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string accept_value(std::string_view key);

} // namespace palabre::http

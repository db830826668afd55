#pragma once
// The paths on which realtime begins: whether a request may come in, and the answer behind which its connection leaves
// HTTP. Pure, but for what /emulation is for.

#include "http/server/request_reader.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::http {

/// One of these paths.
struct entrance {
  std::string_view name; ///< "websocket": unique, for metrics
  std::string_view path;
  std::optional<realtime::wire> framing; ///< nullopt: /emulation, which says something to a connection there is
  std::string_view methods;              ///< "GET, POST"
  bool echoes = false;                   ///< for conformance suites: there only with settings.test_routes
};

std::span<const entrance> all_entrances();
/// null: not one of them.
const entrance* entrance_at(std::string_view path, bool test_routes);

/// Carries out the body of a POST /emulation.
using emulation = std::function<answer_or_problem(const std::string& body)>;

/// The answer to a request at `at`; if the connection leaves HTTP behind it, answer::then is set. WebSockets: see
/// http/server/handshake.hpp. What is streamed, and /emulation: OPTIONS is answered for the browser's sake, with CORS
/// headers for the server's own origin and `allowed_origins`. Else 405; 505 for HTTP/1.0, which has no chunks; 403 for
/// a page of another origin; 413 for a message over limits::command_frame_bytes_max; 400 for the protobuf format, and
/// for a first message that does not parse. Whether its commands may be carried out is told on the stream.
answer_or_problem enter(const request& r, const entrance& at, const std::vector<std::string>& allowed_origins,
                        const emulation& emulate);

} // namespace palabre::http

#pragma once
// /connection/http_stream, /connection/sse and their one-way variants: the protocol in an answer in chunks.

#include "http/realtime/endpoint.hpp"

namespace palabre::http::realtime {

/// Speaks the protocol behind the head of a streamed answer until either side ends it. `first`: the message that came
/// with the request; further ones come by /emulation and are heard one after the other. A client that stops sending is
/// gone: the stream ends behind what was answered until then. What it sends behind its request is not heard; more than
/// limits::ignored_bytes_max of it ends the connection. Threads: as serve_websocket. Never throws.
boost::asio::awaitable<void> serve_stream(boost::asio::ip::tcp::socket socket, wire framing, std::string first,
                                          hub& home, context& shared);

/// Reads, without hearing, until the peer is gone or the connection has ended.
boost::asio::awaitable<void> wait_for_end(connection& peer);

} // namespace palabre::http::realtime

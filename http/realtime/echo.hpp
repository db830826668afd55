#pragma once
// /test/echo: what a client says comes back, through the same framing as everything else. For conformance suites and
// hostile clients; there only with `palabre serve --enable-test-routes`.

#include "http/server/io_thread.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace palabre::http::realtime {

/// Answers each complete text or binary message with one unfragmented frame of the same kind, a ping with a pong, a
/// close with a close of the same code; what breaks the protocol with 1002, 1007 or 1009
/// (limits::echo_message_bytes_max). Nothing is read while an answer is unsent. Ends with either side's close, after
/// settings.idle_timeout without a byte, or, with 3001, when the server drains. `already_read`: bytes that came behind
/// the handshake. Runs on, and touches only, the thread of `home`, whose executor is the socket's.
boost::asio::awaitable<void> serve_echo(boost::asio::ip::tcp::socket socket, std::string already_read, io_thread& home);

} // namespace palabre::http::realtime

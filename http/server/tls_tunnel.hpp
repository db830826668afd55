#pragma once
// A connection that begins with TLS: what comes out of it is served like one that is plain, over a pair of sockets.

#include "http/server/io_thread.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include <memory>

namespace palabre::http {

/// Shakes hands on `socket`, whose executor is of `home`, then carries bytes between it and serve_http until both have
/// ended; `held` is given back then. So nothing behind it knows of TLS, and what is pushed to a slow reader still waits
/// in a bounded outbox; the price is a copy, and three file descriptors a connection.
/// Deadlines: settings.request_timeout for the handshake and for the client's end after ours; settings.write_timeout
/// for the taking of a record. Who speaks plain HTTP is told so in plain HTTP.
boost::asio::awaitable<void> serve_tls(boost::asio::ip::tcp::socket socket, place held, io_thread& home,
                                       std::shared_ptr<SSL_CTX> identity);

} // namespace palabre::http

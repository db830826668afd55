#pragma once
// One HTTP connection: requests in, answers out, in order, until one side has had enough.

#include "http/server/io_thread.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace palabre::http {

/// Who is at the other end of a connection.
struct http_peer {
  boost::asio::ip::address address;
  bool over_tls = false;
};

/// Serves HTTP on `socket`, whose executor is of `home` and whose other end is `peer`'s, as long as it lasts; `held` is
/// given back at the end.
/// Deadlines: settings.request_timeout for the arrival of a request (408), settings.idle_timeout for the first byte of
/// the next one and for the taking of an answer. Before it closes it says so, and reads on for a while, so that a
/// client that is still sending gets to read the answer instead of a reset.
boost::asio::awaitable<void> serve_http(boost::asio::ip::tcp::socket socket, http_peer peer, place held,
                                        io_thread& home);

} // namespace palabre::http

#pragma once
// /connection/websocket and /connection/uni_websocket: the Centrifuge client protocol v2, JSON, from the upgraded
// socket on.

#include "http/api.hpp"
#include "http/realtime/connection_counts.hpp"
#include "http/realtime/foreign_tokens.hpp"
#include "http/realtime/hubs.hpp"
#include "http/realtime/named_streams.hpp"
#include "http/realtime/published_keys.hpp"
#include "http/realtime/sessions.hpp"
#include "http/realtime/wire.hpp"
#include "http/server/places.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <string_view>

namespace palabre::http::realtime {

/// What all connections of the process share. Lifetime: outlives them.
struct context {
  context(services& given, api& table, const hubs& every)
      : edge(given), operations(table), all_hubs(every), spoken_to(given.random),
        streams(every, given.time, given.random), published(given.time), tokens(given.foreign_token_key, given.time),
        started(given.time.now()), node(given.random.next_id(started)) {}

  services& edge;
  api& operations;
  const hubs& all_hubs;
  std::atomic<bool> draining{false};
  connection_counts users{};
  sessions spoken_to;
  named_streams streams;
  published_keys published;
  const foreign_tokens tokens;
  const timestamp started;
  const uuid node; ///< this process, as others see it
};

/// Speaks the protocol on `socket` until either side ends it. `already_read`: bytes that came behind the handshake.
/// Requires: `framing` is one of the two of WebSocket.
/// Called on, and touches only, the io thread of `home`, whose executor is the socket's. `held`: given back at the end.
void serve_websocket(boost::asio::ip::tcp::socket socket, wire framing, std::string_view already_read, hub& home,
                     context& shared, place held);

} // namespace palabre::http::realtime

#pragma once
#include "http/realtime/wire.hpp"
#include "http/tokens.hpp"

#include <optional>
#include <string>

namespace palabre::http {

/// Who reads the events of a room, and from where on.
struct room_reading {
  access_claims who;
  room_id room;
  std::optional<stream_version> after; ///< `?after=`; nullopt: only what comes
  std::string last_event_id;           ///< "<epoch>:<seq>", by header or query; if not empty it counts instead
};

/// What a connection becomes that leaves HTTP.
struct continuation {
  realtime::wire framing = realtime::wire::websocket;
  std::string said;                    ///< the first message; of a WebSocket the bytes that came behind the handshake
  std::optional<room_reading> reading; ///< of wire::room_events
  bool echoes = false;                 ///< a WebSocket on which everything comes back
};

} // namespace palabre::http

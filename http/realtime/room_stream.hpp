#pragma once
// GET /api/v1/rooms/{id}/events as server-sent events: a room's events for a plain EventSource.

#include "http/realtime/endpoint.hpp"

namespace palabre::http::realtime {

/// Streams the events behind the reader's position, in pieces as the socket takes them (at most
/// limits::recovery_publications_max events and limits::recovery_bytes_max each), and then those that come, without gap
/// or repetition. Whose position is unknown (another epoch, or ahead of the log) is told to reload:
/// `event: reload`, `data: {"epoch":…,"last_seq":…}`, and hears what comes from there on; who has none, the same
/// without that event. It simply ends, and the client comes back from where it was, when the session or the membership
/// ends, the room is archived, the token expires, the user has too many connections, the server stops, or the client
/// does not read. Threads: as serve_websocket. Never throws.
boost::asio::awaitable<void> serve_room_events(boost::asio::ip::tcp::socket socket, room_reading what, hub& home,
                                               context& shared);

} // namespace palabre::http::realtime

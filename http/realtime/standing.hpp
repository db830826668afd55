#pragma once
#include "base/result.hpp"
#include "http/realtime/connection.hpp"
#include "projections/roster.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace palabre::http::realtime {

/// A user's place in a room, as the views had it when the room was at seq `at`.
struct room_standing {
  events::role as = events::role::member;
  stream_version at = 0;
};

/// The place of the user of `peer`, in views that have seen all that was durable when this was called; nullopt: none,
/// or the connection has ended meanwhile. Errors: not_yet; unavailable; those of the views.
boost::asio::awaitable<result<std::optional<room_standing>>> standing_in(connection& peer, services& edge,
                                                                         room_id room);

} // namespace palabre::http::realtime

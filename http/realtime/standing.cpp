#include "http/realtime/standing.hpp"

#include "http/ask.hpp"

namespace palabre::http::realtime {

boost::asio::awaitable<result<std::optional<room_standing>>> standing_in(connection& peer, services& edge,
                                                                         room_id room) {
  if (!peer.who().is_account()) co_return std::optional<room_standing>{};
  auto waiting = wait_for_views(edge.views, edge.log.head());
  peer.set_busy(true);
  const result<void> waited = co_await std::move(waiting);
  peer.set_busy(false);
  if (!waited) co_return waited.error();
  if (!peer.is_listening()) co_return std::optional<room_standing>{};

  const auto row = edge.roster.room(room); // first: what is read after it is true for it
  if (!row) co_return row.error();
  const auto membership = edge.roster.standing(room, peer.who().user);
  if (!membership) co_return membership.error();
  if (!row.value() || !membership.value()) co_return std::optional<room_standing>{};
  co_return std::optional<room_standing>{room_standing{membership.value()->as, row.value()->last_seq}};
}

} // namespace palabre::http::realtime

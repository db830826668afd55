#include "http/realtime/room_stream.hpp"

#include "base/json_writer.hpp"
#include "base/limits.hpp"
#include "events/streams.hpp"
#include "http/ask.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/last_event_id.hpp"
#include "http/realtime/recovery.hpp"
#include "http/realtime/standing.hpp"
#include "http/realtime/stream_endpoint.hpp"

#include <algorithm>

namespace palabre::http::realtime {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// What a client has: `?after=`, or better the last id it saw.
struct client_position {
  bool claimed = false;
  bool readable = true; ///< false: no id of ours
  stream_version seq = 0;
  std::string epoch; ///< empty: any
};

client_position position_of(const room_reading& what) {
  if (what.last_event_id.empty()) return {what.after.has_value(), true, what.after.value_or(0), {}};
  const auto seen = read_last_event_id(what.last_event_id);
  if (!seen) return {true, false, 0, {}};
  return {true, true, seen->seq, seen->epoch};
}

/// Where the stream begins, and with a word about it if the client has to reload.
std::string beginning(const log_position& now, bool reload) {
  std::string out;
  const std::size_t start = begin_message(out, wire::room_events);
  out += "id: " + std::string(now.epoch) + ':' + std::to_string(now.top);
  if (reload) {
    out += "\nevent: reload\ndata: {\"epoch\":";
    append_json_string(out, now.epoch);
    out += R"(,"last_seq":)" + std::to_string(now.top) + '}';
  }
  end_message(out, start, wire::room_events);
  return out;
}

/// Reads one room for one connection.
class room_stream {
public:
  room_stream(connection& peer, context& shared, room_reading what)
      : peer_(peer), edge_(shared.edge), what_(std::move(what)), stream_(events::stream_of(what_.room)) {}

  /// Until what comes live follows by itself.
  asio::awaitable<void> catch_up();

private:
  bool find_place();
  bool send_piece();
  void end() { peer_.disconnect(disconnections::server_error); }

  connection& peer_;
  services& edge_;
  const room_reading what_;
  const stream_id stream_;
  subscription* mine_ = nullptr; ///< muted until all up to the head was sent
  room_standing here_;
  stream_version sent_ = 0; ///< what the client has
};

asio::awaitable<void> room_stream::catch_up() {
  mine_ = &peer_.listen(channel_of(what_.room));
  auto looking = standing_in(peer_, edge_, what_.room);
  const result<std::optional<room_standing>> here = co_await std::move(looking);
  if (!peer_.is_listening()) co_return;
  if (!here || !here.value()) co_return end();
  here_ = *here.value();
  bool goes_on = find_place();
  while (goes_on) {
    auto sending = peer_.wait_until_sent(0);
    co_await std::move(sending);
    // What is deleted by now is known to views that have seen it.
    auto waiting = wait_for_views(edge_.views, edge_.log.head());
    const result<void> seen = co_await std::move(waiting);
    if (!peer_.is_listening()) co_return;
    if (!seen) co_return end();
    goes_on = send_piece();
  }
}

/// True: there may be something to catch up with.
bool room_stream::find_place() {
  const auto top = edge_.log.head_of(stream_);
  if (!top) return end(), false;
  const log_position now{top.value(), edge_.log.epoch()};
  const client_position at = position_of(what_);
  const bool known = at.readable && is_known({at.seq, at.epoch}, now);
  sent_ = at.claimed && known ? at.seq : now.top;
  if (!at.claimed || !known) peer_.send(beginning(now, at.claimed));
  return true;
}

/// True: there is more. Nothing waits between the reading of the last piece and the opening.
bool room_stream::send_piece() {
  const projections::log_reader& log = edge_.log;
  const auto top = log.head_of(stream_);
  if (!top) return end(), false;
  const auto piece =
      log.events_of(stream_, sent_, top.value(), limits::recovery_publications_max, limits::recovery_bytes_max);
  if (!piece) return end(), false;
  const auto& records = piece.value().records;
  const auto in_views = deletions_in_views(edge_.timeline, what_.room);
  const auto since = deletions_within(records);
  const auto is_deleted = [&](stream_version seq) -> result<bool> {
    PALABRE_TRY(const bool deleted, since(seq));
    return deleted ? result<bool>(true) : in_views(seq);
  };
  const auto as = role_at(log, what_.room, {what_.who.user, here_.as, here_.at}, top.value());
  if (as)
    here_ = {as.value(), top.value()};
  else if (as.error().code == errc::not_a_member)
    here_.as = events::role::member; // they read up to the event by which they left
  else
    return end(), false;
  auto found = stream_of_events(records, {what_.who.user, here_.as, here_.at}, is_deleted, log.epoch());
  if (!found) return end(), false;
  if (!found.value().frames.empty()) peer_.send(std::move(found.value().frames));
  if (found.value().reader_left) return end(), false;
  if (!records.empty()) sent_ = records.back().view.version;
  if (!piece.value().complete) return true;
  if (mine_->left_at > here_.at) return end(), false; // they left while the views were waited for
  mine_->note_member(here_.as, here_.at);
  peer_.home().open(*mine_, top.value());
  return false;
}

} // namespace

asio::awaitable<void> serve_room_events(tcp::socket socket, room_reading what, hub& home, context& shared) {
  const auto peer = std::make_shared<connection>(std::move(socket), wire::room_events, home, shared);
  const leaving at_the_end{*peer};
  peer->start();
  const uuid client = shared.edge.random.next_id(shared.edge.time.now());
  if (shared.draining)
    peer->disconnect(disconnections::shutdown);
  else if (!peer->accept(identity::of(what.who), client))
    peer->disconnect(disconnections::connection_limit);
  else if (shared.edge.tokens.has_ended(what.who.session)) // before it was registered: nobody will say so
    peer->disconnect(disconnections::invalid_token);
  if (peer->is_listening()) {
    room_stream reading(*peer, shared, std::move(what));
    auto catching_up = reading.catch_up();
    co_await std::move(catching_up);
  }
  auto waiting = wait_for_end(*peer);
  co_await std::move(waiting);
}

} // namespace palabre::http::realtime

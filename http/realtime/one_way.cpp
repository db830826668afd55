// One-way connections: who comes with a connect that names rooms, and says nothing more.
#include "base/limits.hpp"
#include "http/realtime/conversation.hpp"
#include "http/realtime/recovery.hpp"

namespace palabre::http::realtime {

namespace asio = boost::asio;

namespace {

/// What a refused subscribe is where there is no reply that could say so.
disconnection ending_for(const command_error& why) {
  if (why.code == command_errors::bad_request.code) return disconnections::bad_request;
  if (why.code == command_errors::limit_exceeded.code) return disconnections::channel_limit;
  if (why.code == command_errors::internal.code) return disconnections::server_error;
  return disconnections::permission_denied;
}

} // namespace

/// A room that was named: listened to, muted until all of them are opened together.
struct conversation::asked_room {
  channel_position claim;
  subscription* mine = nullptr;
  standing here;
  stream_version top = 0; ///< where it is opened
};

/// A room that is refused ends the connection as a whole: with 3507 where the user may not listen, so that the client
/// comes back without it. In the channel of the user's own the position counts, it is listened to anyway.
asio::awaitable<void> conversation::listen_only(std::string request) {
  if (is_connected()) co_return;
  request.reserve(request.size() + command_padding);
  const auto c = parse_connect(request);
  if (!c) co_return peer_.disconnect(disconnections::bad_request);
  if (!admit(*c)) co_return;
  std::vector<asked_room> rooms;
  for (const channel_position& each : c->subs) {
    const auto channel = parse_channel(each.channel);
    if (channel && (*channel == peer_.own_channel().channel || is_granted(each.channel))) continue;
    auto asking = ask_for(each);
    auto room = co_await std::move(asking);
    if (!room) co_return;
    rooms.push_back(std::move(*room));
  }
  open_together(*c, std::move(rooms));
}

/// nullopt: the connection has ended, or does.
asio::awaitable<std::optional<conversation::asked_room>> conversation::ask_for(channel_position what) {
  const auto refused = [this](const command_error& why) {
    peer_.disconnect(ending_for(why));
    return std::optional<asked_room>();
  };
  if (const auto wrong = wrong_with_channel(what.channel)) co_return refused(*wrong);
  const channel_id channel = *parse_channel(what.channel);
  // A one-way connection has no way to show a token for one channel: those come with the connection's.
  if (channel.what == channel_id::kind::named) co_return refused(command_errors::permission_denied);
  if (peer_.find(channel) != nullptr) co_return refused(command_errors::bad_request);
  if (peer_.subscriptions() >= limits::subscriptions_per_connection_max)
    co_return refused(command_errors::limit_exceeded);

  subscription& s = peer_.listen(channel);
  auto looking = standing_in(room_id{channel.id});
  const result<std::optional<standing>> here = co_await std::move(looking);
  if (!peer_.is_listening()) co_return std::nullopt;
  if (!here) co_return refused(command_errors::internal);
  if (!here.value()) co_return refused(command_errors::permission_denied);
  co_return asked_room{std::move(what), &s, *here.value()};
}

/// Nothing waits here: between what is recovered and what comes live there is no gap.
void conversation::open_together(const command& c, std::vector<asked_room> rooms) {
  std::string subs;
  for (asked_room& each : rooms) {
    const auto body = result_for(each, subs.size());
    if (!body)
      return peer_.disconnect(ending_for(body.error().code == errc::not_a_member ? command_errors::permission_denied
                                                                                 : command_errors::internal));
    if (!subs.empty()) subs += ',';
    subs += '"' + each.mine->name() + R"(":)" + body.value();
  }
  welcome(c, subs);
  for (const asked_room& each : rooms) {
    each.mine->note_member(each.here.as, each.here.at);
    peer_.home().open(*each.mine, each.top);
    peer_.appear(*each.mine);
  }
}

/// The result of subscribing, with what was missed. All of it travels in one message: what makes that too large, beside
/// the `used` bytes of others, the client has to load anew. Errors: not_a_member: they have left meanwhile; io,
/// corrupt.
result<std::string> conversation::result_for(asked_room& room, std::size_t used) const {
  if (room.mine->left_at > room.here.at) return error{errc::not_a_member, ""};
  const projections::log_reader& log = shared_.edge.log;
  PALABRE_TRY(room.top, log.head_of(stream_of(room.mine->channel)));
  const log_position now{room.top, log.epoch()};
  std::optional<recovery> recovered;
  if (room.claim.recover) {
    const reader who{peer_.who().user, room.here.as, room.here.at};
    const claimed_position claim{room.claim.offset, room.claim.epoch};
    PALABRE_TRY(recovered, recover_room(log, room_id{room.mine->channel.id}, claim, now, who));
    if (used + recovered->publications.size() > limits::recovery_bytes_max)
      recovered = recovery{false, claim.offset, {}};
  }
  return subscribe_result(now, recovered);
}

} // namespace palabre::http::realtime

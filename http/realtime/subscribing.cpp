// The commands about channels: subscribe, unsubscribe, history, publish.
#include "base/json_writer.hpp"
#include "base/limits.hpp"
#include "http/ask.hpp"
#include "http/realtime/conversation.hpp"
#include "http/realtime/recovery.hpp"

#include <algorithm>
#include <limits>

namespace palabre::http::realtime {

namespace asio = boost::asio;

namespace {

constexpr std::string_view room_prefix = "room:";
constexpr std::string_view user_prefix = "user:";
constexpr std::uint64_t history_publications_max = 300;
constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

bool is_reserved(std::string_view channel) {
  return channel.starts_with(room_prefix) || channel.starts_with(user_prefix);
}

/// Of a channel that rooms have; nullopt: a name that no room can have.
std::optional<room_id> room_named(std::string_view channel) {
  if (!channel.starts_with(room_prefix)) return std::nullopt;
  return room_id::parse(channel.substr(room_prefix.size()));
}

/// Why nobody can listen to such a channel.
std::optional<command_error> wrong_with_channel(std::string_view channel) {
  if (channel.empty() || channel.size() > limits::channel_bytes_max) return command_errors::bad_request;
  if (!is_reserved(channel)) return command_errors::unknown_channel;
  // `user:` channels are subscribed by the server; a name that is no id names no room one may see.
  if (!room_named(channel)) return command_errors::permission_denied;
  return std::nullopt;
}

/// Whether `user` left within the stretch, after what the views knew.
bool left_after(const std::vector<storage::committed_record>& stretch, stream_version known, user_id user) {
  return std::any_of(stretch.begin(), stretch.end(), [&](const storage::committed_record& each) {
    if (each.view.version <= known || each.view.type != events::member_left::type.name) return false;
    const auto left = events::decode_as<events::member_left>(each.view.schema, each.view.payload);
    return left && left.value().user == user;
  });
}

claimed_position claim_of(const command& c) {
  return {c.offset, c.epoch};
}

std::string subscribed(const command& c, const room_position& room, const std::optional<std::string>& recovered) {
  std::string body = R"({"recoverable":true,"positioned":true,"epoch":)";
  append_json_string(body, room.epoch);
  // A client that recovers goes on from where it was: its publications move it.
  if (const stream_version offset = recovered ? c.offset : room.top; offset != 0) {
    body += R"(,"offset":)";
    append_json_uint(body, offset);
  }
  if (c.recover) body += R"(,"was_recovering":true)";
  if (recovered) body += R"(,"recovered":true)";
  if (recovered && *recovered != "[]") {
    body += R"(,"publications":)";
    body += *recovered;
  }
  body += '}';
  return body;
}

} // namespace

/// Muted from before the membership is looked up until the answer is written, so that nothing is missed, nothing comes
/// twice, and nothing comes to who may not see it (decisions.md 23).
asio::awaitable<void> conversation::subscribe(command c) {
  if (const auto wrong = wrong_with_channel(c.channel)) co_return refuse(c, *wrong);
  if (c.type != 0) co_return refuse(c, command_errors::not_available);
  const room_id room = *room_named(c.channel);
  if (peer_.find(room) != nullptr) co_return refuse(c, command_errors::already_subscribed);
  if (peer_.subscriptions() >= limits::subscriptions_per_connection_max)
    co_return refuse(c, command_errors::limit_exceeded);

  subscription& s = peer_.listen(room);
  auto looking = standing_in(room);
  const result<std::optional<standing>> reader = co_await std::move(looking);
  if (!peer_.is_listening()) co_return;
  if (reader && reader.value() && s.left_at <= reader.value()->at) co_return open(c, s, *reader.value());
  peer_.stop_listening(s);
  refuse(c, reader ? command_errors::permission_denied : command_errors::internal);
}

/// In views that have seen all that was durable when this was called.
asio::awaitable<result<std::optional<conversation::standing>>> conversation::standing_in(room_id room) {
  services& edge = shared_.edge;
  auto waiting = wait_for_views(edge.views, edge.log.head());
  peer_.set_busy(true);
  const result<void> waited = co_await std::move(waiting);
  peer_.set_busy(false);
  if (!waited) co_return waited.error();
  if (!peer_.is_listening()) co_return std::optional<standing>{};

  const auto row = edge.roster.room(room); // first: what is read after it is true for it
  if (!row) co_return row.error();
  const auto membership = edge.roster.standing(room, peer_.who()->user);
  if (!membership) co_return membership.error();
  if (!row.value() || !membership.value()) co_return std::optional<standing>{};
  co_return std::optional<standing>{standing{membership.value()->as, row.value()->last_seq}};
}

void conversation::open(const command& c, subscription& s, const standing& reader) {
  const auto top = shared_.edge.log.room_head(s.room);
  std::optional<std::string> recovered;
  std::optional<command_error> wrong;
  if (!top) {
    wrong = command_errors::internal;
  } else if (c.recover) {
    auto missed = recover(c, s.room, top.value(), reader);
    if (!missed)
      wrong = missed.error().code == errc::not_a_member ? command_errors::permission_denied : command_errors::internal;
    else if (!missed.value() && c.reject_unrecovered)
      wrong = command_errors::unrecoverable_position;
    else
      recovered = std::move(missed).value();
  }
  if (wrong) {
    peer_.stop_listening(s);
    return refuse(c, *wrong);
  }
  answer(c, "subscribe", subscribed(c, {top.value(), shared_.edge.log.epoch()}, recovered));
  s.member_at = reader.at;
  peer_.home().open(s, top.value());
}

result<std::optional<std::string>> conversation::recover(const command& c, room_id room, stream_version top,
                                                         const standing& reader) {
  const projections::log_reader& log = shared_.edge.log;
  if (!is_recoverable(claim_of(c), {top, log.epoch()})) return std::nullopt;
  PALABRE_TRY(const auto missed,
              log.room_events(room, c.offset, top, limits::recovery_publications_max, limits::recovery_bytes_max));
  if (!missed.complete) return std::nullopt;
  if (left_after(missed.records, reader.at, peer_.who()->user)) return error{errc::not_a_member, ""};
  PALABRE_TRY(auto publications,
              publications_of(missed.records, reader.as, deletions_within(missed.records), unbounded));
  return std::optional<std::string>(std::move(publications));
}

void conversation::unsubscribe(const command& c) {
  if (const auto room = room_named(c.channel))
    if (subscription* s = peer_.find(*room)) peer_.stop_listening(*s);
  answer(c, "unsubscribe", "{}");
}

void conversation::refuse_publish(const command& c) {
  const bool known = is_reserved(c.channel);
  refuse(c, known ? command_errors::permission_denied : command_errors::unknown_channel);
}

asio::awaitable<void> conversation::history(command c) {
  if (const auto wrong = wrong_with_channel(c.channel)) co_return refuse(c, *wrong);
  const room_id room = *room_named(c.channel);
  auto looking = standing_in(room);
  const result<std::optional<standing>> reader = co_await std::move(looking);
  if (!reader) co_return refuse(c, command_errors::internal);
  if (!reader.value()) co_return refuse(c, command_errors::permission_denied);

  const auto top = shared_.edge.log.room_head(room);
  if (!top) co_return refuse(c, command_errors::internal);
  const room_position now{top.value(), shared_.edge.log.epoch()};
  if (c.since && !is_known(claim_of(c), now)) co_return refuse(c, command_errors::unrecoverable_position);
  const auto publications = page(c, room, top.value(), *reader.value());
  if (!publications) co_return refuse(c, command_errors::internal);

  std::string body = R"({"publications":)" + publications.value() + R"(,"epoch":)";
  append_json_string(body, now.epoch);
  body += R"(,"offset":)" + std::to_string(now.top) + '}';
  answer(c, "history", body);
}

result<std::string> conversation::page(const command& c, room_id room, stream_version top, const standing& reader) {
  if (c.limit == 0) return std::string("[]");
  const std::uint64_t limit =
      c.limit < 0 ? history_publications_max : std::min<std::uint64_t>(c.limit, history_publications_max);
  stream_version after = c.since ? c.offset : 0;
  stream_version last = top;
  if (c.reverse) {
    last = !c.since ? top : c.offset == 0 ? 0 : c.offset - 1;
    after = last - std::min<stream_version>(last, limit);
  }
  PALABRE_TRY(auto stretch, shared_.edge.log.room_events(room, after, last, limit, unbounded));
  if (c.reverse) {
    std::vector<storage::committed_record> turned(std::make_move_iterator(stretch.records.rbegin()),
                                                  std::make_move_iterator(stretch.records.rend()));
    stretch.records.swap(turned);
  }
  return publications_of(stretch.records, reader.as, deletions_in_views(shared_.edge.timeline, room),
                         limits::recovery_bytes_max);
}

} // namespace palabre::http::realtime

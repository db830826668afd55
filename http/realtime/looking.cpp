// Commands that look at a channel without listening to it: history, presence, presence_stats.
#include "base/json_writer.hpp"
#include "base/limits.hpp"
#include "http/realtime/conversation.hpp"
#include "http/realtime/named_history.hpp"
#include "http/realtime/recovery.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace palabre::http::realtime {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t history_publications_max = 300;
constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

/// Which events a history command asks for: those with after < offset ≤ last.
struct asked_stretch {
  stream_version after = 0, last = 0;
  std::uint64_t limit = 0;
};

asked_stretch stretch_of(const command& c, stream_version top) {
  asked_stretch asked;
  asked.limit = c.limit < 0 ? history_publications_max
                            : std::min<std::uint64_t>(static_cast<std::uint64_t>(c.limit), history_publications_max);
  asked.after = c.since ? c.offset : 0;
  asked.last = top;
  if (c.reverse) {
    asked.last = !c.since ? top : c.offset == 0 ? 0 : c.offset - 1;
    asked.after = asked.last - std::min<stream_version>(asked.last, asked.limit);
  }
  return asked;
}

result<std::string> page_of(services& edge, room_id room, const command& c, stream_version top, const reader& who) {
  if (c.limit == 0) return std::string("[]");
  const asked_stretch asked = stretch_of(c, top);
  PALABRE_TRY(auto stretch,
              edge.log.events_of(events::stream_of(room), asked.after, asked.last, asked.limit, unbounded));
  if (c.reverse) {
    std::vector<storage::committed_record> turned(std::make_move_iterator(stretch.records.rbegin()),
                                                  std::make_move_iterator(stretch.records.rend()));
    stretch.records.swap(turned);
  }
  return publications_of(stretch.records, who, deletions_in_views(edge.timeline, room), limits::recovery_bytes_max);
}

} // namespace

asio::awaitable<void> conversation::history(command c) {
  const auto channel = parse_channel(c.channel);
  if (const auto wrong = wrong_with_channel(c.channel)) co_return refuse(c, *wrong);
  if (channel->what == channel_id::kind::named) co_return history_of_name(c);
  const room_id room{channel->id};
  auto looking = standing_in(room);
  const result<std::optional<standing>> here = co_await std::move(looking);
  if (!here) co_return refuse(c, command_errors::internal);
  if (!here.value()) co_return refuse(c, command_errors::permission_denied);

  const auto top = shared_.edge.log.head_of(events::stream_of(room));
  if (!top) co_return refuse(c, command_errors::internal);
  const log_position now{top.value(), shared_.edge.log.epoch()};
  if (c.since && !is_known({c.offset, c.epoch}, now)) co_return refuse(c, command_errors::unrecoverable_position);
  reader who{peer_.who().user, here.value()->as, here.value()->at};
  const auto as = role_at(shared_.edge.log, room, who, top.value());
  if (!as && as.error().code == errc::not_a_member) co_return refuse(c, command_errors::permission_denied);
  if (!as) co_return refuse(c, command_errors::internal);
  who.as = as.value();
  const auto publications = page_of(shared_.edge, room, c, top.value(), who);
  if (!publications) co_return refuse(c, command_errors::internal);

  std::string body = R"({"publications":)" + publications.value() + R"(,"epoch":)";
  append_json_string(body, now.epoch);
  body += R"(,"offset":)" + std::to_string(now.top) + '}';
  answer(c, "history", body);
}

asio::awaitable<void> conversation::presence(command c) {
  if (const auto wrong = wrong_with_channel(c.channel)) co_return refuse(c, *wrong);
  const channel_id channel = *parse_channel(c.channel);
  auto checking = wrong_with_asking_who(channel, c.channel);
  const std::optional<command_error> wrong = co_await std::move(checking);
  if (wrong) co_return refuse(c, *wrong);

  const bool counted = c.what == command::name::presence_stats;
  const std::size_t max = counted ? unbounded : limits::presence_clients_max + 1;
  const std::function look = [channel, max](hub& h) { return h.present_in(channel, max); };
  auto asking = shared_.all_hubs.ask<std::vector<client_info>>(look);
  auto found = co_await std::move(asking);
  std::vector<client_info> present;
  for (auto& each : found) std::ranges::move(each, std::back_inserter(present));
  if (!counted && present.size() > limits::presence_clients_max) co_return refuse(c, command_errors::limit_exceeded);
  if (counted) co_return answer(c, "presence_stats", presence_stats_result(present));
  const std::string result = presence_result(present);
  if (result.size() > limits::recovery_bytes_max) co_return refuse(c, command_errors::limit_exceeded);
  answer(c, "presence", result);
}

/// Members may ask who is in a room.
asio::awaitable<std::optional<command_error>> conversation::wrong_with_asking_who(channel_id channel,
                                                                                  std::string name) {
  if (channel.what == channel_id::kind::named) {
    const namespace_settings& rules = *namespace_of(shared_.edge.settings.namespaces, name);
    if (!rules.presence) co_return command_errors::not_available;
    const bool is_subscriber = peer_.find(channel) != nullptr;
    if (is_permitted(rules.presence_for, rules, peer_.who(), is_subscriber)) co_return std::nullopt;
    co_return command_errors::permission_denied;
  }
  auto looking = standing_in(room_id{channel.id});
  const result<std::optional<standing>> here = co_await std::move(looking);
  if (!here) co_return command_errors::internal;
  if (!here.value()) co_return command_errors::permission_denied;
  co_return std::nullopt;
}

void conversation::history_of_name(const command& c) {
  const namespace_settings& rules = *namespace_of(shared_.edge.settings.namespaces, c.channel);
  const channel_id channel = channel_named(c.channel);
  if (rules.history_size == 0) return refuse(c, command_errors::not_available);
  if (!is_permitted(rules.history_for, rules, peer_.who(), peer_.find(channel) != nullptr))
    return refuse(c, command_errors::permission_denied);
  history_query query{c.limit, std::nullopt, c.reverse};
  if (c.since) query.since = {c.offset, c.epoch};
  const auto found =
      history_of(shared_.streams, channel, query, {history_publications_max, limits::recovery_bytes_max});
  if (const auto* wrong = std::get_if<command_error>(&found)) return refuse(c, *wrong);
  answer(c, "history", std::get<std::string>(found));
}

} // namespace palabre::http::realtime

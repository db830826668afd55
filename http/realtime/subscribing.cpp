// The commands by which a connection begins and ends to listen, and publish.
#include "base/limits.hpp"
#include "http/realtime/conversation.hpp"
#include "http/realtime/recovery.hpp"

namespace palabre::http::realtime {

namespace asio = boost::asio;

/// Why nobody can listen to such a channel, or look at it.
std::optional<command_error> conversation::wrong_with_channel(std::string_view channel) const {
  if (channel.empty() || channel.size() > limits::channel_bytes_max) return command_errors::bad_request;
  if (!is_reserved(channel)) {
    if (namespace_of(shared_.edge.settings.namespaces, channel) != nullptr) return std::nullopt;
    return command_errors::unknown_channel;
  }
  // The server alone subscribes to `user:` channels; a name that is no id names no room one may see.
  const auto id = parse_channel(channel);
  if (!id || id->what != channel_id::kind::room) return command_errors::permission_denied;
  return std::nullopt;
}

/// Muted from before the membership is looked up until the answer is written, so that nothing is missed, nothing comes
/// twice, and nothing comes to who may not see it (decisions.md 23).
asio::awaitable<void> conversation::subscribe(command c) {
  if (const auto wrong = wrong_with_channel(c.channel)) co_return refuse(c, *wrong);
  if (c.type != 0) co_return refuse(c, command_errors::not_available);
  const channel_id channel = *parse_channel(c.channel);
  if (peer_.find(channel) != nullptr) co_return refuse(c, command_errors::already_subscribed);
  if (peer_.subscriptions() >= limits::subscriptions_per_connection_max)
    co_return refuse(c, command_errors::limit_exceeded);
  if (channel.what == channel_id::kind::named) co_return subscribe_to_name(c);

  subscription& s = peer_.listen(channel);
  auto looking = standing_in(room_id{channel.id});
  const result<std::optional<standing>> here = co_await std::move(looking);
  if (!peer_.is_listening()) co_return;
  const bool is_member = here && here.value() && s.left_at <= here.value()->at;
  const auto wrong = !here       ? command_errors::internal
                     : is_member ? open(c, s, *here.value())
                                 : std::optional(command_errors::permission_denied);
  if (!wrong) co_return;
  peer_.stop_listening(s);
  refuse(c, *wrong);
}

/// Answers and lets through what comes from here on. nullopt: done.
std::optional<command_error> conversation::open(const command& c, subscription& s, const standing& here) {
  s.wants_joins = c.join_leave;
  if (!c.tag_filter.empty()) {
    auto filter = tag_filter::parse(c.tag_filter);
    if (!filter) return command_errors::bad_request;
    s.terms = std::make_unique<subscription_terms>();
    s.terms->filter = std::move(filter);
  }
  const projections::log_reader& log = shared_.edge.log;
  const auto top = log.head_of(stream_of(s.channel));
  if (!top) return command_errors::internal;
  const log_position now{top.value(), log.epoch()};
  std::optional<recovery> recovered;
  if (c.recover) {
    const reader who{peer_.who().user, here.as, here.at, s.terms ? &*s.terms->filter : nullptr};
    auto missed = recover_room(log, room_id{s.channel.id}, {c.offset, c.epoch}, now, who);
    if (!missed)
      return missed.error().code == errc::not_a_member ? command_errors::permission_denied : command_errors::internal;
    if (!missed.value().recovered && c.reject_unrecovered) return command_errors::unrecoverable_position;
    recovered = std::move(missed).value();
  }
  answer(c, "subscribe", subscribe_result(now, recovered));
  s.note_member(here.as, here.at);
  peer_.home().open(s, now.top);
  peer_.appear(s);
  return std::nullopt;
}

void conversation::unsubscribe(const command& c) {
  if (const auto channel = parse_channel(c.channel))
    if (subscription* s = peer_.find(*channel); s != nullptr && !s->by_server) peer_.stop_listening(*s);
  answer(c, "unsubscribe", "{}");
}

void conversation::publish(const command& c) {
  if (is_reserved(c.channel)) return refuse(c, command_errors::permission_denied);
  if (const auto wrong = wrong_with_channel(c.channel)) return refuse(c, *wrong);
  publish_to_name(c);
}

} // namespace palabre::http::realtime

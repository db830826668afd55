#include "http/realtime/named_channels.hpp"

#include "base/assert.hpp"
#include "base/json_writer.hpp"
#include "http/realtime/named_history.hpp"
#include "http/realtime/reply.hpp"

#include <algorithm>

namespace palabre::http::realtime {

namespace {

/// What a subscriber gets of the stream, beside what is pushed.
struct rights {
  bool recoverable = false, positioned = false, wants_joins = false;
};

rights rights_of(const named_subscriber& what, const identity& who) {
  const namespace_settings& rules = what.rules;
  const bool sees_history = is_permitted(rules.history_for, rules, who, true);
  const bool sees_presence = is_permitted(rules.presence_for, rules, who, true);
  const bool has_history = rules.history_size > 0;
  rights given;
  given.recoverable = has_history && (rules.force_recovery || (what.recoverable && sees_history));
  given.positioned = has_history && (given.recoverable || rules.force_positioning || (what.positioned && sees_history));
  given.wants_joins = rules.force_push_join_leave || (what.join_leave && rules.join_leave && sees_presence);
  return given;
}

std::unique_ptr<subscription_terms> terms_of(named_subscriber& what, const connection& peer) {
  auto terms = std::make_unique<subscription_terms>();
  terms->name = what.channel;
  terms->info = std::move(what.grant.info);
  terms->filter = std::move(what.filter);
  terms->is_listed = what.rules.presence;
  terms->tells_others = what.rules.join_leave || what.rules.force_push_join_leave;
  if (what.expires_at) terms->ends_at = peer.end_of(*what.expires_at);
  return terms;
}

/// A subscription as it begins.
struct beginning {
  rights given;
  stream_look found;
  std::optional<recovery> recovered; ///< nullopt: the client does not recover

  bool goes_on() const { return recovered && recovered->recovered; }
};

/// Where the stream is, what the client missed of it unless that comes apart, and what else it is told.
std::string body_of(const named_subscriber& what, const beginning& begun, bool with_publications, timestamp now) {
  const auto& [given, found, recovered] = begun;
  std::string body = "{";
  const auto separate = [&] {
    if (body.size() > 1) body += ',';
  };
  if (given.positioned) {
    if (given.recoverable) body += R"("recoverable":true,)";
    body += R"("positioned":true,"epoch":")" + found.epoch + '"';
    const bool goes_on = begun.goes_on();
    if (const stream_version offset = goes_on ? recovered->offset : found.top; offset != 0)
      body += R"(,"offset":)" + std::to_string(offset);
    if (recovered) body += R"(,"was_recovering":true)";
    if (goes_on) body += R"(,"recovered":true)";
    if (goes_on && with_publications && recovered->publications != "[]")
      body += R"(,"publications":)" + recovered->publications;
  }
  if (!what.grant.data.empty()) {
    separate();
    body += R"("data":)" + what.grant.data;
  }
  if (const std::string lifetime = lifetime_json(what.expires_at, now); !lifetime.empty())
    body.append(lifetime, body.size() > 1 ? 0 : 1);
  return body + '}';
}

} // namespace

const namespace_settings* namespace_of(const namespace_table& all, std::string_view channel) {
  const std::size_t colon = channel.find(':');
  const auto found = all.find(colon == std::string_view::npos ? std::string_view("default") : channel.substr(0, colon));
  return found == all.end() ? nullptr : &found->second;
}

bool admits_anyone(const namespace_table& all) {
  return std::any_of(all.begin(), all.end(), [](const auto& each) { return each.second.anonymous; });
}

bool is_permitted(permission needed, const namespace_settings& in, const identity& who, bool is_subscriber) {
  const bool has_name = who.what != identity::kind::nobody;
  switch (needed) {
  case permission::nobody: return false;
  case permission::subscribers: return is_subscriber;
  case permission::user: return has_name;
  case permission::anyone: return has_name || in.anonymous;
  case permission::token: break;
  }
  PALABRE_ASSERT(needed != permission::token);
  return false;
}

namespace {

/// Registered before the stream is looked at: what is published from then on comes from the hub.
std::variant<beginning, command_error> begin_listening(connection& peer, context& shared, named_subscriber& what) {
  beginning begun{rights_of(what, peer.who()), {}, {}};
  auto& [given, found, recovered] = begun;
  const channel_id channel = channel_named(what.channel);
  subscription& s = peer.listen(channel);
  s.by_server = what.by_server;
  s.wants_joins = given.wants_joins;
  s.terms = terms_of(what, peer);

  if (what.rules.history_size > 0) {
    const bool recovers = given.recoverable && what.had;
    const wanted_stretch wanted{recovers ? what.had->offset : 0, unbounded_offset,
                                recovers ? limits::recovery_publications_max : 0};
    found = shared.streams.look(channel, wanted);
    if (recovers) recovered = recover_named(found, *what.had, s.terms->filter ? &*s.terms->filter : nullptr);
  }
  if (recovered && !recovered->recovered && what.reject_unrecovered) {
    peer.stop_listening(s);
    return command_errors::unrecoverable_position;
  }
  peer.home().open(s, found.top);
  peer.watch_end(s);
  peer.appear(s);
  return begun;
}

} // namespace

std::variant<std::string, command_error> listen_to_named(connection& peer, context& shared, named_subscriber what) {
  const auto begun = begin_listening(peer, shared, what);
  if (const auto* refused = std::get_if<command_error>(&begun)) return *refused;
  return body_of(what, std::get<beginning>(begun), true, shared.edge.time.now());
}

/// Clients look for publications in replies only.
void listen_by_push(connection& peer, context& shared, named_subscriber what) {
  what.by_server = true;
  const auto listening = begin_listening(peer, shared, what);
  const auto* begun = std::get_if<beginning>(&listening);
  PALABRE_ASSERT(begun != nullptr);
  const wire framing = peer.framing();
  std::string told =
      channel_push(what.channel, "subscribe", body_of(what, *begun, false, shared.edge.time.now()), framing);
  if (begun->goes_on())
    for (const kept_publication& each : begun->found.publications)
      told += channel_push(what.channel, "pub", each.json(), framing);
  peer.send(std::move(told));
}

stream_position publish_to_named(named_streams& streams, const namespace_settings& in, std::string_view channel,
                                 const named_publication& what, bool skip_history) {
  if (in.history_size > 0 && !skip_history) return streams.publish(channel, what, in.history_size, in.history_ttl);
  streams.publish_ephemeral(channel, what);
  return {};
}

/// A token that was accepted has not expired, but may be within its last second.
std::string lifetime_json(const std::optional<timestamp>& expires_at, timestamp now) {
  if (!expires_at) return {};
  return R"(,"expires":true,"ttl":)" + std::to_string(std::max<std::int64_t>((expires_at->ms - now.ms) / 1'000, 1));
}

} // namespace palabre::http::realtime

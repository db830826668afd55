// Subscribing and publishing to channels that are only names.
#include "http/realtime/conversation.hpp"

namespace palabre::http::realtime {

namespace {

/// Whether a token is for this connection and channel.
bool is_meant(const subscription_claims& claims, const command& c, const connection& peer) {
  return claims.channel == c.channel && claims.user == peer.who().name() &&
         (claims.client.empty() || claims.client == to_text(peer.client()));
}

/// What shows who published; where they listen too, with what the token says about that.
std::string publisher_info(connection& peer, const channel_id& channel) {
  const subscription none, *mine = peer.find(channel);
  std::string info;
  append_json(info, info_of(peer.client(), peer.who(), mine != nullptr ? *mine : none));
  return info;
}

} // namespace

void conversation::subscribe_to_name(const command& c) {
  named_subscriber listener;
  listener.channel = c.channel;
  std::optional<command_error> wrong = admit(c, listener);
  if (!peer_.is_listening()) return;
  if (!wrong && !c.tag_filter.empty()) {
    listener.filter = tag_filter::parse(c.tag_filter);
    if (!listener.filter) wrong = command_errors::bad_request;
  }
  if (wrong) return refuse(c, *wrong);
  listener.recoverable = c.recoverable;
  listener.positioned = c.positioned;
  listener.join_leave = c.join_leave;
  listener.reject_unrecovered = c.reject_unrecovered;
  if (c.recover) listener.had = {c.offset, c.epoch};
  const auto done = listen_to_named(peer_, shared_, std::move(listener));
  if (const auto* refused = std::get_if<command_error>(&done)) return refuse(c, *refused);
  answer(c, "subscribe", std::get<std::string>(done));
}

/// By a token, if there is one, else by what the namespace allows.
std::optional<command_error> conversation::admit(const command& c, named_subscriber& into) {
  const namespace_settings& rules = *namespace_of(shared_.edge.settings.namespaces, c.channel);
  into.rules = rules;
  if (rules.subscribe == permission::nobody) return command_errors::permission_denied;
  if (c.token.empty()) {
    const bool may = rules.subscribe != permission::token && is_permitted(rules.subscribe, rules, peer_.who(), false);
    return may ? std::nullopt : std::optional(command_errors::permission_denied);
  }
  std::optional<command_error> wrong;
  auto claims = claims_for(c, wrong);
  if (!claims) return wrong;
  if (!is_permitted(permission::anyone, rules, peer_.who(), false)) return command_errors::permission_denied;
  into.rules = claims->grant.applied_to(rules);
  into.grant = std::move(claims->grant);
  into.expires_at = claims->expires_at;
  return std::nullopt;
}

/// nullopt: `wrong` says why, or the connection ends, because the token was made for something else.
std::optional<subscription_claims> conversation::claims_for(const command& c, std::optional<command_error>& wrong) {
  auto claims = shared_.tokens.verify_subscription(c.token);
  if (!claims) {
    wrong =
        claims.error().code == errc::token_expired ? command_errors::token_expired : command_errors::permission_denied;
    return std::nullopt;
  }
  if (!is_meant(claims.value(), c, peer_)) {
    peer_.disconnect(disconnections::invalid_token);
    return std::nullopt;
  }
  const auto& ends = claims.value().expires_at;
  if (ends && *ends <= shared_.edge.time.now()) {
    wrong = command_errors::expired;
    return std::nullopt;
  }
  return std::move(claims).value();
}

/// A token that has expired already does not help: the client has to begin anew, and gets another one then.
void conversation::refresh_subscription(const command& c) {
  if (is_reserved(c.channel)) return refuse(c, command_errors::not_available); // nothing there expires
  if (const auto wrong = wrong_with_channel(c.channel)) return refuse(c, *wrong);
  if (c.token.empty()) return peer_.disconnect(disconnections::bad_request);
  subscription* s = peer_.find(channel_named(c.channel));
  if (s == nullptr) return refuse(c, command_errors::permission_denied);
  std::optional<command_error> wrong;
  const auto claims = claims_for(c, wrong);
  if (!peer_.is_listening()) return;
  if (wrong && wrong->code == command_errors::token_expired.code) {
    peer_.unsubscribe(*s, unsubscriptions::expired);
    wrong = command_errors::expired;
  }
  if (wrong) return refuse(c, *wrong);
  s->terms->info = claims->grant.info;
  s->terms->ends_at = claims->expires_at ? peer_.end_of(*claims->expires_at) : connection::time_point::max();
  peer_.watch_end(*s);
  const std::string lifetime = lifetime_json(claims->expires_at, shared_.edge.time.now());
  answer(c, "sub_refresh", '{' + (lifetime.empty() ? lifetime : lifetime.substr(1)) + '}');
}

void conversation::publish_to_name(const command& c) {
  const namespace_settings& rules = *namespace_of(shared_.edge.settings.namespaces, c.channel);
  const channel_id channel = channel_named(c.channel);
  if (!is_permitted(rules.publish, rules, peer_.who(), peer_.find(channel) != nullptr))
    return refuse(c, command_errors::permission_denied);
  if (c.data.empty()) return refuse(c, command_errors::bad_request);
  const std::string info = publisher_info(peer_, channel);
  publish_to_named(shared_.streams, rules, c.channel, {c.data, info, {}});
  answer(c, "publish", "{}");
}

} // namespace palabre::http::realtime

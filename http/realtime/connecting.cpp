// Who is on the connection: connect and refresh.
#include "base/json_writer.hpp"
#include "http/realtime/conversation.hpp"
#include "http/realtime/recovery.hpp"

#include <algorithm>

namespace palabre::http::realtime {

namespace {

/// What the client says it has of a channel, if it wants the rest; null: it does not.
const channel_position* claimed(const command& c, std::string_view channel) {
  const auto is_it = [&](const channel_position& each) { return each.recover && each.channel == channel; };
  const auto found = std::find_if(c.subs.begin(), c.subs.end(), is_it);
  return found == c.subs.end() ? nullptr : &*found;
}

} // namespace

void conversation::connect(const command& c) {
  const edge_settings& settings = shared_.edge.settings;
  if (c.token.empty() && !admits_anyone(settings.namespaces)) return peer_.disconnect(disconnections::bad_request);
  auto claims = c.token.empty() ? connection_claims{} : claims_of(c.token);
  if (!claims && claims.error().code == errc::token_expired) return refuse_connect(c, command_errors::token_expired);
  if (!claims) return peer_.disconnect(disconnections::invalid_token);
  std::vector<granted_channel> granted = std::move(claims.value().channels);
  if (granted.size() > limits::subscriptions_per_connection_max) return peer_.disconnect(disconnections::channel_limit);
  if (const auto wrong = wrong_with_granted(granted)) return refuse_connect(c, *wrong);
  const timestamp now = shared_.edge.time.now();
  identity who = std::move(claims.value().who);
  if (who.expires_at && *who.expires_at <= now) return refuse_connect(c, command_errors::expired);
  const uuid client = shared_.edge.random.next_id(now);
  if (!peer_.accept(std::move(who), client)) return peer_.disconnect(disconnections::connection_limit);

  std::string body = R"({"client":")" + to_text(client) + R"(","version":)";
  append_json_string(body, "palabre " + settings.version);
  body += lifetime() + R"(,"ping":)" + std::to_string(settings.ping_interval.count()) + R"(,"pong":true)";
  std::string subs = peer_.who().is_account() ? open_own_channel(c) : std::string();
  for (granted_channel& each : granted) {
    if (!subs.empty()) subs += ',';
    subs += open_granted(std::move(each), c);
  }
  if (!subs.empty()) body += R"(,"subs":{)" + subs + '}';
  body += '}';
  answer(c, "connect", body);
}

/// Our own tokens first: another system's can be anything.
result<connection_claims> conversation::claims_of(const std::string& token) const {
  const auto own = shared_.edge.tokens.verify(token);
  if (own) return connection_claims{identity::of(own.value()), {}};
  if (own.error().code == errc::token_expired) return own.error();
  return shared_.tokens.verify_connection(token);
}

void conversation::refuse_connect(const command& c, const command_error& why) {
  refused_ = true;
  refuse(c, why);
}

/// Another system gives away its own channels, not rooms.
std::optional<command_error> conversation::wrong_with_granted(const std::vector<granted_channel>& channels) const {
  for (const granted_channel& each : channels) {
    if (is_reserved(each.channel)) return command_errors::permission_denied;
    if (namespace_of(shared_.edge.settings.namespaces, each.channel) == nullptr) return command_errors::unknown_channel;
  }
  return std::nullopt;
}

/// `"<channel>":{…}`
std::string conversation::open_granted(granted_channel what, const command& c) {
  std::string text;
  append_json_string(text, what.channel);
  named_subscriber listener;
  listener.rules = what.grant.applied_to(*namespace_of(shared_.edge.settings.namespaces, what.channel));
  if (const channel_position* had = claimed(c, what.channel)) listener.had = {had->offset, had->epoch};
  listener.channel = std::move(what.channel);
  listener.grant = std::move(what.grant);
  listener.by_server = true;
  const auto body = listen_to_named(peer_, shared_, std::move(listener));
  return text + ':' + std::get<std::string>(body);
}

/// Lets the user's own channel through and answers where it stands, as `"user:<id>":{…}`; a client that was away gets
/// what it missed.
std::string conversation::open_own_channel(const command& c) {
  subscription& own = peer_.own_channel();
  const std::string name = own.name();
  const projections::log_reader& log = shared_.edge.log;
  const auto top = log.head_of(stream_of(own.channel));
  if (!top) return {}; // the disk fails: who cannot hear of their rooms can still ask
  const channel_position* had = claimed(c, name);
  const log_position now{top.value(), log.epoch()};
  std::optional<recovery> found;
  if (had != nullptr) {
    auto missed = recover_inbox(log, peer_.who().user, {had->offset, had->epoch}, now);
    if (!missed) return {};
    found = std::move(missed).value();
  }
  peer_.home().open(own, top.value());
  return '"' + name + R"(":)" + subscribe_result(now, found);
}

void conversation::refresh(const command& c) {
  if (c.token.empty()) return peer_.disconnect(disconnections::bad_request);
  auto claims = claims_of(c.token);
  if (!claims && claims.error().code == errc::token_expired) return peer_.disconnect(disconnections::expired);
  if (!claims) return peer_.disconnect(disconnections::invalid_token);
  identity& who = claims.value().who;
  if (who.what != peer_.who().what || who.user != peer_.who().user)
    return peer_.disconnect(disconnections::invalid_token);
  if (who.expires_at && *who.expires_at <= shared_.edge.time.now()) return refuse(c, command_errors::expired);
  peer_.renew(std::move(who));
  answer(c, "refresh", R"({"client":")" + to_text(peer_.client()) + '"' + lifetime() + '}');
}

std::string conversation::lifetime() const {
  return lifetime_json(peer_.who().expires_at, shared_.edge.time.now());
}

} // namespace palabre::http::realtime

// Who is on the connection: connect and refresh.
#include "base/json_writer.hpp"
#include "base/limits.hpp"
#include "http/realtime/conversation.hpp"
#include "http/realtime/recovery.hpp"
#include "http/realtime/reply.hpp"

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
  if (peer_.home().lateness() > limits::io_lateness_max) { // better a client that comes back than one that gives up
    refused_ = true;
    return refuse(c, command_errors::internal);
  }
  if (admit(c)) welcome(c);
}

/// True: it is known who it is, and what another system gave them to listen to (granted_).
bool conversation::admit(const command& c) {
  const auto ended = [this](const disconnection& why) {
    peer_.disconnect(why);
    return false;
  };
  const auto refused = [&](const command_error& why) {
    refuse_connect(c, why);
    return false;
  };
  if (c.token.empty() && !admits_anyone(shared_.edge.settings.namespaces)) return ended(disconnections::bad_request);
  auto claims = c.token.empty() ? connection_claims{} : claims_of(c.token);
  if (!claims && claims.error().code == errc::token_expired) return refused(command_errors::token_expired);
  if (!claims && claims.error().code == errc::unavailable) return ended(disconnections::server_error); // it comes again
  if (!claims) return ended(disconnections::invalid_token);
  granted_ = std::move(claims.value().channels);
  if (granted_.size() > limits::subscriptions_per_connection_max) return ended(disconnections::channel_limit);
  if (const auto wrong = wrong_with_granted()) return refused(*wrong);
  identity who = std::move(claims.value().who);
  const timestamp now = shared_.edge.time.now();
  if (who.expires_at && *who.expires_at <= now) return refused(command_errors::expired);
  if (peer_.accept(std::move(who), shared_.edge.random.next_id(now))) return true;
  return ended(disconnections::connection_limit);
}

/// Answers connect. `subs`: what is listened to from here on beside what the server subscribes to, as
/// `"<channel>":{…},…`.
void conversation::welcome(const command& c, std::string_view subs) {
  const edge_settings& settings = shared_.edge.settings;
  std::string body = R"({"client":")" + to_text(peer_.client()) + R"(","version":)";
  append_json_string(body, "palabre " + settings.version);
  body += R"(,"ping":)" + std::to_string(settings.ping_interval.count());
  std::string listened_to = peer_.who().is_account() ? open_own_channel(c) : std::string();
  const auto add = [&](std::string_view more) {
    if (!listened_to.empty() && !more.empty()) listened_to += ',';
    listened_to += more;
  };
  for (granted_channel& each : std::exchange(granted_, {})) {
    const bool may_recover = listened_to.size() <= limits::recovery_bytes_max / 2; // all of it is one message
    add(open_granted(std::move(each), c, may_recover));
  }
  add(subs);
  if (!listened_to.empty()) body += R"(,"subs":{)" + listened_to + '}';
  if (is_one_way(peer_.framing())) {
    body += R"(,"session":")" + shared_.spoken_to.new_id() + "\"}";
    return peer_.send(push("connect", body, peer_.framing()));
  }
  body += lifetime() + R"(,"pong":true)";
  if (!session_.empty())
    body += R"(,"session":")" + std::string(session_) + R"(","node":")" + shared_.spoken_to.node() + '"';
  body += '}';
  answer(c, "connect", body);
}

/// Our own tokens first: another system's can be anything.
result<connection_claims> conversation::claims_of(const std::string& token) const {
  const auto own = shared_.edge.tokens.verify(token);
  if (own) return connection_claims{identity::of(own.value()), {}};
  if (own.error().code == errc::token_expired || own.error().code == errc::unavailable) return own.error();
  return shared_.tokens.verify_connection(token);
}

void conversation::refuse_connect(const command& c, const command_error& why) {
  const bool is_over = why.code == command_errors::token_expired.code || why.code == command_errors::expired.code;
  if (is_one_way(peer_.framing()))
    return peer_.disconnect(is_over ? disconnections::expired : disconnections::permission_denied);
  refused_ = true;
  refuse(c, why);
}

bool conversation::is_granted(std::string_view channel) const {
  return std::any_of(granted_.begin(), granted_.end(), [&](const auto& each) { return each.channel == channel; });
}

/// Another system gives away its own channels, not rooms.
std::optional<command_error> conversation::wrong_with_granted() const {
  for (const granted_channel& each : granted_) {
    if (is_reserved(each.channel)) return command_errors::permission_denied;
    if (namespace_of(shared_.edge.settings.namespaces, each.channel) == nullptr) return command_errors::unknown_channel;
  }
  return std::nullopt;
}

/// `"<channel>":{…}`
/// A channel that may not recover tells the client to load it anew.
std::string conversation::open_granted(granted_channel what, const command& c, bool may_recover) {
  std::string text;
  append_json_string(text, what.channel);
  named_subscriber listener;
  listener.rules = what.grant.applied_to(*namespace_of(shared_.edge.settings.namespaces, what.channel));
  if (const channel_position* had = claimed(c, what.channel)) {
    constexpr std::string_view no_epoch = "_";
    listener.had = {had->offset, may_recover ? std::string_view(had->epoch) : no_epoch};
  }
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

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

/// True: it is known who it is.
bool conversation::admit(const command& c) {
  if (c.token.empty()) {
    peer_.disconnect(disconnections::bad_request);
    return false;
  }
  const auto who = shared_.edge.tokens.verify(c.token);
  if (!who) {
    refuse_connect(c, who.error());
    return false;
  }
  const uuid client = shared_.edge.random.next_id(shared_.edge.time.now());
  const bool has_place = peer_.accept(identity::of(who.value()), client);
  if (!has_place) peer_.disconnect(disconnections::connection_limit);
  return has_place;
}

/// Answers connect. `subs`: what is listened to from here on beside the own channel, as `"<channel>":{…},…`.
void conversation::welcome(const command& c, std::string_view subs) {
  const edge_settings& settings = shared_.edge.settings;
  std::string body = R"({"client":")" + to_text(peer_.client()) + R"(","version":)";
  append_json_string(body, "palabre " + settings.version);
  body += R"(,"ping":)" + std::to_string(settings.ping_interval.count());
  std::string listened_to = open_own_channel(c);
  if (!listened_to.empty() && !subs.empty()) listened_to += ',';
  listened_to += subs;
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

void conversation::refuse_connect(const command& c, const error& why) {
  if (why.code != errc::token_expired) return peer_.disconnect(disconnections::invalid_token);
  if (is_one_way(peer_.framing())) return peer_.disconnect(disconnections::expired);
  refused_ = true;
  refuse(c, command_errors::token_expired);
}

/// Lets the user's own channel through and answers where it stands, as `"<channel>":{…}`; a client that was away gets
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
  const auto who = shared_.edge.tokens.verify(c.token);
  if (!who && who.error().code == errc::token_expired) return peer_.disconnect(disconnections::expired);
  if (!who || who.value().user != peer_.who().user) return peer_.disconnect(disconnections::invalid_token);
  peer_.renew(identity::of(who.value()));
  answer(c, "refresh", R"({"client":")" + to_text(peer_.client()) + '"' + lifetime() + '}');
}

/// A verified token has not expired, but may be within its last second.
std::string conversation::lifetime() const {
  const auto& expires_at = peer_.who().expires_at;
  if (!expires_at) return {};
  const std::int64_t left_ms = expires_at->ms - shared_.edge.time.now().ms;
  return R"(,"expires":true,"ttl":)" + std::to_string(std::max<std::int64_t>(left_ms / 1000, 1));
}

} // namespace palabre::http::realtime

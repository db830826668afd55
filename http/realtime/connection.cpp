#include "http/realtime/connection.hpp"

#include "base/limits.hpp"
#include "http/presence/presence_desk.hpp"
#include "http/realtime/reply.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <vector>

namespace palabre::http::realtime {

namespace {

using std::chrono::seconds;

constexpr std::chrono::milliseconds token_life_counted_max = std::chrono::hours(24 * 365 * 10); // clocks overflow
constexpr seconds close_wait_max{5}; // for the peer's close frame

connection::time_point now() {
  return std::chrono::steady_clock::now();
}

} // namespace

connection::connection(boost::asio::ip::tcp::socket socket, wire framing, hub& home, context& shared)
    : socket_(std::move(socket)), home_(&home), shared_(shared) {
  place.framing = framing;
}

connection::~connection() {
  leave();
}

void connection::start() {
  boost::system::error_code ignored; // a socket that is dead already is found out by reading
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  home_->add(*this);
  end_at_ = now() + shared_.edge.settings.connect_timeout;
  set_deadline();
}

// ---- Sending

void connection::send(std::string frames) {
  if (!is_listening()) return;
  home_->keep_lent(*this);
  outbox_.push(std::move(frames));
  home_->flush_soon(*this);
}

void connection::keep(std::span<const lent_frames> lent) {
  for (const lent_frames& each : lent) outbox_.push(each);
}

void connection::flush(std::span<const lent_frames> lent) {
  if (is_gone()) return;
  if (!is_listening()) lent = {}; // nothing comes behind the farewell
  if (blocked_) {
    keep(lent);
  } else {
    switch (outbox_.flush(socket_.native_handle(), lent)) {
    case outbox::outcome::sent: break;
    case outbox::outcome::blocked: wait_until_writable(); break;
    case outbox::outcome::broken: drop(); return;
    }
  }
  home_->note_unsent(*this, outbox_.bytes());
  if (outbox_.empty()) ping_is_unsent_ = false;
  if (is_listening() && outbox_.bytes() > limits::outbox_bytes_max) become_slow();
  if (phase_ == phase::closing && outbox_.empty()) finish_sending();
}

boost::asio::awaitable<void> connection::wait_until_sent(std::size_t but) {
  boost::system::error_code failed;
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, failed);
  flush();
  while (is_listening() && outbox_.bytes() > but) {
    co_await socket_.async_wait(boost::asio::ip::tcp::socket::wait_write, token);
    if (failed) co_return;
  }
}

/// The farewell is out. The peer's own ends it, or the end of the stream: closed at once, bytes still under way would
/// reset the connection, and the farewell be lost.
void connection::finish_sending() {
  boost::system::error_code ignored;
  socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
}

void connection::wait_until_writable() {
  blocked_ = true;
  write_by_ = now() + shared_.edge.settings.write_timeout;
  set_deadline();
  socket_.async_wait(boost::asio::ip::tcp::socket::wait_write,
                     [self = shared_from_this()](boost::system::error_code failed) {
                       self->blocked_ = false;
                       self->write_by_ = never;
                       if (!failed) self->flush();
                     });
}

/// What waits is of no use to who does not read it: recovery will bring it.
void connection::become_slow() {
  outbox_.drop_unsent(framing());
  home_->note_slow();
  disconnect(disconnections::slow);
}

// ---- Ending

void connection::disconnect(const disconnection& why) {
  if (!is_listening()) return;
  send(farewell(why, framing()));
  phase_ = phase::closing;
  for (const auto& each : subscriptions_) end_listening(*each);
  end_at_ = now() + close_wait_max;
  set_deadline();
}

void connection::hear_close(std::uint16_t code) {
  disconnect({code, ""});
  flush();
}

void connection::drop() {
  if (is_gone()) return;
  phase_ = phase::gone;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void connection::leave() {
  if (home_ == nullptr) return;
  while (!subscriptions_.empty()) stop_listening(*subscriptions_.back());
  home_->unsubscribe(own_);
  if (std::exchange(counted_, false)) {
    shared_.users.leave(who_.user);
    if (who_.is_account()) shared_.edge.presence.depart(who_.user);
  }
  unlink();
  home_->remove(*this);
  home_ = nullptr;
}

void connection::orphan() {
  drop();
  leave();
}

void connection::drain_at(hub::time_point at) {
  drain_at_ = at;
  set_deadline();
}

// ---- Being alive

bool connection::accept(identity who, const uuid& client) {
  const edge_settings& settings = shared_.edge.settings;
  const bool has_user = who.what != identity::kind::nobody;
  if (has_user && !shared_.users.enter(who.user, settings.connections_per_user_max)) return false;
  counted_ = has_user;
  client_ = client;
  phase_ = phase::open;
  // Jitter: those who came back together after a restart are not pinged together for ever.
  const std::chrono::milliseconds interval = settings.ping_interval;
  ping_at_ = now() + home_->random_between(interval / 2, interval);
  own_.channel = channel_of(who.user);
  own_.by_server = true;
  renew(std::move(who));
  if (has_user) home_->subscribe(*this, own_);
  if (who_.is_account()) shared_.edge.presence.arrive(who_.user);
  return true;
}

void connection::renew(identity who) {
  who_ = std::move(who);
  end_at_ = who_.expires_at ? end_of(*who_.expires_at) : never;
  set_deadline();
}

connection::time_point connection::end_of(timestamp token_ends) const {
  const std::int64_t left_ms = std::min(token_ends.ms - shared_.edge.time.now().ms, token_life_counted_max.count());
  const seconds grace = is_one_way(framing()) ? seconds(0) : shared_.edge.settings.expired_grace; // none can be brought
  return now() + std::chrono::milliseconds(left_ms) + grace;
}

bool connection::hear_pong() {
  const bool was_asked = pong_by_ != never;
  pong_by_ = never;
  return was_asked;
}

void connection::set_busy(bool busy) {
  busy_ = busy;
  // A pong that came meanwhile has yet to be read.
  if (!busy && pong_by_ != never) pong_by_ = now() + shared_.edge.settings.pong_timeout;
}

void connection::set_deadline() {
  home_->wake(*this, std::min({end_at_, ping_at_, pong_by_, drain_at_, write_by_, subscription_ends_at_}));
}

void connection::on_time(time_point now) {
  if (is_gone()) return;
  if (now >= write_by_) { // nothing can be said to who takes nothing
    if (phase_ != phase::closing) home_->note_slow();
    return drop();
  }
  if (phase_ == phase::closing) {
    if (now >= end_at_) return drop();
    ping_at_ = pong_by_ = drain_at_ = subscription_ends_at_ = never;
  } else if (now >= drain_at_) {
    disconnect(disconnections::shutdown);
  } else if (now >= end_at_) {
    disconnect(phase_ == phase::opening ? disconnections::stale : disconnections::expired);
  } else if (now >= pong_by_ && !busy_) {
    disconnect(disconnections::no_pong);
  } else {
    if (now >= subscription_ends_at_) end_expired_subscriptions(now);
    if (now >= ping_at_ && is_listening()) ping(now);
  }
  set_deadline();
}

void connection::ping(time_point now) {
  const edge_settings& settings = shared_.edge.settings;
  // Where no answer tells that anyone is there, the socket does: it has not been empty since the last one.
  if (is_one_way(framing()) && std::exchange(ping_is_unsent_, true)) return become_slow();
  send(ping_message(framing()));
  ping_at_ = now + settings.ping_interval;
  if (!is_one_way(framing()) && pong_by_ == never) pong_by_ = now + settings.pong_timeout;
}

// ---- Listening

subscription* connection::find(const channel_id& channel) {
  if (own_.in != nullptr && own_.channel == channel) return &own_;
  for (const auto& each : subscriptions_)
    if (each->channel == channel) return each.get();
  return nullptr;
}

subscription& connection::listen(const channel_id& channel) {
  subscription& s = *subscriptions_.emplace_back(std::make_unique<subscription>());
  s.channel = channel;
  home_->subscribe(*this, s);
  return s;
}

void connection::appear(subscription& s) {
  s.is_present = true;
  tell_others(s, "join");
}

void connection::end_listening(subscription& s) {
  home_->unsubscribe(s);
  if (std::exchange(s.is_present, false)) tell_others(s, "leave");
}

/// From one place, so that a leave never overtakes the join before it.
void connection::tell_others(const subscription& s, std::string_view what) {
  if (s.terms && !s.terms->tells_others) return;
  if (!shared_.all_hubs.hear_joins(s.channel)) return;
  std::string body = R"({"info":)";
  append_json(body, info_of(client_, who_, s));
  body += '}';
  auto frames = std::make_shared<channel_frames>();
  frames->channel = s.channel;
  frames->what = channel_frames::kind::joins;
  frames->bytes = channel_push(s.name(), what, body, wire::websocket);
  shared_.all_hubs.hand_over(std::move(frames));
}

void connection::stop_listening(subscription& s) {
  end_listening(s);
  std::erase_if(subscriptions_, [&](const auto& each) { return each.get() == &s; });
}

void connection::unsubscribe(subscription& s, const unsubscription& why) {
  if (framing() == wire::room_events)
    return disconnect(disconnections::force_disconnect); // there is nothing else on it
  send(unsubscribe_push(s.name(), why, framing()));
  stop_listening(s);
}

void connection::watch_end(const subscription& s) {
  if (!s.terms || s.terms->ends_at >= subscription_ends_at_) return;
  subscription_ends_at_ = s.terms->ends_at;
  set_deadline();
}

/// The client had a while to bring another token.
void connection::end_expired_subscriptions(time_point now) {
  subscription_ends_at_ = never;
  std::vector<subscription*> expired;
  for (const auto& each : subscriptions_) {
    if (!each->terms || each->terms->ends_at == never) continue;
    if (each->terms->ends_at <= now)
      expired.push_back(each.get());
    else
      subscription_ends_at_ = std::min(subscription_ends_at_, each->terms->ends_at);
  }
  if (!expired.empty() && is_one_way(framing())) return disconnect(disconnections::subscription_expired);
  for (subscription* each : expired) unsubscribe(*each, unsubscriptions::expired);
}

void connection::fall_behind(subscription& s) {
  // The client cannot subscribe again to what it did not subscribe to.
  if (s.by_server || is_one_way(framing())) return disconnect(disconnections::insufficient_state);
  unsubscribe(s, unsubscriptions::insufficient_state);
}

} // namespace palabre::http::realtime

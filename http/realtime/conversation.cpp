#include "http/realtime/conversation.hpp"

#include "base/limits.hpp"
#include "http/realtime/reply.hpp"

namespace palabre::http::realtime {

namespace asio = boost::asio;
using name = command::name;

namespace {

/// More than this unsent: the next command waits. So a client that asks for much at once, such as the recovery of many
/// rooms in one message, is answered as fast as it reads instead of running into the outbox's bound.
constexpr std::size_t unsent_before_command_max = limits::outbox_bytes_max / 8;

/// What a command draws from: as its counterpart among the operations would. Calls draw by their row; what begins, ends
/// or keeps up what was paid for draws from nothing.
rate_class cost_of(name what) {
  switch (what) {
  case name::subscribe:
  case name::history:
  case name::presence:
  case name::presence_stats:
  case name::sub_refresh: return rate_class::read;
  case name::publish: return rate_class::write;
  default: return rate_class::unlimited;
  }
}

} // namespace

asio::awaitable<void> conversation::hear(std::string message) {
  if (is_one_way(peer_.framing())) {
    auto listening = listen_only(std::move(message));
    co_await std::move(listening);
    co_return;
  }
  message.reserve(message.size() + command_padding);
  std::string_view rest = message;
  bool empty = true;
  while (!rest.empty() && peer_.is_listening()) {
    const std::string_view line = take_line(rest);
    if (line.empty()) continue;
    empty = false;
    auto parsed = parse_command(line);
    if (!parsed) {
      peer_.disconnect(disconnections::bad_request);
      break;
    }
    const bool was_refused = refused_;
    auto step = carry_out(std::move(*parsed));
    co_await std::move(step);
    if (refused_ && !was_refused) co_return; // what came in the same message was written in hope
  }
  if (empty) peer_.disconnect(disconnections::bad_request);
}

asio::awaitable<void> conversation::carry_out(command c) {
  if (peer_.unsent_bytes() > unsent_before_command_max) {
    auto drained = peer_.wait_until_sent(unsent_before_command_max);
    co_await std::move(drained);
  }
  if (!may_be_carried_out(c)) co_return;
  if (is_too_much(cost_of(c.what))) co_return refuse(c, command_errors::too_many_requests);
  if (c.what == name::rpc) {
    auto step = call(std::move(c));
    co_await std::move(step);
  } else if (c.what == name::subscribe) {
    auto step = subscribe(std::move(c));
    co_await std::move(step);
  } else if (c.what == name::history) {
    auto step = history(std::move(c));
    co_await std::move(step);
  } else if (c.what == name::presence || c.what == name::presence_stats) {
    auto step = presence(std::move(c));
    co_await std::move(step);
  } else {
    carry_out_at_once(c);
  }
}

/// The rules of dispatch (realtime-protocol.md 2) that do not depend on the command's content.
bool conversation::may_be_carried_out(const command& c) {
  if (!peer_.is_listening()) return false;
  if (refused_ || is_connected() == (c.what == name::connect)) {
    peer_.disconnect(disconnections::bad_request);
    return false;
  }
  if (c.id == 0) {
    hear_without_id(c);
    return false;
  }
  if (c.what == name::none) peer_.disconnect(disconnections::bad_request);
  return c.what != name::none;
}

/// By the user, on all connections together; who is nobody, on this one.
bool conversation::is_too_much(rate_class of) const {
  const uuid key = peer_.who().what == identity::kind::nobody ? peer_.client() : uuid(peer_.who().user);
  return shared_.operations.rates().take(of, key, std::chrono::steady_clock::now()).has_value();
}

void conversation::hear_without_id(const command& c) {
  if (c.what == name::send) return peer_.disconnect(disconnections::not_available);
  if (c.what == name::none && peer_.hear_pong()) return;
  peer_.disconnect(disconnections::bad_request);
}

void conversation::carry_out_at_once(const command& c) {
  switch (c.what) {
  case name::connect: return connect(c);
  case name::refresh: return refresh(c);
  case name::unsubscribe: return unsubscribe(c);
  case name::publish: return publish(c);
  case name::send: return peer_.disconnect(disconnections::not_available);
  case name::sub_refresh: return refresh_subscription(c);
  case name::ping: return refuse(c, command_errors::not_available);
  default: return;
  }
}

void conversation::answer(const command& c, std::string_view what, std::string_view body) {
  peer_.send(reply(c.id, what, body, peer_.framing()));
}

void conversation::refuse(const command& c, const command_error& why) {
  peer_.send(error_reply(c.id, why, peer_.framing()));
}

} // namespace palabre::http::realtime

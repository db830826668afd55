// What the server API orders about a user's connections: subscribe, unsubscribe, disconnect.
#include "http/realtime/connection.hpp"
#include "http/realtime/server_api.hpp"

#include <algorithm>
#include <memory>

namespace palabre::http::realtime {

namespace asio = boost::asio;

namespace {

/// Whose connections, or which one of them.
struct addressee {
  std::string user; ///< as other clients see them; empty: a guest
  std::string client;

  /// Those that are connected and can be spoken to.
  std::vector<connection*> in(hub& h) const {
    std::vector<connection*> found;
    const auto add = [&](connection* c) {
      const bool is_one = c->who().name() == user && (client.empty() || to_text(c->client()) == client);
      const bool hears_channels = c->framing() != wire::room_events;
      if (is_one && hears_channels && !c->client().is_nil() && c->is_listening()) found.push_back(c);
    };
    if (user.empty()) {
      for (connection* c : h.all()) add(c);
      return found;
    }
    for (connection* c : h.connections_of(foreign_user_id(user))) add(c);
    if (const auto account = user_id::parse(user))
      for (connection* c : h.connections_of(*account)) add(c);
    return found;
  }
};

/// nullopt: it does not say whose.
std::optional<addressee> read_addressee(json_object body) {
  addressee who;
  if (!read_field(body, "user", who.user, limits::foreign_name_bytes_max) ||
      !read_field(body, "client", who.client, uuid_text_bytes))
    return std::nullopt;
  if (who.user.empty() && who.client.empty()) return std::nullopt;
  return who;
}

/// What everything that concerns a listener has.
struct listener_order {
  addressee who;
  std::string channel;
  const namespace_settings* rules = nullptr;
};

std::variant<listener_order, command_error> read_listener(const api_request& r) {
  listener_order order;
  auto who = read_addressee(r.body);
  if (!who || !read_field(r.body, "channel", order.channel, limits::body_bytes_max)) return command_errors::bad_request;
  const auto rules = r.opened.find(order.channel);
  if (const auto* wrong = std::get_if<command_error>(&rules)) return *wrong;
  order.rules = std::get<const namespace_settings*>(rules);
  order.who = std::move(*who);
  return order;
}

struct subscribe_order {
  listener_order to;
  subscription_grant grant;
  bool recovers = false;
  stream_version offset = 0;
  std::string epoch;
};

bool read_recovery(json_object body, subscribe_order& out) {
  std::optional<json_object> since;
  if (!read_object(body, "recover_since", since)) return false;
  out.recovers = since.has_value();
  return !since || (read_field(*since, "offset", out.offset) &&
                    read_field(*since, "epoch", out.epoch, limits::channel_bytes_max));
}

/// False: it listens to as much as it may already.
bool subscribe_one(connection& peer, context& shared, const subscribe_order& order) {
  if (peer.find(channel_named(order.to.channel)) != nullptr) return true;
  if (peer.subscriptions() >= limits::subscriptions_per_connection_max) return false;
  named_subscriber listener;
  listener.channel = order.to.channel;
  listener.rules = order.grant.applied_to(*order.to.rules);
  listener.grant = order.grant;
  if (order.recovers) listener.had = {order.offset, order.epoch};
  listen_by_push(peer, shared, std::move(listener));
  return true;
}

/// How connections end, and which do not.
struct disconnect_order {
  addressee who;
  std::vector<std::string> spared; ///< client ids
  std::uint16_t code = disconnections::force_disconnect.code;
  std::string reason{disconnections::force_disconnect.reason};
};

/// Clients take a reason that is JSON for something else.
bool is_reason(const std::string& text) {
  constexpr std::size_t reason_bytes_max = 123; // RFC 6455 §5.5
  simdjson::dom::parser parser;
  simdjson::dom::element ignored;
  return text.size() <= reason_bytes_max && parser.parse(text).get(ignored) != simdjson::SUCCESS;
}

bool read_end(json_object body, disconnect_order& out) {
  constexpr std::uint64_t code_min = 3'000, code_max = 4'999;
  std::optional<json_object> end;
  if (!read_object(body, "disconnect", end)) return false;
  if (!end) return true;
  std::uint64_t code = out.code;
  if (!read_field(*end, "code", code) || !read_field(*end, "reason", out.reason, limits::body_bytes_max)) return false;
  out.code = static_cast<std::uint16_t>(code);
  return code >= code_min && code <= code_max && is_reason(out.reason);
}

bool read_spared(json_object body, std::vector<std::string>& out) {
  simdjson::dom::element value;
  if (body["whitelist"].get(value) != simdjson::SUCCESS || value.is_null()) return true;
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return false;
  for (const simdjson::dom::element each : list) {
    std::string_view client;
    if (each.get(client) != simdjson::SUCCESS) return false;
    out.emplace_back(client);
  }
  return true;
}

bool end_connections(hub& h, const disconnect_order& order) {
  for (connection* c : order.who.in(h)) {
    const bool is_spared =
        std::find(order.spared.begin(), order.spared.end(), to_text(c->client())) != order.spared.end();
    if (!is_spared && !c->who().is_account()) c->disconnect({order.code, order.reason});
  }
  return true;
}

} // namespace

asio::awaitable<api_outcome> api_subscribe(api_request r) {
  auto to = read_listener(r);
  if (const auto* wrong = std::get_if<command_error>(&to)) co_return *wrong;
  auto order = std::make_shared<subscribe_order>();
  order->to = std::move(std::get<listener_order>(to));
  auto grant = read_grant(r.body);
  if (!grant || !read_recovery(r.body, *order)) co_return command_errors::bad_request;
  order->grant = std::move(*grant);
  context* shared = &r.shared;
  const std::function subscribe = [order, shared](hub& h) {
    bool all = true;
    for (connection* c : order->to.who.in(h)) all &= subscribe_one(*c, *shared, *order);
    return all;
  };
  auto asking = r.shared.all_hubs.ask<bool>(subscribe);
  const std::vector<bool> done = co_await std::move(asking);
  if (std::find(done.begin(), done.end(), false) != done.end()) co_return command_errors::limit_exceeded;
  co_return "{}";
}

asio::awaitable<api_outcome> api_unsubscribe(api_request r) {
  auto from = read_listener(r);
  if (const auto* wrong = std::get_if<command_error>(&from)) co_return *wrong;
  const listener_order order = std::move(std::get<listener_order>(from));
  const std::function unsubscribe = [order](hub& h) {
    for (connection* c : order.who.in(h))
      if (subscription* s = c->find(channel_named(order.channel))) c->unsubscribe(*s, unsubscriptions::by_server);
    return true;
  };
  auto asking = r.shared.all_hubs.ask<bool>(unsubscribe);
  co_await std::move(asking);
  co_return "{}";
}

asio::awaitable<api_outcome> api_disconnect(api_request r) {
  disconnect_order order;
  auto who = read_addressee(r.body);
  if (!who || !read_end(r.body, order) || !read_spared(r.body, order.spared)) co_return command_errors::bad_request;
  order.who = std::move(*who);
  const std::function end = [order](hub& h) { return end_connections(h, order); };
  auto asking = r.shared.all_hubs.ask<bool>(end);
  co_await std::move(asking);
  co_return "{}";
}

} // namespace palabre::http::realtime

#include "http/server/server.hpp"

#include "http/failure_log.hpp"
#include "http/presence/presence_desk.hpp"
#include "http/problem_tallies.hpp"
#include "http/rate_limits.hpp"
#include "http/realtime/echo.hpp"
#include "http/realtime/emulation.hpp"
#include "http/realtime/endpoint.hpp"
#include "http/realtime/ephemera.hpp"
#include "http/realtime/publisher.hpp"
#include "http/realtime/room_stream.hpp"
#include "http/realtime/stream_endpoint.hpp"
#include "http/server/io_thread.hpp"
#include "http/server/listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace palabre::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// An io thread with its subscribers.
struct served_thread {
  served_thread(const edge& what_for, services& s) : thread(what_for), subscribers(thread.context(), s) {}
  /// What waits in the loop belongs to connections, which need the hub, which needs the loop.
  ~served_thread() {
    thread.stop();
    thread.cut_off();
  }

  io_thread thread;
  realtime::hub subscribers;
};

/// Gives the place back when the connection has ended, however it ended.
void end_stream(const place&, const std::exception_ptr& failure) {
  log_failure("a realtime connection", failure);
}

asio::awaitable<void> serve_stream(tcp::socket socket, continuation what, realtime::hub& home,
                                   realtime::context& shared) {
  if (what.framing == realtime::wire::room_events)
    return realtime::serve_room_events(std::move(socket), std::move(*what.reading), home, shared);
  return realtime::serve_stream(std::move(socket), what.framing, std::move(what.said), home, shared);
}

} // namespace

struct server::state {
  state(services& s, const std::vector<route>& table);
  ~state();

  asio::awaitable<answer_or_problem> run(call& c, const route** endpoint) { return operations.handle(c, endpoint); }
  http::presence_outlets presence_outlets() const;
  void serve_upgraded(tcp::socket socket, continuation what, place held, io_thread& home);

  services& given;
  api operations;
  edge what_for;
  places held;
  std::optional<realtime::hubs> all_hubs;
  std::optional<realtime::context> shared; ///< connections that are cut off with their thread still leave it
  std::vector<std::unique_ptr<served_thread>> threads;
  std::unordered_map<const io_thread*, realtime::hub*> hub_of;
  std::optional<realtime::publisher> publisher;
  std::optional<listener> door;
  bool running = false;
};

server::state::state(services& s, const std::vector<route>& table)
    : given(s),
      operations(s, table), what_for{table, s.settings, s.time, s.random, operations.problems(), {}, {}, {}, {}, {}},
      held(s.settings.connections_max) {
  what_for.run = [this](call& c, const route** endpoint) { return run(c, endpoint); };
  what_for.admit = [this](const uuid& address, rate_standing& standing) {
    return operations.rates().take_address(address, std::chrono::steady_clock::now(), &standing);
  };
  what_for.allowed = [this](std::string_view path) { return operations.allowed(path); };
  what_for.upgraded = [this](tcp::socket socket, continuation what, place p, io_thread& home) {
    serve_upgraded(std::move(socket), std::move(what), std::move(p), home);
  };
  what_for.emulate = [this](const std::string& body) { return realtime::emulate(shared->spoken_to, body); };
  std::vector<realtime::hub*> all;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, s.settings.io_threads); ++i) {
    auto& made = *threads.emplace_back(std::make_unique<served_thread>(what_for, s));
    hub_of.emplace(&made.thread, &made.subscribers);
    all.push_back(&made.subscribers);
  }
  all_hubs.emplace(std::move(all));
  shared.emplace(s, operations, *all_hubs);
  s.realtime = &*shared;
  publisher.emplace(*all_hubs);
}

/// What waits in any loop belongs to connections, and a connection that ends may speak to all hubs.
server::state::~state() {
  for (const auto& t : threads) t->thread.stop();
  for (const auto& t : threads) t->thread.cut_off();
  threads.clear();
}

/// Beside the coroutine that served HTTP: what that needed is not kept for as long as this lasts.
void server::state::serve_upgraded(tcp::socket socket, continuation what, place held_place, io_thread& home) {
  realtime::hub& hub = *hub_of.at(&home);
  if (!what.echoes && realtime::is_websocket(what.framing))
    return realtime::serve_websocket(std::move(socket), what.framing, what.said, hub, *shared, std::move(held_place));
  auto serving = what.echoes ? realtime::serve_echo(std::move(socket), std::move(what.said), home)
                             : serve_stream(std::move(socket), std::move(what), hub, *shared);
  auto ended = [p = std::move(held_place)](std::exception_ptr failure) { end_stream(p, failure); };
  asio::co_spawn(home.context(), std::move(serving), std::move(ended));
}

/// Presence is told like typing: now, to who listens.
http::presence_outlets server::state::presence_outlets() const {
  const auto to_channel = [this](const realtime::channel_id& channel, const std::string& event, std::string_view type) {
    if (all_hubs->hear(channel)) all_hubs->hand_over(realtime::ephemeral_publication(channel, event, type));
  };
  return {
      [to_channel](user_id to, const auto& what) { to_channel(realtime::channel_of(to), *what, "presence.changed"); },
      [to_channel](room_id in, const auto& what) { to_channel(realtime::channel_of(in), *what, "presence.counted"); }};
}

server::server(services& s, const std::vector<route>& table) : state_(std::make_unique<state>(s, table)) {}

server::~server() {
  drain(std::chrono::milliseconds(0));
  state_->given.realtime = nullptr;
  state_->door.reset();
}

result<unsigned short> server::start(const std::string& host, unsigned short port, const tls_identity* identity) {
  std::vector<io_thread*> all;
  for (const auto& t : state_->threads) all.push_back(&t->thread);
  state_->door.emplace(std::move(all), state_->held, identity);
  PALABRE_TRY(const auto listening_port, state_->door->open(host, port));
  state_->given.presence.start(state_->threads.front()->thread.context(), state_->presence_outlets());
  for (const auto& t : state_->threads) t->thread.start();
  state_->running = true;
  return listening_port;
}

void server::publish(const storage::committed_batch_ptr& batch) {
  state_->publisher->publish(batch);
}

edge_counts server::counts() const {
  edge_counts all;
  std::size_t http = state_->held.taken();
  for (std::size_t i = 0; i < realtime::hub_tallies::wires; ++i) {
    std::uint64_t speaking = 0;
    for (const auto& t : state_->threads) speaking += t->subscribers.counted().connections[i].value();
    http -= std::min<std::size_t>(http, speaking);
    all.connections.push_back({name_of(static_cast<realtime::wire>(i)), speaking});
  }
  all.connections.push_back({"http", http});
  for (const auto& t : state_->threads) {
    t->thread.answered().add_to(all);
    t->subscribers.counted().add_to(all);
  }
  all.connections_max = state_->held.max();
  all.published = state_->all_hubs->published();
  all.problems = state_->operations.problems().counts();
  all.rate_limited = state_->operations.rates().refusals();
  return all;
}

void server::drain(std::chrono::milliseconds deadline) {
  if (!std::exchange(state_->running, false)) return;
  const auto until = std::chrono::steady_clock::now() + deadline;
  state_->shared->draining = true;
  state_->given.presence.stop();
  state_->door->close();
  for (const auto& t : state_->threads) {
    t->thread.drain();
    t->subscribers.drain(state_->given.settings.drain_spread);
  }
  state_->held.wait_until_empty(until);
  if (const auto left = state_->held.taken()) spdlog::warn("{} connections did not end in time and are cut off", left);
  for (const auto& t : state_->threads) t->thread.stop();
}

} // namespace palabre::http

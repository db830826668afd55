#pragma once
#include "http/realtime/command.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/endpoint.hpp"
#include "projections/roster.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace palabre::http::realtime {

/// What is said on one connection: commands in order of arrival, each answered before the next is looked at
/// (realtime-protocol.md 2). Threads: the connection's. Lifetime: of the coroutine that reads.
class conversation {
public:
  conversation(connection& peer, context& shared) : peer_(peer), shared_(shared) {}

  /// Carries out the commands of one message.
  boost::asio::awaitable<void> hear(std::string message);

private:
  /// The user's place in a room, as the views had it when the room was at seq `at`.
  struct standing {
    events::role as = events::role::member;
    stream_version at = 0;
  };

  boost::asio::awaitable<void> carry_out(command c);
  boost::asio::awaitable<void> wait_until_sent();
  bool may_be_carried_out(const command& c);
  void hear_without_id(const command& c);
  void carry_out_at_once(const command& c);

  void connect(const command& c);
  void refuse_connect(const command& c, const error& why);
  void refresh(const command& c);
  std::string lifetime_of(const access_claims& who) const;
  boost::asio::awaitable<void> call(command c);
  void answer_call(const command& c, const std::optional<answer_or_problem>& answered);

  // ---- subscribing.cpp
  boost::asio::awaitable<void> subscribe(command c);
  boost::asio::awaitable<void> history(command c);
  void unsubscribe(const command& c);
  void refuse_publish(const command& c);
  boost::asio::awaitable<result<std::optional<standing>>> standing_in(room_id room);
  void open(const command& c, subscription& s, const standing& reader);
  /// The publications the client misses, as JSON; nullopt: it has to reload.
  result<std::optional<std::string>> recover(const command& c, room_id room, stream_version top,
                                             const standing& reader);
  result<std::string> page(const command& c, room_id room, stream_version top, const standing& reader);

  void answer(const command& c, std::string_view name, std::string_view body);
  void refuse(const command& c, const command_error& why);

  connection& peer_;
  context& shared_;
  std::string client_;   ///< this connection's id; empty: not connected
  bool refused_ = false; ///< connect was answered with an error: only a new connection helps
};

} // namespace palabre::http::realtime

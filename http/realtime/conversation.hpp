#pragma once
#include "http/realtime/command.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/endpoint.hpp"
#include "http/realtime/named_channels.hpp"
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
  bool is_connected() const { return !peer_.client().is_nil(); }

  // ---- connecting.cpp
  void connect(const command& c);
  result<connection_claims> claims_of(const std::string& token) const;
  void refuse_connect(const command& c, const command_error& why);
  std::optional<command_error> wrong_with_granted(const std::vector<granted_channel>& channels) const;
  std::string open_own_channel(const command& c);
  std::string open_granted(granted_channel what, const command& c);
  void refresh(const command& c);
  std::string lifetime() const;

  // ---- calling.cpp
  boost::asio::awaitable<void> call(command c);
  void answer_call(const command& c, const std::optional<answer_or_problem>& answered);

  // ---- subscribing.cpp
  boost::asio::awaitable<void> subscribe(command c);
  void unsubscribe(const command& c);
  void publish(const command& c);
  void refresh_subscription(const command& c);
  boost::asio::awaitable<result<std::optional<standing>>> standing_in(room_id room);
  std::optional<command_error> open(const command& c, subscription& s, const standing& here);
  std::optional<command_error> wrong_with_channel(std::string_view channel) const;

  // ---- named_subscribing.cpp: Requires: the channel's namespace exists.
  void subscribe_to_name(const command& c);
  std::optional<command_error> admit(const command& c, named_subscriber& into);
  std::optional<subscription_claims> claims_for(const command& c, std::optional<command_error>& wrong);
  void publish_to_name(const command& c);

  // ---- looking.cpp
  boost::asio::awaitable<void> history(command c);
  boost::asio::awaitable<void> presence(command c);
  boost::asio::awaitable<std::optional<command_error>> wrong_with_asking_who(channel_id channel, std::string name);
  void history_of_name(const command& c);

  void answer(const command& c, std::string_view name, std::string_view body);
  void refuse(const command& c, const command_error& why);

  connection& peer_;
  context& shared_;
  bool refused_ = false; ///< connect was answered with an error: only a new connection helps
};

} // namespace palabre::http::realtime

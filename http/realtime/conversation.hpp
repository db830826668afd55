#pragma once
#include "http/realtime/command.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/endpoint.hpp"
#include "http/realtime/named_channels.hpp"
#include "http/realtime/standing.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::http::realtime {

/// What is said on one connection: commands in order of arrival, each answered before the next is looked at
/// (realtime-protocol.md 2). Threads: the connection's. Lifetime: of the coroutine that reads.
class conversation {
public:
  conversation(connection& peer, context& shared) : peer_(peer), shared_(shared) {}
  /// By which /emulation finds the connection: told in the answer to connect. Requires: `id` outlives it.
  void name_session(std::string_view id) { session_ = id; }

  /// Carries out the commands of one message. On a one-way wire: the connect without its envelope; what else is said
  /// there is not heard.
  boost::asio::awaitable<void> hear(std::string message);

private:
  using standing = room_standing;

  boost::asio::awaitable<void> carry_out(command c);
  bool may_be_carried_out(const command& c);
  bool is_too_much(rate_class of) const;
  void hear_without_id(const command& c);
  void carry_out_at_once(const command& c);
  bool is_connected() const { return !peer_.client().is_nil(); }

  // ---- connecting.cpp
  void connect(const command& c);
  bool admit(const command& c);
  void welcome(const command& c, std::string_view subs = {});
  result<connection_claims> claims_of(const std::string& token) const;
  void refuse_connect(const command& c, const command_error& why);
  std::optional<command_error> wrong_with_granted() const;
  bool is_granted(std::string_view channel) const;
  std::string open_own_channel(const command& c);
  std::string open_granted(granted_channel what, const command& c, bool may_recover);
  void refresh(const command& c);
  std::string lifetime() const;

  // ---- one_way.cpp
  struct asked_room;
  boost::asio::awaitable<void> listen_only(std::string request);
  boost::asio::awaitable<std::optional<asked_room>> ask_for(channel_position what);
  void open_together(const command& c, std::vector<asked_room> rooms);
  result<std::string> result_for(asked_room& room, std::size_t used) const;

  // ---- calling.cpp
  boost::asio::awaitable<void> call(command c);
  void call_beside(command c, const access_claims& who, std::string request_id);

  // ---- subscribing.cpp
  boost::asio::awaitable<void> subscribe(command c);
  void unsubscribe(const command& c);
  void publish(const command& c);
  void refresh_subscription(const command& c);
  boost::asio::awaitable<result<std::optional<standing>>> standing_in(room_id room) {
    return realtime::standing_in(peer_, shared_.edge, room);
  }
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
  std::string_view session_;             ///< empty: commands come by the wire itself
  std::vector<granted_channel> granted_; ///< between admit() and welcome()
  bool refused_ = false;                 ///< connect was answered with an error: only a new connection helps
};

} // namespace palabre::http::realtime

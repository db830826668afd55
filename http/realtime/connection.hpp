#pragma once
#include "http/realtime/codes.hpp"
#include "http/realtime/endpoint.hpp"
#include "http/realtime/hub.hpp"
#include "http/realtime/identity.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace palabre::http::realtime {

/// The server's end of one realtime connection, on whatever wire: its socket, what is to be sent, its deadlines, what
/// it listens to. What is said on it is the conversation's business; reading is the endpoint's. Outbox when full
/// (limits::outbox_bytes_max): *disconnect* with 3008. Threads: its hub's. Lifetime: shared by the coroutine that reads
/// and by a wait for the socket to become writable.
class connection final : public timed, public std::enable_shared_from_this<connection> {
public:
  connection(boost::asio::ip::tcp::socket socket, wire framing, hub& home, context& shared);
  ~connection();
  /// To be called once it is owned by a shared_ptr: it counts from here, and must connect in time.
  void start();

  boost::asio::ip::tcp::socket& socket() { return socket_; }
  hub& home() { return *home_; }
  wire framing() const { return place.framing; }
  /// Neither closed nor about to be: commands are heard.
  bool is_listening() const { return phase_ < phase::closing; }
  /// The socket is closed.
  bool is_gone() const { return phase_ == phase::gone; }

  // ---- Sending

  /// Whole frames of its wire, behind all that was sent before. They leave with the next flush. Nothing once it is
  /// closing.
  void send(std::string frames);
  /// The same for frames that were lent: by reference. Requires: listening, or about to close.
  void keep(std::span<const lent_frames> lent);
  /// Sends what there is, and then `lent`.
  void flush(std::span<const lent_frames> lent = {});
  std::size_t unsent_bytes() const { return outbox_.bytes(); }
  /// Until at most so much is unsent, or it is closing.
  boost::asio::awaitable<void> wait_until_sent(std::size_t but);

  // ---- Ending

  /// Says farewell, waits for the peer to close for a while, then closes. Its subscriptions end at once.
  void disconnect(const disconnection& why);
  /// The peer has sent its close frame: it is answered, if it was first.
  void hear_close(std::uint16_t code);
  /// Closes the socket.
  void drop();
  /// Leaves hub, rooms and counts. Idempotent.
  void leave();
  /// Its hub is being destroyed.
  void orphan();
  void drain_at(hub::time_point at);

  // ---- Being alive

  /// It is known who it is. False: the user has too many connections; nothing changes.
  bool accept(identity who, const uuid& client);
  /// Another token of the same user.
  void renew(identity who);
  const identity& who() const { return who_; }
  /// Its own id, as others see it; nil: not connected.
  const uuid& client() const { return client_; }
  /// When what a token allows is over, with the grace behind it.
  time_point end_of(timestamp token_ends) const;
  /// The answer to a ping. False: there was none to answer.
  bool hear_pong();
  /// While a command is carried out nothing is read, so no pong is missed.
  void set_busy(bool busy);
  void on_time(time_point now) override;

  // ---- Listening

  subscription* find(const channel_id& channel);
  std::size_t subscriptions() const { return subscriptions_.size(); }
  const std::vector<std::unique_ptr<subscription>>& all_subscriptions() const { return subscriptions_; }
  /// Requires: find(channel) == nullptr. Registered in the hub, muted.
  subscription& listen(const channel_id& channel);
  /// `user:<id>` of the user it was accepted for: registered from then on, muted until the hub opens it.
  subscription& own_channel() { return own_; }
  /// Others see that it is there, and are told.
  void appear(subscription& s);
  void stop_listening(subscription& s);
  /// The server ends it: the client is told.
  void unsubscribe(subscription& s, const unsubscription& why);
  /// It ends at `terms->ends_at`, unless that has been put off by then.
  void watch_end(const subscription& s);
  /// Something is missing between what it got and what comes: it has to recover.
  void fall_behind(subscription& s);

  place_in_hub place;             ///< the hub's
  std::uint16_t late_answers = 0; ///< the conversation's: calls that others do not wait for

private:
  enum class phase : std::uint8_t { opening, open, closing, gone };

  void wait_until_writable();
  void become_slow();
  void finish_sending();
  void end_listening(subscription& s);
  void end_expired_subscriptions(time_point now);
  void tell_others(const subscription& s, std::string_view what);
  void set_deadline();
  void ping(time_point now);

  boost::asio::ip::tcp::socket socket_;
  hub* home_;
  context& shared_;
  outbox outbox_;
  std::vector<std::unique_ptr<subscription>> subscriptions_;
  subscription own_;
  identity who_;
  uuid client_;
  // Deadlines; each is `never` while it does not apply.
  static constexpr time_point never = time_point::max();
  time_point end_at_ = never; ///< opening: must have connected; open: the token has expired; closing: enough waited
  time_point ping_at_ = never;
  time_point pong_by_ = never; ///< a ping is out
  time_point drain_at_ = never;
  time_point write_by_ = never;             ///< blocked: the socket has to take something by then
  time_point subscription_ends_at_ = never; ///< none ends before
  phase phase_ = phase::opening;
  bool blocked_ = false; ///< waits for the socket to become writable
  bool busy_ = false;
  bool ping_is_unsent_ = false;
  bool counted_ = false; ///< among the connections of its user
};

/// Whatever way a coroutine ends that serves a connection, it leaves its hub: first the socket, then what hangs on it.
struct leaving {
  connection& peer;
  ~leaving() {
    peer.drop();
    peer.leave();
  }
};

} // namespace palabre::http::realtime

#pragma once
#include "http/realtime/codes.hpp"
#include "http/realtime/endpoint.hpp"
#include "http/realtime/hub.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace palabre::http::realtime {

/// The server's end of one WebSocket: its socket, what is to be sent, its deadlines, what it listens to. What is said
/// on it is the conversation's business; reading is the endpoint's. Outbox when full (limits::outbox_bytes_max):
/// *disconnect* with 3008. Threads: its hub's. Lifetime: shared by the coroutine that reads and by a wait for the
/// socket to become writable.
class connection final : public timed, public std::enable_shared_from_this<connection> {
public:
  connection(boost::asio::ip::tcp::socket socket, hub& home, context& shared);
  ~connection();
  /// To be called once it is owned by a shared_ptr: it counts from here, and must connect in time.
  void start();

  boost::asio::ip::tcp::socket& socket() { return socket_; }
  hub& home() { return *home_; }
  /// Neither closed nor about to be: commands are heard.
  bool is_listening() const { return phase_ < phase::closing; }
  /// The socket is closed.
  bool is_gone() const { return phase_ == phase::gone; }

  // ---- Sending

  /// Whole frames, behind all that was sent before. They leave with the next flush. Nothing once it is closing.
  void send(std::string frames);
  /// The same for frames that were lent: by reference. Requires: listening, or about to close.
  void keep(std::span<const lent_frames> lent);
  /// Sends what there is, and then `lent`.
  void flush(std::span<const lent_frames> lent = {});
  std::size_t unsent_bytes() const { return outbox_.bytes(); }

  // ---- Ending

  /// Sends a close frame, waits for the peer's for a while, then closes. Its subscriptions end at once.
  void disconnect(const disconnection& why);
  /// The peer has sent its close frame: it is answered, if it was first, and the socket closed behind that.
  void hear_close(std::uint16_t code);
  /// Closes the socket.
  void drop();
  /// Leaves hub, rooms and counts. Idempotent.
  void leave();
  /// Its hub is being destroyed.
  void orphan();
  void drain_at(hub::time_point at);

  // ---- Being alive

  /// A connect command was accepted. False: the user has too many connections; nothing changes.
  bool accept(const access_claims& who);
  /// Another token of the same user.
  void renew(const access_claims& who);
  const std::optional<access_claims>& who() const { return who_; }
  /// The answer to a ping. False: there was none to answer.
  bool hear_pong();
  /// While a command is carried out nothing is read, so no pong is missed.
  void set_busy(bool busy);
  void on_time(time_point now) override;

  // ---- Listening

  subscription* find(room_id room);
  std::size_t subscriptions() const { return subscriptions_.size(); }
  /// Requires: find(room) == nullptr. Registered in the hub, muted.
  subscription& listen(room_id room);
  void stop_listening(subscription& s);
  /// The server ends it: the client is told.
  void unsubscribe(subscription& s, const unsubscription& why);

  place_in_hub place; ///< the hub's

private:
  enum class phase : std::uint8_t { opening, open, closing, gone };

  void wait_until_writable();
  void become_slow();
  void finish_sending();
  void set_deadline();
  void ping(time_point now);

  boost::asio::ip::tcp::socket socket_;
  hub* home_;
  context& shared_;
  outbox outbox_;
  std::vector<std::unique_ptr<subscription>> subscriptions_;
  std::optional<access_claims> who_;
  // Deadlines; each is `never` while it does not apply.
  static constexpr time_point never = time_point::max();
  time_point end_at_ = never; ///< opening: must have connected; open: the token has expired; closing: enough waited
  time_point ping_at_ = never;
  time_point pong_by_ = never; ///< a ping is out
  time_point drain_at_ = never;
  phase phase_ = phase::opening;
  bool blocked_ = false; ///< waits for the socket to become writable
  bool peer_has_closed_ = false;
  bool busy_ = false;
};

} // namespace palabre::http::realtime

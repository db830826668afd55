#pragma once
// The subscribers of one io thread. A committed batch comes to it once, as frames already encoded, and leaves in one
// gathered write per connection.

#include "base/ids.hpp"
#include "base/position.hpp"
#include "http/realtime/delivery.hpp"
#include "http/realtime/interest.hpp"
#include "http/realtime/outbox.hpp"
#include "http/realtime/timer_wheel.hpp"
#include "http/services.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <limits>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <unordered_map>
#include <vector>

namespace palabre::http::realtime {

class connection;
struct subscription;

/// Who in this hub listens to one room. The loop over `entries` is the hot path of the server.
struct room_subscribers {
  struct entry {
    stream_version last; ///< handed over up to here; `muted`: nothing is to be handed over yet
    connection* who;
    subscription* mine;
  };
  static constexpr stream_version muted = std::numeric_limits<stream_version>::max();

  room_id room;
  std::vector<entry> entries;
};

/// One room that one connection listens to. Owned by the connection; the hub sees it from subscribe() to unsubscribe().
struct subscription {
  room_id room;
  room_subscribers* in = nullptr;
  std::size_t index = 0;        ///< in in->entries
  stream_version member_at = 0; ///< the room's seq at which membership was looked up
  stream_version left_at = 0;   ///< while muted: the seq at which its user left the room; 0: has not
};

/// Where a connection stands in its hub.
struct place_in_hub {
  static constexpr std::uint32_t nothing = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t first_lent = nothing, last_lent = nothing; ///< in the round in work
  std::uint32_t index = 0;                                 ///< in the list of all
  bool in_round = false;                                   ///< in the list of those the round has frames for
  bool has_own = false;                                    ///< in the list of those with frames of their own
};

/// Threads: its io thread only, but for those marked. Lifetime: owned by the server, outlives its connections; those
/// that are left when it is destroyed are cut off from it.
class hub {
public:
  using time_point = timer_wheel::time_point;

  hub(boost::asio::io_context& io, services& edge);
  ~hub();
  hub(const hub&) = delete;
  hub& operator=(const hub&) = delete;

  // ---- Any thread

  /// Takes frames to deliver; what came meanwhile leaves together.
  void hand_over(delivery_ptr what);
  const interest& rooms_heard() const { return rooms_heard_; }
  std::size_t connections() const { return count_.load(std::memory_order_relaxed); }
  /// Ends all connections with 3001, spread evenly over `spread`.
  void drain(std::chrono::milliseconds spread);

  // ---- For its connections

  void add(connection& c);
  void remove(connection& c);
  /// From now on the connection ends with the user's session.
  void identify(connection& c, user_id user);
  void forget(connection& c, user_id user);

  /// Registers `s`, muted: from now on every record of the room is in a delivery, or at the log's head when this
  /// returns.
  void subscribe(connection& c, subscription& s);
  /// Lets records after `last` through. Requires: subscribed.
  void open(subscription& s, stream_version last);
  /// Subscribed or not.
  void unsubscribe(subscription& s);

  /// Sends what `c` has, once per turn of the io thread.
  void flush_soon(connection& c);
  /// Makes what was lent to `c` in the round in work its own, so that something can come behind it.
  void keep_lent(connection& c);

  void wake(timed& what, time_point at) { wheel_.set(what, at); }
  /// Where bytes are read into: one for all connections, valid until the next co_await.
  std::span<char> read_buffer() { return {read_buffer_.get(), read_buffer_bytes}; }
  /// Evenly in [from, to].
  std::chrono::milliseconds random_between(std::chrono::milliseconds from, std::chrono::milliseconds to);
  services& edge() { return edge_; }

private:
  static constexpr std::size_t read_buffer_bytes = 64 * 1024;

  struct lent_piece {
    lent_frames frames;
    std::uint32_t next;
  };

  // A round: all deliveries there are go to the connections' lists, then connection after connection is flushed, a few
  // per turn of the io thread. What comes meanwhile makes the next round: the busier the hub, the more leaves in one
  // write.
  bool begin_round();
  void go_on_with_round();
  bool take_a_turn();
  bool lend_some();
  bool flush_some();
  void end_round();

  void deliver(const delivery& what);
  void hand_out(const room_frames_ptr& frames, room_subscribers& room);
  void end_sessions(const delivery& what);
  void say_farewell(const room_frames_ptr& frames, const room_frames::farewell& to);
  void say_farewell(const room_frames_ptr& frames, stream_version seq, subscription& s);
  void lend(connection& c, const room_frames_ptr& owner, std::string_view bytes);
  std::span<const lent_frames> take_lent(connection& c);
  void flush_own();
  void keep_ticking();

  boost::asio::io_context& io_;
  services& edge_;
  interest rooms_heard_;
  std::atomic<std::size_t> count_{0};

  std::mutex inbox_mutex_;
  std::vector<delivery_ptr> inbox_; // by inbox_mutex_
  bool in_round_ = false;           // by inbox_mutex_: a round is posted or in work

  std::vector<connection*> all_;
  std::unordered_map<room_id, room_subscribers> rooms_;
  std::unordered_map<user_id, std::vector<connection*>> by_user_;

  // The round in work.
  std::vector<delivery_ptr> round_; ///< owns what is lent
  std::size_t delivered_ = 0;       ///< of round_
  std::vector<lent_piece> lent_;
  std::size_t lent_bytes_ = 0;       ///< at most so much to any one connection
  std::vector<connection*> lent_to_; ///< null: has gone meanwhile
  std::size_t flushed_ = 0;          ///< of lent_to_

  time_point::duration round_cost_{};
  time_point turned_; ///< when its last turn ended; the epoch: none has

  std::vector<connection*> have_own_; ///< null: has gone meanwhile
  bool own_posted_ = false;
  std::vector<lent_frames> gathered_;

  timer_wheel wheel_;
  boost::asio::steady_timer ticker_;
  boost::asio::steady_timer rest_; ///< between rounds
  bool ticking_ = false;
  std::minstd_rand dice_;
  std::unique_ptr<char[]> read_buffer_;
};

} // namespace palabre::http::realtime

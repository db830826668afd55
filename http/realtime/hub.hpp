#pragma once
// The subscribers of one io thread. A committed batch comes to it once, as frames already encoded, and leaves in one
// gathered write per connection.

#include "base/core_demand.hpp"
#include "base/ids.hpp"
#include "base/position.hpp"
#include "http/realtime/delivery.hpp"
#include "http/realtime/hub_tallies.hpp"
#include "http/realtime/interest.hpp"
#include "http/realtime/outbox.hpp"
#include "http/realtime/presence.hpp"
#include "http/realtime/subscription.hpp"
#include "http/realtime/timer_wheel.hpp"
#include "http/services.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <unordered_map>
#include <vector>

namespace palabre::http::realtime {

class connection;

/// Who in this hub listens to one channel. The loop over `entries` is the hot path of the server.
struct channel_subscribers {
  struct entry {
    stream_version last; ///< handed over up to here; or one of those below
    connection* who;
    subscription* mine;
  };
  static constexpr stream_version muted = std::numeric_limits<stream_version>::max(); ///< is handed nothing yet
  static constexpr stream_version particular = muted - 1; ///< is not handed the frames as they are: see `mine`

  channel_id channel;
  std::vector<entry> entries;
};

/// Where a connection stands in its hub.
struct place_in_hub {
  static constexpr std::uint32_t nothing = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t first_lent = nothing, last_lent = nothing; ///< in the round in work
  std::uint32_t lent_bytes = 0;                            ///< from the first to the last
  std::uint32_t index = 0;                                 ///< in the list of all
  std::uint32_t unsent = 0;                                ///< bytes, as they were last noted
  bool in_round = false;                                   ///< in the list of those the round has frames for
  bool has_own = false;                                    ///< in the list of those with frames of their own
  wire framing = wire::websocket;
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

  /// Takes frames to deliver; what came meanwhile leaves together. Queue when full (limits::hub_inbox_bytes_max):
  /// *drop and resync*: listeners of what was dropped recover from the log.
  void hand_over(delivery_ptr what);
  const interest& heard() const { return heard_; }
  /// The channels of which someone here wants to hear who comes and goes.
  const interest& joins_heard() const { return joins_heard_; }
  std::size_t connections() const { return count_.load(std::memory_order_relaxed); }
  const hub_tallies& counted() const { return tallies_; }
  /// Ends all connections with 3001, spread evenly over `spread`.
  void drain(std::chrono::milliseconds spread);

  // ---- For its connections

  void add(connection& c);
  void remove(connection& c);
  /// Registers `s`, muted: from now on every record of the channel is in a delivery, or at the log's head when this
  /// returns. Who is registered for `user:<id>` ends with the sessions of that user.
  void subscribe(connection& c, subscription& s);
  /// Lets records after `last` through. Requires: subscribed.
  void open(subscription& s, stream_version last);
  /// Subscribed or not.
  void unsubscribe(subscription& s);
  /// Who is there of those that let it be known, at most `max`.
  std::vector<client_info> present_in(const channel_id& channel, std::size_t max);

  /// The connections that were accepted for `user`.
  std::vector<connection*> connections_of(user_id user);
  const std::vector<connection*>& all() const { return all_; }
  const std::unordered_map<channel_id, channel_subscribers>& channels() const { return channels_; }

  /// Sends what `c` has, once per turn of the io thread.
  void flush_soon(connection& c);
  /// Makes what was lent to `c` in the round in work its own, so that something can come behind it.
  void keep_lent(connection& c);

  /// How much `c` has not sent by now.
  void note_unsent(connection& c, std::size_t bytes);
  void note_slow() { tallies_.slow_closed.add(); }

  void wake(timed& what, time_point at) { wheel_.set(what, at); }
  /// Where bytes are read into: one for all connections, valid until the next co_await.
  std::span<char> read_buffer() { return {read_buffer_.get(), read_buffer_bytes}; }
  /// How late the io thread is: commands wait for about so long before they are heard.
  std::chrono::milliseconds lateness() const { return lateness_; }
  /// Evenly in [from, to].
  std::chrono::milliseconds random_between(std::chrono::milliseconds from, std::chrono::milliseconds to);
  services& edge() { return edge_; }
  boost::asio::io_context& io() { return io_; }

private:
  static constexpr std::size_t read_buffer_bytes = 64 * 1024;

  struct lent_piece {
    lent_frames frames;
    std::uint32_t next;
  };

  struct reframing {
    reframing(const channel_frames* of, channel_frames_ptr into) : from(of), made(std::move(into)) {}
    const channel_frames* from;
    channel_frames_ptr made;
  };

  // A round: all deliveries there are go to the connections' lists, then connection after connection is flushed, a few
  // per turn of the io thread. What comes meanwhile, and while it rests behind a costly round, makes the next one: the
  // busier the hub, the more leaves in one write.
  bool begin_round();
  void go_on_with_round();
  bool take_a_turn();
  bool lend_some();
  bool flush_some();
  void end_round();
  time_point::duration first_rest(time_point::duration round_cost);
  time_point::duration longer_rest(time_point now);
  void rest(time_point until);

  void deliver(const delivery& what);
  void hand_out(const channel_frames_ptr& frames, channel_subscribers& to);
  void tell_lost(const channel_frames& frames, channel_subscribers& to);
  void hand_out_ephemera(const channel_frames_ptr& frames, channel_subscribers& to);
  bool hand_out_particular(const channel_frames_ptr& frames, channel_subscribers::entry& to);
  const std::vector<tag_map>& tags_in(const channel_frames_ptr& frames);
  void lend_between(const channel_frames_ptr& frames, stream_version after, stream_version last,
                    const channel_subscribers::entry& to);
  void lend_wanted(const channel_frames_ptr& frames, stream_version after, stream_version last,
                   const channel_subscribers::entry& to);
  const channel_frames_ptr& framed_for(const channel_frames_ptr& frames, wire framing);
  channel_subscribers* listeners(const channel_id& channel);
  std::vector<subscription*> subscriptions_of(user_id user, const channel_id& to);
  void end_sessions(const delivery& what);
  void change_role(const channel_frames& frames, const channel_frames::role_change& to);
  void say_farewell(const channel_frames_ptr& frames, const channel_frames::farewell& to);
  void say_farewell(const channel_frames_ptr& frames, stream_version offset, subscription& s);
  void lend(connection& c, const channel_frames_ptr& owner, std::string_view bytes, std::size_t publications);
  std::span<const lent_frames> take_lent(connection& c);
  void flush_own();
  void keep_ticking();

  boost::asio::io_context& io_;
  services& edge_;
  interest heard_, joins_heard_;
  std::atomic<std::size_t> count_{0};
  hub_tallies tallies_;

  std::mutex inbox_mutex_;
  std::vector<delivery_ptr> inbox_; // by inbox_mutex_
  time_point came_;                 // by inbox_mutex_: when its last one did
  std::size_t inbox_bytes_ = 0;     // by inbox_mutex_
  bool in_round_ = false;           // by inbox_mutex_: a round is posted or in work

  std::vector<connection*> all_;
  std::unordered_map<channel_id, channel_subscribers> channels_;

  // The round in work.
  std::vector<delivery_ptr> round_; ///< owns what is lent, with
  std::deque<reframing> reframed_;
  channel_frames_ptr tagged_; ///< of which frame by frame
  std::vector<tag_map> tags_; ///< are the tags
  std::size_t delivered_ = 0; ///< of round_
  std::vector<lent_piece> lent_;
  std::uint32_t most_lent_ = 0;      ///< bytes to any one connection
  std::vector<connection*> lent_to_; ///< null: has gone meanwhile
  std::size_t flushed_ = 0;          ///< of lent_to_

  time_point::duration round_cost_{};
  time_point rests_since_;
  time_point::duration first_rest_{}; ///< for so long at first
  core_demand demand_;
  time_point turned_; ///< when its last turn ended; the epoch: none has

  std::vector<connection*> have_own_; ///< null: has gone meanwhile
  bool own_posted_ = false;
  std::vector<lent_frames> gathered_;

  timer_wheel wheel_;
  boost::asio::steady_timer ticker_;
  boost::asio::steady_timer rest_; ///< between rounds
  bool ticking_ = false;
  std::chrono::milliseconds lateness_{0}; ///< of the last tick
  std::minstd_rand dice_;
  std::unique_ptr<char[]> read_buffer_;
};

} // namespace palabre::http::realtime

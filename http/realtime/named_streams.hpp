#pragma once
// The publications of named channels: in memory, for a while. What is gone after a restart is gone: clients notice by
// the epoch.

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/limits.hpp"
#include "http/realtime/delivery.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <limits>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::http::realtime {

class hubs;

/// What is published, as JSON.
struct named_publication {
  std::string_view data;
  std::string_view info; ///< of the client that published it; empty: it was none
  std::string_view tags; ///< an object; empty: none
};

struct stream_position {
  stream_version offset = 0; ///< 0: it has none
  std::string epoch;
};

/// A publication that is kept: its frame for wire::websocket.
struct kept_publication {
  stream_version offset = 0;
  timestamp at;
  channel_frames_ptr frames;
  std::uint32_t bytes = 0; ///< of its JSON, at the end of the frame

  /// `{"data":…,"offset":…,"info":…?,"tags":…?}`
  std::string_view json() const;
  /// The whole push.
  std::string_view push() const;
};

/// Which publications one wants: those with after < offset ≤ last, at most `limit`.
struct wanted_stretch {
  stream_version after = 0;
  stream_version last = std::numeric_limits<stream_version>::max();
  std::size_t limit = 0;
  bool newest_first = false; ///< then the newest of them
};

/// A stream at one moment.
struct stream_look {
  stream_version top = 0;
  std::string epoch;
  std::vector<kept_publication> publications;
};

/// The streams of all named channels. A stream is its epoch, the offset of its last publication, and the last
/// publications. It begins when it is first asked about or published to; it is forgotten 30 days after its last use,
/// or earlier if there are too many, those that nobody listens to first: then it begins anew, with another epoch, and
/// whoever listens still is told that something may be missing (hub: fall_behind). Bounds: limits::named_streams_max,
/// limits::named_history_bytes_max for all together; beyond them the least recently used of the fullest shard give way.
/// Threads: any.
/// Lifetime: all that it is given outlives it.
class named_streams {
public:
  struct bounds {
    std::size_t streams = limits::named_streams_max;
    std::size_t history_bytes = limits::named_history_bytes_max;
  };
  static constexpr std::chrono::hours forgotten_after{30 * 24};

  named_streams(const hubs& to, const clock& time, randomness& random, bounds most);
  named_streams(const hubs& to, const clock& time, randomness& random) : named_streams(to, time, random, bounds{}) {}
  ~named_streams();

  /// The next publication of a channel, kept for `ttl` among the last `size`. Every hub gets those of one channel in
  /// the order of their offsets. Requires: size > 0.
  stream_position publish(std::string_view channel, const named_publication& what, std::size_t size,
                          std::chrono::milliseconds ttl);
  /// To those who listen now: kept nowhere, without an offset.
  void publish_ephemeral(std::string_view channel, const named_publication& what) const;

  stream_look look(const channel_id& channel, const wanted_stretch& wanted);

  std::size_t streams() const { return streams_.load(std::memory_order_relaxed); }
  std::size_t history_bytes() const { return history_bytes_.load(std::memory_order_relaxed); }

private:
  struct stream;
  struct shard;
  using list = std::list<stream>;
  static constexpr std::size_t shards = 16;

  shard& shard_of(const channel_id& channel) const;
  stream& find(shard& in, const channel_id& channel, timestamp now);
  void let_go_of_expired(shard& in, timestamp now);
  void settle(shard& in, stream& s, timestamp now);
  void pop_front(shard& in, stream& s);
  void forget(shard& in, stream& s);
  void make_room();
  stream& least_needed(shard& in);
  void shrink_history(shard& in);
  std::string new_epoch() const;

  const hubs& to_;
  const clock& time_;
  randomness& random_;
  const bounds most_;
  std::atomic<std::size_t> streams_{0}, history_bytes_{0};
  std::unique_ptr<std::array<shard, shards>> shards_;
};

} // namespace palabre::http::realtime

#pragma once
#include "http/seeded_hash.hpp"

#include <array>
#include <chrono>
#include <mutex>
#include <unordered_map>

namespace palabre::http {

/// How often something may be done.
struct rate {
  std::chrono::microseconds interval{1'000'000}; ///< one in this time, in the long run
  unsigned burst = 1;                            ///< at once, after a pause
};

/// One token bucket per key, all of the same rate, as one time each: the time at which the bucket is full again
/// (generic cell rate algorithm). Threads: any. Bounded by keys_max: full buckets are forgotten first, and new
/// keys that find no room share one.
class token_buckets {
public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::size_t shards = 16;

  token_buckets(rate allowed, std::size_t keys_max) : allowed_(allowed), keys_per_shard_max_(keys_max / shards) {}

  struct drawn {
    std::chrono::milliseconds wait{0}; ///< zero: there was a token; else when there will be one
    unsigned left = 0;                 ///< tokens that are there still
    std::chrono::milliseconds full_in{0};
  };
  /// Takes a token, if there is one.
  drawn draw(const uuid& key, time_point now);
  std::chrono::milliseconds take(const uuid& key, time_point now) { return draw(key, now).wait; }

  const rate& allowed() const { return allowed_; }
  /// How long an empty bucket takes to fill.
  std::chrono::microseconds refill() const { return allowed_.interval * allowed_.burst; }

  /// Takes tokens for what was done already: the bucket may owe them, and who takes next waits for it.
  void owe(const uuid& key, time_point now, std::size_t tokens);

private:
  struct shard {
    std::mutex mutex;
    std::unordered_map<uuid, time_point, seeded_hash> full_at; // by mutex
    time_point overflow_full_at{};                             // by mutex: of those who find no room
    time_point swept_at = time_point::min();                   // by mutex
  };
  shard& shard_of(const uuid& key) { return shards_[seeded_hash{}(key) >> 32 & (shards - 1)]; }
  bool make_room(shard& s, time_point now) const;
  /// Where the key's bucket is, or that of those who find no room.
  time_point& bucket_of(shard& s, const uuid& key, time_point now) const;

  const rate allowed_;
  const std::size_t keys_per_shard_max_;
  std::array<shard, shards> shards_;
};

} // namespace palabre::http

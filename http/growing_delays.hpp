#pragma once
#include "http/seeded_hash.hpp"

#include <array>
#include <chrono>
#include <mutex>
#include <unordered_map>

namespace palabre::http {

/// How long who has failed again and again has to wait: nothing after the first few times, then twice as long each
/// time, up to a bound; a success forgives all. Threads: any. Bounded by keys_max: what
/// is old enough is forgotten first, then whoever failed least.
class growing_delays {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct growth {
    unsigned free = 4;                      ///< failures that cost nothing
    std::chrono::milliseconds first{4'000}; ///< after the next one
    std::chrono::milliseconds longest{900'000};
    std::chrono::minutes memory{60}; ///< a failure is forgotten by then
  };
  explicit growing_delays(growth how, std::size_t keys_max) : how_(how), keys_per_shard_max_(keys_max / shards) {}

  /// Zero: go on.
  std::chrono::milliseconds wait(const uuid& key, time_point now);
  void failed(const uuid& key, time_point now);
  void succeeded(const uuid& key);

private:
  static constexpr std::size_t shards = 16;
  struct failures {
    unsigned count = 0;
    time_point until{}, forgotten_at{};
  };
  struct shard {
    std::mutex mutex;
    std::unordered_map<uuid, failures, seeded_hash> of; // by mutex
  };
  shard& shard_of(const uuid& key) { return shards_[seeded_hash{}(key) >> 32 & (shards - 1)]; }
  std::chrono::milliseconds delay_after(unsigned count) const;
  void make_room(shard& s, time_point now) const;

  const growth how_;
  const std::size_t keys_per_shard_max_;
  std::array<shard, shards> shards_;
};

} // namespace palabre::http

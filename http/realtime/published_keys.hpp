#pragma once
// The idempotency keys of publications: a backend that did not hear the answer asks again, and nobody hears it twice.

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "http/realtime/named_streams.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace palabre::http::realtime {

/// Which keys came with a publication of which channel, and what was answered. In memory only: a restart forgets them,
/// as it forgets the publications. Bounds: `keys_max`; over it the oldest are forgotten before their time.
/// Threads: any. Lifetime: the clock outlives it.
class published_keys {
public:
  static constexpr std::chrono::minutes kept_for{5};
  static constexpr std::size_t keys_max = 200'000; ///< about 150 bytes each; 650 publications a second for `kept_for`

  explicit published_keys(const clock& time, std::size_t most = keys_max) : time_(time), most_(most) {}

  /// What `publish` answers; or what it answered when this key came to this channel within `kept_for` before, and then
  /// it is not called. Whoever comes with the same key meanwhile waits for it. `publish` must not block, nor ask this.
  stream_position once(std::string_view channel, std::string_view key, const std::function<stream_position()>& publish);

  std::size_t size() const;

private:
  /// A digest is as good as any other.
  struct first_bytes {
    std::size_t operator()(const short_digest& digest) const noexcept;
  };
  struct entry {
    timestamp at;
    short_digest digest;
    stream_position answered;
  };
  using list = std::list<entry>;

  static bool has_expired(const entry& e, timestamp now);
  void forget(list::iterator which);
  void forget_some(timestamp now);

  const clock& time_;
  const std::size_t most_;
  mutable std::mutex mutex_;
  // by mutex_:
  list kept_; ///< the oldest first
  std::unordered_map<short_digest, list::iterator, first_bytes> known_;
};

} // namespace palabre::http::realtime

#include "http/realtime/published_keys.hpp"

#include <cstring>
#include <iterator>
#include <string>

namespace palabre::http::realtime {

namespace {

/// A key has no zero byte, so that no two pairs give the same text.
short_digest digest_of(std::string_view channel, std::string_view key) {
  std::string both(key);
  both += '\0';
  both += channel;
  return shortened(sha256(both));
}

} // namespace

std::size_t published_keys::first_bytes::operator()(const short_digest& digest) const noexcept {
  std::size_t number;
  std::memcpy(&number, digest.data(), sizeof number);
  return number;
}

/// The lock is held while it is published: of two that come together one publishes.
stream_position published_keys::once(std::string_view channel, std::string_view key,
                                     const std::function<stream_position()>& publish) {
  const short_digest digest = digest_of(channel, key);
  const std::lock_guard lock(mutex_);
  const timestamp now = time_.now();
  forget_some(now);
  if (const auto known = known_.find(digest); known != known_.end()) {
    if (!has_expired(*known->second, now)) return known->second->answered;
    forget(known->second);
  }
  while (!kept_.empty() && kept_.size() >= most_) forget(kept_.begin());
  kept_.push_back({now, digest, publish()});
  known_.emplace(digest, std::prev(kept_.end()));
  return kept_.back().answered;
}

std::size_t published_keys::size() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

bool published_keys::has_expired(const entry& e, timestamp now) {
  return e.at.ms + std::chrono::milliseconds(kept_for).count() <= now.ms;
}

void published_keys::forget(list::iterator which) {
  known_.erase(which->digest);
  kept_.erase(which);
}

/// More than are added, and few enough that nobody waits for a cleaning.
void published_keys::forget_some(timestamp now) {
  constexpr int expired_per_use_max = 2;
  for (int i = 0; i < expired_per_use_max && !kept_.empty() && has_expired(kept_.front(), now); ++i)
    forget(kept_.begin());
}

} // namespace palabre::http::realtime

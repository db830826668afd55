#include "http/token_buckets.hpp"

#include <algorithm>

namespace palabre::http {

using std::chrono::ceil;
using std::chrono::milliseconds;

token_buckets::time_point& token_buckets::bucket_of(shard& s, const uuid& key, time_point now) const {
  const auto found = s.full_at.find(key);
  if (found != s.full_at.end()) return found->second;
  return make_room(s, now) ? s.full_at[key] : s.overflow_full_at;
}

token_buckets::drawn token_buckets::draw(const uuid& key, time_point now) {
  shard& s = shard_of(key);
  const std::lock_guard lock(s.mutex);
  time_point& full_at = bucket_of(s, key, now);
  const time_point after = std::max(full_at, now) + allowed_.interval;
  const auto wait = ceil<milliseconds>(after - now - refill());
  if (wait > milliseconds(0)) return {wait, 0, ceil<milliseconds>(full_at - now)};
  full_at = after;
  const auto left = (refill() - (after - now)) / allowed_.interval;
  return {milliseconds(0), static_cast<unsigned>(left), ceil<milliseconds>(after - now)};
}

void token_buckets::owe(const uuid& key, time_point now, std::size_t tokens) {
  shard& s = shard_of(key);
  const std::lock_guard lock(s.mutex);
  time_point& full_at = bucket_of(s, key, now);
  full_at = std::max(full_at, now) + allowed_.interval * static_cast<std::int64_t>(tokens);
}

/// Looks through a full shard at most once in the time in which a token comes back.
bool token_buckets::make_room(shard& s, time_point now) const {
  if (s.full_at.size() < keys_per_shard_max_) return true;
  if (s.swept_at != time_point::min() && now < s.swept_at + allowed_.interval) return false;
  s.swept_at = now;
  std::erase_if(s.full_at, [now](const auto& each) { return each.second <= now; });
  return s.full_at.size() < keys_per_shard_max_;
}

} // namespace palabre::http

#include "http/token_buckets.hpp"

#include <algorithm>

namespace palabre::http {

using std::chrono::milliseconds;

token_buckets::drawn token_buckets::draw(const uuid& key, time_point now) {
  shard& s = shards_[std::hash<uuid>{}(key) >> 32 & (shards - 1)];
  const std::lock_guard lock(s.mutex);
  const auto found = s.full_at.find(key);
  if (found == s.full_at.end() && !make_room(s, now)) return {allowed_.interval, 0, refill()};
  const time_point full_at = found == s.full_at.end() ? now : std::max(found->second, now);
  const time_point after = full_at + allowed_.interval;
  const auto wait = std::chrono::ceil<milliseconds>(after - now - refill());
  if (wait > milliseconds(0)) return {wait, 0, std::chrono::ceil<milliseconds>(full_at - now)};
  s.full_at.insert_or_assign(key, after);
  const auto full_in = std::chrono::ceil<milliseconds>(after - now);
  return {milliseconds(0), static_cast<unsigned>((refill() - full_in) / allowed_.interval), full_in};
}

void token_buckets::owe(const uuid& key, time_point now, std::size_t tokens) {
  shard& s = shards_[std::hash<uuid>{}(key) >> 32 & (shards - 1)];
  const std::lock_guard lock(s.mutex);
  const auto found = s.full_at.find(key);
  if (found == s.full_at.end() && !make_room(s, now)) return; // who takes next is refused for that
  const time_point full_at = found == s.full_at.end() ? now : std::max(found->second, now);
  s.full_at.insert_or_assign(key, full_at + allowed_.interval * static_cast<std::int64_t>(tokens));
}

bool token_buckets::make_room(shard& s, time_point now) const {
  if (s.full_at.size() < keys_per_shard_max_) return true;
  std::erase_if(s.full_at, [now](const auto& each) { return each.second <= now; });
  return s.full_at.size() < keys_per_shard_max_;
}

} // namespace palabre::http

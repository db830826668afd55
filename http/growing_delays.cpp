#include "http/growing_delays.hpp"

#include <algorithm>

namespace palabre::http {

using std::chrono::milliseconds;

milliseconds growing_delays::delay_after(unsigned count) const {
  if (count <= how_.free) return milliseconds(0);
  const unsigned doublings = std::min(count - how_.free - 1, 20u);
  return std::min(how_.first * (1u << doublings), how_.longest);
}

milliseconds growing_delays::wait(const uuid& key, time_point now) {
  shard& s = shard_of(key);
  const std::lock_guard lock(s.mutex);
  const auto found = s.of.find(key);
  if (found == s.of.end()) return milliseconds(0);
  if (found->second.forgotten_at <= now) {
    s.of.erase(found);
    return milliseconds(0);
  }
  return std::max(std::chrono::ceil<milliseconds>(found->second.until - now), milliseconds(0));
}

void growing_delays::failed(const uuid& key, time_point now) {
  shard& s = shard_of(key);
  const std::lock_guard lock(s.mutex);
  if (s.of.find(key) == s.of.end()) make_room(s, now);
  failures& all = s.of[key];
  all.until = now + delay_after(++all.count);
  all.forgotten_at = all.until + how_.memory;
}

void growing_delays::succeeded(const uuid& key) {
  shard& s = shard_of(key);
  const std::lock_guard lock(s.mutex);
  s.of.erase(key);
}

void growing_delays::make_room(shard& s, time_point now) const {
  if (s.of.size() < keys_per_shard_max_) return;
  std::erase_if(s.of, [now](const auto& each) { return each.second.forgotten_at <= now; });
  if (s.of.size() < keys_per_shard_max_) return;
  s.of.erase(std::ranges::min_element(s.of, {}, [](const auto& each) { return each.second.count; }));
}

} // namespace palabre::http

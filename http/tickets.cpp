#include "http/tickets.hpp"

#include "base/digest.hpp"
#include "base/limits.hpp"

#include <iterator>

namespace palabre::http {

namespace {

constexpr std::size_t secret_bytes = 32;

std::string hash_of(std::string_view ticket) {
  return std::string(as_bytes(sha256(ticket)));
}

} // namespace

result<std::string> ticket_office::issue(const access_claims& who, std::string path, randomness& random,
                                         timestamp now) {
  std::uint8_t secret[secret_bytes];
  random.fill(secret, sizeof secret);
  std::string ticket = to_base64url({reinterpret_cast<const char*>(secret), sizeof secret});
  const timestamp expires_at{now.ms + std::chrono::milliseconds(limits::ticket_life).count()};

  const std::lock_guard lock(mutex_);
  forget_expired(now);
  if (const auto has = of_user_.find(who.user); has != of_user_.end() && has->second >= limits::tickets_per_user_max)
    return error{errc::limit_exceeded, "tickets_per_user: at most " + std::to_string(limits::tickets_per_user_max) +
                                           " that are not used yet"};
  ++of_user_[who.user];
  live_.push_back({hash_of(ticket), who, std::move(path), expires_at});
  by_hash_.emplace(live_.back().hash, std::prev(live_.end()));
  return ticket;
}

std::optional<access_claims> ticket_office::redeem(std::string_view ticket, std::string_view path, timestamp now) {
  const std::string hash = hash_of(ticket);
  const std::lock_guard lock(mutex_);
  forget_expired(now);
  const auto found = by_hash_.find(hash);
  if (found == by_hash_.end()) return std::nullopt;
  const place which = found->second;
  const std::optional<access_claims> who = which->path == path ? std::optional(which->who) : std::nullopt;
  forget(which);
  return who;
}

void ticket_office::forget(place which) {
  const auto count = of_user_.find(which->who.user);
  if (--count->second == 0) of_user_.erase(count);
  by_hash_.erase(which->hash);
  live_.erase(which);
}

void ticket_office::forget_expired(timestamp now) {
  while (!live_.empty() && live_.front().expires_at <= now) forget(live_.begin());
}

} // namespace palabre::http

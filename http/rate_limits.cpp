#include "http/rate_limits.hpp"

#include "base/digest.hpp"
#include "base/stream_id.hpp"
#include "http/server/client_address.hpp"

#include <algorithm>

namespace palabre::http {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t keys_max = 65'536;

rate per_second(unsigned n, unsigned seconds_at_once) {
  return {microseconds(1'000'000 / std::max(1u, n)), std::max(1u, n * seconds_at_once)};
}

rate per_minute(unsigned n) {
  return {microseconds(60'000'000 / std::max(1u, n)), std::max(1u, n)};
}

/// Of someone who tries one account from one address: others who use either are not held up by them.
uuid pair_of(const uuid& account, const uuid& address) {
  std::string both;
  append_bytes(both, account);
  append_bytes(both, address);
  uuid key;
  key.bytes = shortened(sha256(both));
  return key;
}

std::string_view words_of(rate_class of) {
  switch (of) {
  case rate_class::read: return "too many requests";
  case rate_class::write: return "too many changes";
  case rate_class::look_back: return "too many looks back; one that goes through much counts as several";
  case rate_class::register_: return "too many accounts from this address";
  case rate_class::log_in: return "too many tries to log in";
  case rate_class::join: return "too many tries to join";
  case rate_class::typing: return "typing: at most one a second in a room; listeners know already";
  case rate_class::address:
  case rate_class::unlimited:
  case rate_class::by_verb: break;
  }
  return "too many requests";
}

} // namespace

std::string_view name_of(rate_class c) {
  switch (c) {
  case rate_class::unlimited: return "unlimited";
  case rate_class::read: return "read";
  case rate_class::write: return "write";
  case rate_class::look_back: return "look_back";
  case rate_class::register_: return "register";
  case rate_class::log_in: return "log_in";
  case rate_class::join: return "join";
  case rate_class::typing: return "typing";
  case rate_class::address: return "address";
  case rate_class::by_verb: break;
  }
  return "by_verb";
}

rate_limits::class_buckets::class_buckets(rate of_one)
    : each(of_one, keys_max),
      networks({of_one.interval / addresses_in_network, of_one.burst * addresses_in_network}, keys_max) {}

rate_limits::rate_limits(const rate_settings& allowed, bool enabled)
    : enabled_(enabled), addresses_(per_second(allowed.address_per_second, 4)),
      reads_(per_second(allowed.requests_per_second, 4)), writes_(per_second(allowed.writes_per_second, 5)),
      looks_back_(per_second(allowed.looks_back_per_second, 2)), joins_(per_minute(allowed.joins_per_minute)),
      typing_({microseconds(1'000'000), 5}), registrations_(per_minute(allowed.registrations_per_minute)),
      logins_(per_minute(allowed.login_per_minute)), accounts_(per_minute(allowed.login_per_minute), keys_max),
      pairs_(per_minute(allowed.login_per_minute), keys_max), wrong_passwords_({}, keys_max) {}

rate_limits::class_buckets* rate_limits::buckets_of(rate_class of) {
  switch (of) {
  case rate_class::read: return &reads_;
  case rate_class::write: return &writes_;
  case rate_class::look_back: return &looks_back_;
  case rate_class::register_: return &registrations_;
  case rate_class::log_in: return &logins_;
  case rate_class::join: return &joins_;
  case rate_class::typing: return &typing_;
  case rate_class::address: return &addresses_;
  case rate_class::unlimited:
  case rate_class::by_verb: break;
  }
  return nullptr;
}

problem rate_limits::say_no(rate_class of, std::string_view words, milliseconds wait) {
  refused_[static_cast<std::size_t>(of)].add();
  return rate_limited(std::string(words), wait);
}

std::optional<problem> rate_limits::refuse(token_buckets& by, rate_class of, const uuid& key, time_point now,
                                           rate_standing* standing, std::string_view words) {
  const auto drawn = by.draw(key, now);
  if (standing)
    *standing = {of, by.allowed().burst, drawn.left, drawn.full_in, std::chrono::ceil<milliseconds>(by.refill())};
  if (drawn.wait.count() == 0) return std::nullopt;
  return say_no(of, words, drawn.wait);
}

/// The network pays only for what its address may do: one that is too loud takes nothing from its neighbours.
std::optional<problem> rate_limits::refuse(class_buckets& by, rate_class of, const uuid& key, time_point now,
                                           rate_standing* standing, std::string_view words) {
  if (auto refusal = refuse(by.each, of, key, now, standing, words)) return refusal;
  const auto network = network_of(key);
  if (!network) return std::nullopt;
  rate_standing of_network;
  auto refusal = refuse(by.networks, of, *network, now, &of_network, words);
  if (refusal && standing) *standing = of_network;
  return refusal;
}

std::optional<problem> rate_limits::take_address(const uuid& address, time_point now, rate_standing* standing) {
  if (!enabled_ || address.is_nil()) return std::nullopt;
  return refuse(addresses_, rate_class::address, address, now, standing, "too many requests from this address");
}

std::optional<problem> rate_limits::take(rate_class of, const uuid& key, time_point now, rate_standing* standing) {
  class_buckets* buckets = enabled_ ? buckets_of(of) : nullptr;
  if (!buckets) return std::nullopt;
  return refuse(*buckets, of, key, now, standing, words_of(of));
}

std::vector<edge_counts::named> rate_limits::refusals() const {
  std::vector<edge_counts::named> all;
  for (std::size_t i = static_cast<std::size_t>(rate_class::read); i < classes; ++i)
    all.push_back({name_of(static_cast<rate_class>(i)), refused_[i].value()});
  return all;
}

void rate_limits::owe(rate_class of, const uuid& key, time_point now, std::size_t tokens) {
  if (class_buckets* buckets = enabled_ ? buckets_of(of) : nullptr) buckets->each.owe(key, now, tokens);
}

bool rate_limits::is_known(const uuid& pair) {
  const std::lock_guard lock(known_.mutex);
  return known_.pairs.count(pair) != 0;
}

std::optional<problem> rate_limits::before_login(const uuid& account, const uuid& address, time_point now,
                                                 rate_standing* standing) {
  if (!enabled_) return std::nullopt;
  constexpr std::string_view words = "too many tries to log in to this account";
  const uuid pair = pair_of(account, address);
  const auto wait = wrong_passwords_.wait(pair, now);
  if (wait.count() > 0) {
    if (standing) *standing = {rate_class::log_in, 1, 0, wait, wait};
    return say_no(rate_class::log_in, words, wait);
  }
  if (is_known(pair)) return refuse(pairs_, rate_class::log_in, pair, now, standing, words);
  return refuse(accounts_, rate_class::log_in, account, now, standing, words);
}

void rate_limits::after_login(const uuid& account, const uuid& address, bool right, time_point now) {
  if (!enabled_) return;
  const uuid pair = pair_of(account, address);
  if (!right) return wrong_passwords_.failed(pair, now);
  wrong_passwords_.succeeded(pair);
  const std::lock_guard lock(known_.mutex);
  if (known_.pairs.size() >= keys_max) known_.pairs.clear();
  known_.pairs.insert(pair);
}

} // namespace palabre::http

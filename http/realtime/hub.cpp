#include "http/realtime/hub.hpp"

#include "base/assert.hpp"
#include "http/realtime/connection.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstring>

namespace palabre::http::realtime {

namespace {

void forget_in(std::vector<connection*>& list, const connection* gone) {
  const auto found = std::find(list.begin(), list.end(), gone);
  if (found != list.end()) *found = nullptr;
}

bool is_listed(const subscription& s) {
  return !s.terms || s.terms->is_listed;
}

std::uint32_t seed_from(randomness& random) {
  std::uint8_t bytes[4];
  random.fill(bytes, sizeof bytes);
  std::uint32_t seed;
  std::memcpy(&seed, bytes, sizeof seed);
  return seed;
}

} // namespace

hub::hub(boost::asio::io_context& io, services& edge)
    : io_(io), edge_(edge), wheel_(std::chrono::steady_clock::now()), ticker_(io), rest_(io),
      dice_(seed_from(edge.random)), read_buffer_(std::make_unique_for_overwrite<char[]>(read_buffer_bytes)) {}

hub::~hub() {
  while (!all_.empty()) all_.back()->orphan();
}

// ---- Any thread

void hub::hand_over(delivery_ptr what) {
  const std::size_t bytes = what->bytes();
  {
    const std::lock_guard lock(inbox_mutex_);
    if (inbox_bytes_ + bytes > limits::hub_inbox_bytes_max)
      what = without_frames(*what);
    else
      inbox_bytes_ += bytes;
    inbox_.push_back(std::move(what));
    came_ = std::chrono::steady_clock::now();
    if (std::exchange(in_round_, true)) return;
  }
  boost::asio::post(io_, [this] {
    if (begin_round()) go_on_with_round();
  });
}

void hub::drain(std::chrono::milliseconds spread) {
  boost::asio::post(io_, [this, spread] {
    const time_point now = std::chrono::steady_clock::now();
    for (connection* each : all_) each->drain_at(now + random_between(std::chrono::milliseconds(0), spread));
  });
}

// ---- Connections

void hub::add(connection& c) {
  c.place.index = static_cast<std::uint32_t>(all_.size());
  all_.push_back(&c);
  count_.fetch_add(1, std::memory_order_relaxed);
  tallies_.connections[static_cast<std::size_t>(c.place.framing)].add();
  if (!std::exchange(ticking_, true)) keep_ticking();
}

void hub::remove(connection& c) {
  all_.back()->place.index = c.place.index;
  all_[c.place.index] = all_.back();
  all_.pop_back();
  count_.fetch_sub(1, std::memory_order_relaxed);
  tallies_.connections[static_cast<std::size_t>(c.place.framing)].take();
  note_unsent(c, 0);
  if (c.place.in_round) forget_in(lent_to_, &c);
  if (c.place.has_own) forget_in(have_own_, &c);
}

void hub::subscribe(connection& c, subscription& s) {
  heard_.add(s.channel);
  channel_subscribers& to = channels_[s.channel];
  to.channel = s.channel;
  s.in = &to;
  s.index = static_cast<std::uint32_t>(to.entries.size());
  to.entries.push_back({channel_subscribers::muted, &c, &s});
  tallies_.subscriptions.add();
}

void hub::open(subscription& s, stream_version last) {
  channel_subscribers::entry& mine = s.in->entries[s.index];
  s.last = last;
  if (s.wants_joins) joins_heard_.add(s.channel);
  const bool plain = mine.who->place.framing == wire::websocket && !(s.terms && s.terms->filter);
  mine.last = plain ? last : channel_subscribers::particular;
}

void hub::unsubscribe(subscription& s) {
  if (s.in == nullptr) return;
  auto& entries = s.in->entries;
  if (s.wants_joins && entries[s.index].last != channel_subscribers::muted) joins_heard_.remove(s.channel);
  entries[s.index] = entries.back();
  entries[s.index].mine->index = s.index;
  entries.pop_back();
  s.in = nullptr;
  tallies_.subscriptions.take();
  if (entries.empty()) channels_.erase(s.channel);
  heard_.remove(s.channel);
}

std::vector<client_info> hub::present_in(const channel_id& channel, std::size_t max) {
  std::vector<client_info> found;
  const channel_subscribers* all = listeners(channel);
  if (all == nullptr) return found;
  for (const auto& each : all->entries)
    if (each.mine->is_present && is_listed(*each.mine) && found.size() < max)
      found.push_back(info_of(each.who->client(), each.who->who(), *each.mine));
  return found;
}

std::vector<connection*> hub::connections_of(user_id user) {
  std::vector<connection*> found;
  if (const channel_subscribers* own = listeners(channel_of(user)))
    for (const auto& each : own->entries) found.push_back(each.who);
  return found;
}

std::vector<subscription*> hub::subscriptions_of(user_id user, const channel_id& to) {
  std::vector<subscription*> found;
  if (const channel_subscribers* own = listeners(channel_of(user)))
    for (const auto& each : own->entries)
      if (subscription* s = each.who->find(to); s != nullptr && s->in != nullptr) found.push_back(s);
  return found;
}

channel_subscribers* hub::listeners(const channel_id& channel) {
  const auto found = channels_.find(channel);
  return found == channels_.end() ? nullptr : &found->second;
}

void hub::note_unsent(connection& c, std::size_t bytes) {
  if (c.place.unsent == bytes) return;
  tallies_.unsent_bytes.add(bytes - c.place.unsent); // wraps around when there are fewer
  c.place.unsent = static_cast<std::uint32_t>(bytes);
}

// ---- Time

/// The ticks stop with the last connection.
void hub::keep_ticking() {
  ticker_.expires_after(timer_wheel::tick);
  ticker_.async_wait([this](boost::system::error_code failed) {
    if (failed) return;
    const time_point now = std::chrono::steady_clock::now();
    lateness_ = std::chrono::duration_cast<std::chrono::milliseconds>(now - ticker_.expiry());
    tallies_.lateness_ms.set(static_cast<std::uint64_t>(std::max<std::int64_t>(0, lateness_.count())));
    wheel_.advance(now);
    if (all_.empty()) {
      ticking_ = false;
      tallies_.lateness_ms.set(0);
    } else
      keep_ticking();
  });
}

std::chrono::milliseconds hub::random_between(std::chrono::milliseconds from, std::chrono::milliseconds to) {
  return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(from.count(), to.count())(dice_));
}

} // namespace palabre::http::realtime

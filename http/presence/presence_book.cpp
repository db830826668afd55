#include "http/presence/presence_book.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <limits>

namespace palabre::http {
namespace {

constexpr timestamp never{std::numeric_limits<std::int64_t>::max()};

} // namespace

/// An expiry is of no interest once they are offline: the next arrival finds it.
bool presence_book::entry::wants_report() const {
  return now_is != reported || (has_expired && now_is != status::offline);
}

bool presence_book::entry::is_finished() const {
  return connections == 0 && now_is == status::offline && !in_flight && !wants_report();
}

// ---- What happens

bool presence_book::arrive(user_id user, timestamp now) {
  const auto [at, is_new] = entries_.try_emplace(user);
  entry& e = at->second;
  if (is_new) e.away_after = limits::auto_away_after_default;
  // A connection that takes the place of one that was lost says nothing about the person behind it.
  const bool comes_back = e.now_is != status::offline && e.departed_at && now < later_by(*e.departed_at, grace_);
  ++e.connections;
  if (!comes_back) {
    e.acted_at = now;
    e.now_is = status::online;
  }
  schedule(user, e);
  return is_new;
}

void presence_book::act(user_id user, timestamp now) {
  const auto found = entries_.find(user);
  if (found == entries_.end()) return;
  entry& e = found->second;
  e.acted_at = now; // its wake is early now, and will be found so
  if (e.now_is != status::away) return;
  e.now_is = status::online;
  schedule(user, e);
}

void presence_book::depart(user_id user, timestamp now) {
  const auto found = entries_.find(user);
  PALABRE_ASSERT(found != entries_.end() && found->second.connections > 0);
  entry& e = found->second;
  advance(e, now); // what they were until now is what they are for the grace
  --e.connections;
  e.departed_at = now;
  schedule(user, e);
}

void presence_book::configure(user_id user, std::chrono::seconds auto_away_after, timestamp now) {
  const auto found = entries_.find(user);
  if (found == entries_.end()) return;
  entry& e = found->second;
  e.away_after = auto_away_after;
  if (e.now_is == status::away && now < later_by(e.acted_at, e.away_after)) e.now_is = status::online;
  schedule(user, e);
}

void presence_book::expires(user_id user, std::optional<timestamp> at) {
  const auto found = entries_.find(user);
  if (found == entries_.end()) return;
  found->second.expires_at = at;
  schedule(user, found->second);
}

// ---- What follows

std::vector<presence_book::transition> presence_book::tick(timestamp now, std::size_t at_most) {
  std::vector<transition> handed_out;
  while (!due_.empty() && due_.begin()->first <= now && handed_out.size() < at_most) {
    const auto at = entries_.find(due_.begin()->second);
    entry& e = at->second;
    advance(e, now);
    if (!e.in_flight && e.wants_report() && e.not_before <= now) {
      e.in_flight = e.now_is;
      e.has_expired = false;
      handed_out.push_back({at->first, e.now_is});
    }
    schedule(at->first, e);
    free_if_finished(at);
  }
  return handed_out;
}

void presence_book::reported(user_id user) {
  const auto at = entries_.find(user);
  PALABRE_ASSERT(at != entries_.end() && at->second.in_flight);
  at->second.reported = *std::exchange(at->second.in_flight, std::nullopt);
  schedule(user, at->second);
  free_if_finished(at);
}

void presence_book::failed(user_id user, timestamp again_at) {
  const auto at = entries_.find(user);
  PALABRE_ASSERT(at != entries_.end() && at->second.in_flight);
  entry& e = at->second;
  e.in_flight.reset();
  e.not_before = again_at;
  e.reported.reset(); // it may have been carried out after all
  schedule(user, e);
}

presence_book::status presence_book::automatic(user_id user) const {
  const auto found = entries_.find(user);
  return found == entries_.end() ? status::offline : found->second.now_is;
}

// ---- Time

void presence_book::advance(entry& e, timestamp now) const {
  if (e.connections == 0) {
    if (e.departed_at && now >= later_by(*e.departed_at, grace_)) e.now_is = status::offline;
  } else if (e.now_is == status::online && now >= later_by(e.acted_at, e.away_after)) {
    e.now_is = status::away;
  }
  if (e.expires_at && *e.expires_at <= now) {
    e.expires_at.reset();
    e.has_expired = true;
  }
}

timestamp presence_book::next_wake(const entry& e) const {
  timestamp at = never;
  if (!e.in_flight && e.wants_report()) at = std::min(at, e.not_before);
  if (e.connections == 0 && e.now_is != status::offline) at = std::min(at, later_by(*e.departed_at, grace_));
  if (e.connections > 0 && e.now_is == status::online) at = std::min(at, later_by(e.acted_at, e.away_after));
  if (e.expires_at) at = std::min(at, *e.expires_at);
  return at;
}

void presence_book::schedule(user_id user, entry& e) {
  const timestamp at = next_wake(e);
  if (e.wake == at) return;
  if (e.wake) due_.erase({*e.wake, user});
  e.wake.reset();
  if (at == never) return;
  due_.emplace(at, user);
  e.wake = at;
}

void presence_book::free_if_finished(entries::iterator at) {
  if (!at->second.is_finished()) return;
  if (at->second.wake) due_.erase({*at->second.wake, at->first});
  freed_.push_back(at->first);
  entries_.erase(at);
}

} // namespace palabre::http

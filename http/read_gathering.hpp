#pragma once
// Which advances of read positions become events, and when (decisions.md 12). Neither clock nor threads nor sockets in
// it: http/read_positions.hpp puts those around.

#include "base/ids.hpp"
#include "base/limits.hpp"
#include "base/position.hpp"
#include "base/result.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace palabre::http {

/// One user's place in one room.
struct reader {
  user_id user;
  room_id room;
  friend bool operator==(const reader&, const reader&) = default;
};
struct reader_hash {
  std::size_t operator()(const reader& r) const noexcept {
    return std::hash<uuid>{}(r.user) * 31 ^ std::hash<uuid>{}(r.room);
  }
};

/// Gathers advances so that a reader's place takes at most one event in `pause`, counted from when the last one was
/// durable. The first advance takes off at once; those that come while it is in flight, or in the pause behind it, take
/// off together as one, the highest, when the pause is over. Each caller is given back once: when the flight that
/// covers its seq has landed.
/// Threads: one at a time. Memory: an entry for each reader with a flight within the last pause. Bound:
/// limits::read_callers_max waiting for one reader, beyond: *refuse*.
template <class Caller>
class read_gathering {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// What goes to the actor: on behalf of whoever wants the highest seq.
  struct flight {
    stream_version seq = 0;
    std::string correlation;
  };
  /// What became of a caller that came: at most one is set. The caller waits unless it is covered or refused.
  struct entered {
    std::optional<flight> takes_off = std::nullopt;   ///< now, and land() has to follow
    std::optional<time_point> wake_at = std::nullopt; ///< when take_off() has to be called
    std::optional<position> covered = std::nullopt;   ///< by an event that is durable up to here: answer the caller
    std::optional<error> refused = std::nullopt;      ///< overloaded: answer the caller
  };
  /// Callers to be answered with what they waited for, and what comes next.
  struct landed {
    std::vector<Caller> callers;
    std::optional<time_point> next_due; ///< when take_off() has to be called; `waker` is one of those who wait for it
    const Caller* waker = nullptr;      ///< valid until the next call of any member
  };

  explicit read_gathering(std::chrono::milliseconds pause) : pause_(pause) {}

  entered enter(const reader& who, flight wanted, Caller caller, time_point now) {
    forget_rested(now);
    const auto [found, is_new] = places_.try_emplace(who);
    place& at = found->second;
    const bool rested = !at.in_flight && at.gathered.empty() && at.free_at <= now;
    if (is_new || (rested && wanted.seq > at.reached))
      return {.takes_off = start(at, std::move(wanted), std::move(caller))};
    if (wanted.seq <= at.reached) return {.covered = at.durable};
    if (at.aboard.size() + at.gathered.size() >= limits::read_callers_max)
      return {.refused = error{errc::overloaded, "read_callers: at most " + std::to_string(limits::read_callers_max)}};
    if (at.in_flight && wanted.seq <= at.flying) {
      at.aboard.push_back(std::move(caller));
      return {};
    }
    if (wanted.seq > at.next.seq) at.next = std::move(wanted);
    at.gathered.push_back(std::move(caller));
    const bool first_behind = !at.in_flight && at.gathered.size() == 1; // nothing lands that would wake it
    return first_behind ? entered{.wake_at = at.free_at} : entered{};
  }

  /// The flight of `who` has ended: durable up to a position, or an error. Requires: one is in flight.
  landed land(const reader& who, const result<position>& with, time_point now) {
    place& at = places_.at(who);
    at.in_flight = false;
    at.free_at = now + pause_;
    if (with) {
      at.reached = at.flying;
      at.durable = with.value();
    }
    landed done{std::exchange(at.aboard, {}), {}, nullptr};
    if (at.gathered.empty()) {
      resting_.emplace_back(at.free_at, who);
    } else {
      done.next_due = at.free_at;
      done.waker = &at.gathered.front();
    }
    return done;
  }

  /// What was gathered takes off; land() has to follow. Requires: it is due.
  flight take_off(const reader& who) {
    place& at = places_.at(who);
    flight next = std::exchange(at.next, {});
    at.aboard = std::exchange(at.gathered, {});
    at.flying = next.seq;
    at.in_flight = true;
    return next;
  }

  /// All callers that wait, for whatever: nothing lands any more.
  std::vector<Caller> abandon() {
    std::vector<Caller> all;
    for (auto& [who, at] : places_)
      for (auto* callers : {&at.aboard, &at.gathered})
        for (Caller& caller : *callers) all.push_back(std::move(caller));
    places_.clear();
    resting_.clear();
    return all;
  }

  std::size_t readers() const { return places_.size(); }

private:
  struct place {
    bool in_flight = false;
    stream_version flying = 0;    ///< seq of the flight, or of the last one
    std::vector<Caller> aboard;   ///< wait for it
    stream_version reached = 0;   ///< by a flight that landed well; 0: none yet
    position durable;             ///< where that is in the log
    flight next;                  ///< what `gathered` wait for
    std::vector<Caller> gathered; ///< not empty: wake_at or next_due was given, or will be when the flight lands
    time_point free_at;           ///< end of the pause, once landed
  };

  flight start(place& at, flight wanted, Caller caller) {
    at.in_flight = true;
    at.flying = wanted.seq;
    at.aboard.push_back(std::move(caller));
    return wanted;
  }

  /// Whoever rested through a whole pause begins anew next time.
  void forget_rested(time_point now) {
    for (; !resting_.empty() && resting_.front().first <= now; resting_.pop_front()) {
      const auto found = places_.find(resting_.front().second);
      if (found == places_.end()) continue;
      const place& at = found->second;
      if (!at.in_flight && at.gathered.empty() && at.free_at <= now) places_.erase(found);
    }
  }

  const std::chrono::milliseconds pause_;
  std::unordered_map<reader, place, reader_hash> places_;
  std::deque<std::pair<time_point, reader>> resting_; ///< in order of time; some may have taken off since
};

} // namespace palabre::http

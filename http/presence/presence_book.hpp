#pragma once
// Who has how many connections, and what follows from it when: the arithmetic of presence, without threads, timers or
// I/O. Time comes in as a parameter.

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "events/presence.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace palabre::http {

/// `from`, and so much later.
inline timestamp later_by(timestamp from, std::chrono::milliseconds time) {
  return {from.ms + time.count()};
}

/// Keeps one entry for each user with connections, or whose last word has not been reported yet. A user is
///   online   with a connection, and for the grace after the last one went;
///   away     the same, without having acted for their own idle time;
///   offline  once the grace is over.
/// Whoever comes back within the grace is what they were: no transition. A transition is handed out once, and the
/// user's next one not before the outcome of the first is known.
/// Threads: one at a time. Lifetime: of its own.
class presence_book {
public:
  using status = events::presence_status; ///< online, away or offline here, never busy
  using milliseconds = std::chrono::milliseconds;

  explicit presence_book(milliseconds grace) : grace_(grace) {}

  // ---- What happens

  /// One more connection. True: the user was not in the book.
  bool arrive(user_id user, timestamp now);
  /// The user did something. Constant time: it is called for every command.
  void act(user_id user, timestamp now);
  /// One connection less. Requires: arrived.
  void depart(user_id user, timestamp now);
  /// The user's own idle time; the default until it is known.
  void configure(user_id user, std::chrono::seconds auto_away_after, timestamp now);
  /// When the status set by hand ends: the user is to be reported then. nullopt: it does not end.
  void expires(user_id user, std::optional<timestamp> at);

  // ---- What follows

  struct transition {
    user_id user;
    status automatic;
    friend bool operator==(const transition&, const transition&) = default;
  };
  /// What is due, in the order in which it became due; the rest stays due. Each has to be followed by reported() or
  /// failed().
  std::vector<transition> tick(timestamp now, std::size_t at_most);
  /// The transition in flight was carried out.
  void reported(user_id user);
  /// It was not, or nobody knows: again at `again_at`, with what is true then.
  void failed(user_id user, timestamp again_at);
  /// Who left the book since the last call: offline, and reported as such.
  std::vector<user_id> take_freed() { return std::exchange(freed_, {}); }

  bool knows(user_id user) const { return entries_.contains(user); }
  /// As of the last tick.
  status automatic(user_id user) const;
  std::size_t size() const { return entries_.size(); }

private:
  struct entry {
    std::size_t connections = 0;
    timestamp acted_at;
    std::optional<timestamp> departed_at; ///< of any connection
    milliseconds away_after{};
    status now_is = status::offline;
    std::optional<status> reported = status::offline; ///< nullopt: nobody knows
    std::optional<status> in_flight;
    std::optional<timestamp> expires_at;
    timestamp not_before;          ///< after a failure
    bool has_expired = false;      ///< the status set by hand, and that is not reported yet
    std::optional<timestamp> wake; ///< its place in due_: never later than something is due
    bool wants_report() const;
    bool is_finished() const;
  };
  using entries = std::unordered_map<user_id, entry>;

  void advance(entry& e, timestamp now) const;
  timestamp next_wake(const entry& e) const;
  void schedule(user_id user, entry& e);
  void free_if_finished(entries::iterator at);

  const milliseconds grace_;
  entries entries_;
  std::set<std::pair<timestamp, user_id>> due_;
  std::vector<user_id> freed_;
};

} // namespace palabre::http

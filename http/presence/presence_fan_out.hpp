#pragma once
// Who is to be told what about whose presence. Facts come in from the log; every interval leaves, for each person who
// changed, the last state to everyone connected who shares a room with them, and for rooms that are too large for that
// how many are there.

#include "http/presence/contacts_index.hpp"
#include "http/presence/presence_absences.hpp"
#include "http/presence/presence_fact.hpp"
#include "http/presence/presence_lease.hpp"
#include "http/presence/presence_outlets.hpp"
#include "projections/roster.hpp"

#include <deque>
#include <mutex>

namespace palabre::http {

/// Nothing is missed: a person enters first, then their rooms are read from views that have reached the log's head as
/// it was then, and facts that come later are applied to that. What others were told between entering and being read
/// is told to them then. A person leaves once the last fact about them has been told.
/// Threads: one (the desk's ticks), but gathered_in(). Errors of the views: tried again at the next call.
/// Limits: who is not connected is not counted; whoever joins a room asks for the presence of its members.
class presence_fan_out {
public:
  presence_fan_out(const presence_lease& lease, const projections::presence_queries& rows,
                   const projections::roster_queries& roster, std::size_t individuals_max)
      : lease_(lease), rows_(rows), roster_(roster), individuals_max_(individuals_max), absences_(lease, rows, roster) {
  }

  // ---- Who is connected

  /// `head`: the log's, read after the connection was counted.
  void enter(user_id user, position head);
  /// Offline, which the event at `offline_at` says (0: no event had to).
  void leave(user_id user, position offline_at);
  /// Facts were lost: everything is read anew from views that have reached `head`.
  void resync(position head);

  /// What the views have about those who entered, as far as these have reached what is needed: at most `at_most`.
  struct found {
    user_id user;
    projections::presence_row row;
  };
  std::vector<found> read_entered(position applied, std::size_t at_most, const presence_outlets& out);

  // ---- What is told

  void take_in(const presence_fact& fact);
  /// An interval is over: what changed in it leaves.
  void flush(timestamp now, const presence_outlets& out);
  /// The leases of other boots have ended.
  void look_for_ghosts() { absences_.look_for_ghosts(); }
  /// A step of telling about people who are not connected, unless rooms of some who came are yet to be read.
  void tell_of_absent(timestamp now, position applied, const presence_outlets& out);
  /// Forgets who has left and of whom all has been told.
  void forget_left();

  // ---- Any thread

  struct gathering {
    presence_counts counts;
    std::optional<std::vector<user_id>> connected; ///< nullopt: more than individuals_max
  };
  gathering gathered_in(room_id room) const;

private:
  struct news {
    uuid event;
    timestamp at;
    std::optional<std::string> text;
    std::optional<timestamp> expires_at;
  };
  struct person {
    position needs;       ///< the views that are read for them have reached this
    bool is_read = false; ///< the index has their rooms
    std::uint64_t entered_in = 0;
    std::optional<timestamp> last_seen_at;
    std::optional<news> untold;
    std::uint64_t told_in = 0; ///< round in which contacts heard of them last; 0: never
    presence_outlets::json told;
    std::optional<position> leaves_after;
  };

  result<projections::presence_row> read(user_id user, person& p);
  void catch_up(user_id user, const person& p, const presence_outlets& out) const;
  void take_in(const presence_fact& fact, const events::presence_changed& e);
  void take_in(const presence_fact&, const events::presence_configured&) {}
  void take_in(const presence_fact& fact, const events::member_joined& e);
  void take_in(const presence_fact& fact, const events::member_left& e) { part(fact, e.user); }
  void take_in(const presence_fact& fact, const events::member_kicked& e) { part(fact, e.user); }
  void take_in(const presence_fact& fact, const events::room_archived& e);
  void take_in(const presence_fact& fact, const events::room_restored& e);
  void part(const presence_fact& fact, user_id user);
  /// To how many.
  std::size_t tell_contacts(user_id about, person& p, const presence_outlets& out) const;
  bool may_forget(const person& p, std::uint64_t oldest_unread) const;

  const presence_lease& lease_;
  const projections::presence_queries& rows_;
  const projections::roster_queries& roster_;
  const std::size_t individuals_max_;

  std::unordered_map<user_id, person> people_;
  std::deque<user_id> to_read_;
  std::vector<user_id> untold_;
  std::vector<user_id> leaving_;
  std::uint64_t round_ = 1;
  position last_fact_; ///< what is read of those who entered must not be older than what was taken in
  presence_absences absences_;

  mutable std::mutex index_mutex_;
  contacts_index index_; // changed by the ticks only, under index_mutex_; read by others under it
};

} // namespace palabre::http

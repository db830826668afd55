#pragma once
#include "http/presence/contacts_index.hpp"
#include "http/presence/presence_lease.hpp"
#include "http/presence/presence_outlets.hpp"
#include "projections/roster.hpp"

#include <deque>
#include <optional>
#include <unordered_map>

namespace palabre::http {

/// Tells connected people of contacts who are not connected themselves: those whose lease of another boot has run out,
/// and those who changed their presence without a connection. Their rooms are in no index and are read from the views,
/// a few people at a time: one row and one range scan each. Queue when full (limits::presence_absences_max): *drop*:
/// reads are right all the same. Threads: one.
class presence_absences {
public:
  presence_absences(const presence_lease& lease, const projections::presence_queries& rows,
                    const projections::roster_queries& roster)
      : lease_(lease), rows_(rows), roster_(roster) {}

  /// `fact`: what the views must have reached before anybody is told.
  void add(user_id user, position fact);
  /// Whoever is to be told of waits for `fact` as well: it changes who is.
  void wait_for(user_id user, position fact);
  /// Looks for everyone whose lease ended with another boot.
  void look_for_ghosts() { looking_ = true; }

  /// A step of the work, with views that have reached `applied`. The index may be ahead of them. Requires: an index
  /// that has taken in everything up to the last fact added.
  void step(const contacts_index& index, std::size_t connected_max, timestamp now, position applied,
            const presence_outlets& out);

private:
  result<void> look(const contacts_index& index, timestamp now);
  result<void> tell(user_id about, const contacts_index& index, std::size_t connected_max, timestamp now,
                    const presence_outlets& out) const;

  const presence_lease& lease_;
  const projections::presence_queries& rows_;
  const projections::roster_queries& roster_;
  std::deque<user_id> queue_;
  std::unordered_map<user_id, position> after_; ///< of those in queue_, each of whom is in it once: their last fact
  bool looking_ = false;
  std::optional<user_id> looked_up_to_;
};

} // namespace palabre::http

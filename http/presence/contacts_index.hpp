#pragma once
// Which connected people are in which rooms, and how many of them are online, away or busy: a few maps, no I/O.

#include "http/presence/shown_presence.hpp"

#include <array>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace palabre::http {

/// Holds the rooms of connected people only; whoever is not connected is in no room here. Memory: about 100 bytes for
/// each room of each connected person. Threads: one writes; others read under its lock.
class contacts_index {
public:
  using status = events::presence_status;

  struct room {
    std::unordered_set<user_id> connected;
    std::array<std::size_t, 4> by_status{}; ///< of them
    bool archived = false;                  ///< nobody is told anything because of it
    bool has_changed = false;               ///< its counts, since take_changed_rooms()

    presence_counts counts() const;
  };
  struct person {
    std::vector<room_id> rooms;
    status now = status::offline;
  };

  // ---- Changing; all idempotent, all ignore who is not there

  void enter(user_id user) { people_.try_emplace(user); }
  void leave(user_id user);
  /// The person's rooms are these, and no other.
  void set_rooms(user_id user, std::span<const room_id> rooms);
  void join(room_id room, user_id user);
  void part(room_id room, user_id user);
  void set_archived(room_id room, bool is);
  void set_status(user_id user, status now);

  // ---- Asking

  bool empty() const { return people_.empty(); }
  bool has(user_id user) const { return people_.contains(user); }
  /// nullptr: nobody of it is connected. Valid until the next change.
  const room* find(room_id room) const;
  const person* find(user_id user) const;
  /// Connected people, other than `user`, of those `rooms` that are not archived and have at most `connected_max`
  /// connected; each once.
  std::vector<user_id> contacts_in(std::span<const room_id> rooms, user_id user, std::size_t connected_max) const;
  /// Rooms with more than `connected_max` connected whose counts changed since the last call.
  std::vector<room_id> take_changed_rooms(std::size_t connected_max);

private:
  void count(room_id id, room& in, status from, status to);
  void remove_from(room_id id, user_id user, status now);

  std::unordered_map<user_id, person> people_;
  std::unordered_map<room_id, room> rooms_;
  std::vector<room_id> changed_;
};

} // namespace palabre::http

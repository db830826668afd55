#include "http/presence/contacts_index.hpp"

#include <algorithm>

namespace palabre::http {
namespace {

std::size_t index_of(events::presence_status status) {
  return static_cast<std::size_t>(status);
}

} // namespace

presence_counts contacts_index::room::counts() const {
  return {by_status[index_of(status::online)], by_status[index_of(status::away)], by_status[index_of(status::busy)]};
}

// ---- Changing

void contacts_index::leave(user_id user) {
  const auto found = people_.find(user);
  if (found == people_.end()) return;
  for (const room_id& room : found->second.rooms) remove_from(room, user, found->second.now);
  people_.erase(found);
}

void contacts_index::set_rooms(user_id user, std::span<const room_id> rooms) {
  const auto found = people_.find(user);
  if (found == people_.end()) return;
  const std::unordered_set<room_id> kept(rooms.begin(), rooms.end());
  for (const room_id& room : std::vector(found->second.rooms))
    if (!kept.contains(room)) part(room, user);
  for (const room_id& room : rooms) join(room, user);
}

void contacts_index::join(room_id room, user_id user) {
  const auto found = people_.find(user);
  if (found == people_.end()) return;
  contacts_index::room& in = rooms_[room];
  if (!in.connected.insert(user).second) return;
  found->second.rooms.push_back(room);
  ++in.by_status[index_of(status::offline)];
  count(room, in, status::offline, found->second.now);
}

void contacts_index::part(room_id room, user_id user) {
  const auto found = people_.find(user);
  if (found == people_.end() || std::erase(found->second.rooms, room) == 0) return;
  remove_from(room, user, found->second.now);
}

void contacts_index::set_archived(room_id room, bool is) {
  const auto found = rooms_.find(room);
  if (found != rooms_.end()) found->second.archived = is;
}

void contacts_index::set_status(user_id user, status now) {
  const auto found = people_.find(user);
  if (found == people_.end()) return;
  const status before = std::exchange(found->second.now, now);
  for (const room_id& room : found->second.rooms) count(room, rooms_.at(room), before, now);
}

void contacts_index::count(room_id id, room& in, status from, status to) {
  if (from == to) return;
  --in.by_status[index_of(from)];
  ++in.by_status[index_of(to)];
  if (!std::exchange(in.has_changed, true)) changed_.push_back(id);
}

/// An empty room goes; its id may stay in changed_ until that is taken.
void contacts_index::remove_from(room_id id, user_id user, status now) {
  const auto found = rooms_.find(id);
  room& in = found->second;
  count(id, in, now, status::offline);
  --in.by_status[index_of(status::offline)];
  in.connected.erase(user);
  if (in.connected.empty()) rooms_.erase(found);
}

// ---- Asking

const contacts_index::room* contacts_index::find(room_id room) const {
  const auto found = rooms_.find(room);
  return found == rooms_.end() ? nullptr : &found->second;
}

const contacts_index::person* contacts_index::find(user_id user) const {
  const auto found = people_.find(user);
  return found == people_.end() ? nullptr : &found->second;
}

std::vector<user_id> contacts_index::contacts_in(std::span<const room_id> rooms, user_id user,
                                                 std::size_t connected_max) const {
  std::vector<user_id> contacts;
  for (const room_id& id : rooms) {
    const room* in = find(id);
    if (!in || in->archived || in->connected.size() > connected_max) continue;
    contacts.insert(contacts.end(), in->connected.begin(), in->connected.end());
  }
  std::sort(contacts.begin(), contacts.end());
  contacts.erase(std::unique(contacts.begin(), contacts.end()), contacts.end());
  std::erase(contacts, user);
  return contacts;
}

std::vector<room_id> contacts_index::take_changed_rooms(std::size_t connected_max) {
  std::vector<room_id> large;
  for (const room_id& id : std::exchange(changed_, {})) {
    const auto found = rooms_.find(id);
    if (found == rooms_.end() || !std::exchange(found->second.has_changed, false)) continue;
    if (!found->second.archived && found->second.connected.size() > connected_max) large.push_back(id);
  }
  return large;
}

} // namespace palabre::http

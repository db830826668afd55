#include "http/presence/presence_fan_out.hpp"

#include <algorithm>
#include <limits>

namespace palabre::http {

using status = events::presence_status;

/// In a storm of those who come back, frames of messages go on between two flushes.
constexpr std::size_t told_per_flush_max = 5'000;

// ---- Who is connected

void presence_fan_out::enter(user_id user, position head) {
  person& p = people_[user];
  p.needs = head;
  p.leaves_after.reset();
  if (!p.is_read) p.entered_in = round_;
  to_read_.push_back(user);
  const std::lock_guard lock(index_mutex_);
  index_.enter(user);
}

void presence_fan_out::leave(user_id user, position offline_at) {
  const auto found = people_.find(user);
  if (found == people_.end()) return;
  found->second.leaves_after = offline_at;
  leaving_.push_back(user);
}

void presence_fan_out::resync(position head) {
  last_fact_ = std::max(last_fact_, head);
  to_read_.clear();
  for (auto& [user, p] : people_) to_read_.push_back(user);
}

std::vector<presence_fan_out::found> presence_fan_out::read_entered(position applied, std::size_t at_most,
                                                                    const presence_outlets& out) {
  std::vector<found> all;
  for (std::size_t turns = std::min(to_read_.size(), at_most); turns > 0; --turns) {
    const user_id user = to_read_.front();
    const auto at = people_.find(user);
    if (at != people_.end() && applied < std::max(at->second.needs, last_fact_)) break; // those behind need no less
    to_read_.pop_front();
    if (at == people_.end()) continue;
    auto row = read(user, at->second);
    if (!row) {
      to_read_.push_back(user);
      continue;
    }
    catch_up(user, at->second, out);
    at->second.is_read = true;
    all.push_back({user, std::move(row).value()});
  }
  return all;
}

result<projections::presence_row> presence_fan_out::read(user_id user, person& p) {
  PALABRE_TRY(auto rows, rows_.presence_of({&user, 1}));
  PALABRE_TRY(const auto rooms, roster_.room_ids_of(user));
  std::vector<bool> archived; // of those known already, too: the fact that told of it may have been lost
  for (const room_id& room : rooms) {
    PALABRE_TRY(const auto row, roster_.room(room));
    archived.push_back(!row || row->archived);
  }
  p.last_seen_at = rows.front().last_seen_at;
  const std::lock_guard lock(index_mutex_);
  index_.set_status(user, rows.front().boot == lease_.boot ? rows.front().status : status::offline);
  index_.set_rooms(user, rooms);
  for (std::size_t i = 0; i < rooms.size(); ++i) index_.set_archived(rooms[i], archived[i]);
  return std::move(rows.front());
}

/// What contacts were told while this person's rooms were not known yet.
void presence_fan_out::catch_up(user_id user, const person& p, const presence_outlets& out) const {
  if (p.is_read || p.entered_in == round_ || !out.tell) return;
  for (const user_id& contact : index_.contacts_in(index_.find(user)->rooms, user, individuals_max_)) {
    const person& other = people_.at(contact);
    if (other.told_in > p.entered_in) out.tell(user, other.told);
  }
}

// ---- What is told

void presence_fan_out::take_in(const presence_fact& fact) {
  last_fact_ = std::max(last_fact_, fact.at);
  std::visit([&](const auto& e) { take_in(fact, e); }, fact.what);
}

void presence_fan_out::take_in(const presence_fact& fact, const events::presence_changed& e) {
  const user_id user{fact.stream};
  const auto found = people_.find(user);
  if (found == people_.end()) return absences_.add(user, fact.at);
  person& p = found->second;
  const bool was_there = index_.find(user)->now != status::offline;
  if (was_there || e.status != status::offline) p.last_seen_at = fact.time;
  if (!p.untold) untold_.push_back(user);
  p.untold = news{fact.event, fact.time, e.text.value, e.expires_at};
  const std::lock_guard lock(index_mutex_);
  index_.set_status(user, e.status);
}

void presence_fan_out::take_in(const presence_fact& fact, const events::member_joined& e) {
  const std::lock_guard lock(index_mutex_);
  index_.join(room_id{fact.stream}, e.user);
}

void presence_fan_out::part(const presence_fact& fact, user_id user) {
  absences_.wait_for(user, fact.at);
  const std::lock_guard lock(index_mutex_);
  index_.part(room_id{fact.stream}, user);
}

void presence_fan_out::take_in(const presence_fact& fact, const events::room_archived&) {
  const std::lock_guard lock(index_mutex_);
  index_.set_archived(room_id{fact.stream}, true);
}

void presence_fan_out::take_in(const presence_fact& fact, const events::room_restored&) {
  const std::lock_guard lock(index_mutex_);
  index_.set_archived(room_id{fact.stream}, false);
}

void presence_fan_out::flush(timestamp now, const presence_outlets& out) {
  ++round_;
  std::vector<user_id> kept;
  std::size_t told = 0;
  for (const user_id& user : std::exchange(untold_, {})) {
    person& p = people_.at(user);
    if (p.is_read && told < told_per_flush_max)
      told += tell_contacts(user, p, out);
    else
      kept.push_back(user); // whom to tell is not known yet, or it is the next flush's turn
  }
  untold_ = std::move(kept);
  std::vector<room_id> changed;
  {
    const std::lock_guard lock(index_mutex_);
    changed = index_.take_changed_rooms(individuals_max_);
  }
  if (!out.count) return;
  for (const room_id& room : changed)
    out.count(room, std::make_shared<const std::string>(count_publication(room, index_.find(room)->counts(), now)));
}

std::size_t presence_fan_out::tell_contacts(user_id about, person& p, const presence_outlets& out) const {
  const news what = std::move(*p.untold);
  p.untold.reset();
  const contacts_index::person& is = *index_.find(about);
  const shown_presence shown{about, is.now, what.text, what.expires_at, p.last_seen_at};
  p.told = std::make_shared<const std::string>(presence_publication(shown, what.event, what.at));
  p.told_in = round_;
  if (!out.tell) return 0;
  const auto contacts = index_.contacts_in(is.rooms, about, individuals_max_);
  for (const user_id& to : contacts)
    if (people_.at(to).is_read) out.tell(to, p.told); // others catch up
  return contacts.size();
}

/// Not while someone's rooms are still to be read: they would miss it, and so would the readers.
void presence_fan_out::tell_of_absent(timestamp now, position applied, const presence_outlets& out) {
  if (to_read_.empty()) absences_.step(index_, individuals_max_, now, applied, out);
}

void presence_fan_out::forget_left() {
  if (leaving_.empty()) return;
  std::uint64_t oldest_unread = std::numeric_limits<std::uint64_t>::max();
  for (const user_id& user : to_read_)
    if (const auto found = people_.find(user); found != people_.end() && !found->second.is_read)
      oldest_unread = std::min(oldest_unread, found->second.entered_in);
  std::erase_if(leaving_, [&](const user_id& user) {
    const auto found = people_.find(user);
    if (found == people_.end() || !found->second.leaves_after) return true; // gone already, or back again
    if (!may_forget(found->second, oldest_unread)) return false;
    people_.erase(found);
    const std::lock_guard lock(index_mutex_);
    index_.leave(user);
    return true;
  });
}

bool presence_fan_out::may_forget(const person& p, std::uint64_t oldest_unread) const {
  return !p.untold && last_fact_ >= *p.leaves_after && oldest_unread >= p.told_in;
}

// ---- Any thread

presence_fan_out::gathering presence_fan_out::gathered_in(room_id room) const {
  const std::lock_guard lock(index_mutex_);
  gathering all;
  const contacts_index::room* in = index_.find(room);
  if (in) all.counts = in->counts();
  if (!in)
    all.connected.emplace();
  else if (in->connected.size() <= individuals_max_)
    all.connected.emplace(in->connected.begin(), in->connected.end());
  return all;
}

} // namespace palabre::http

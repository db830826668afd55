#include "http/presence/presence_absences.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace palabre::http {
namespace {

constexpr std::size_t turns_per_step = 128;
constexpr std::size_t looked_at_per_step = 200;

} // namespace

void presence_absences::add(user_id user, position fact) {
  if (queue_.size() < limits::presence_absences_max && after_.emplace(user, fact).second) queue_.push_back(user);
  wait_for(user, fact);
}

void presence_absences::wait_for(user_id user, position fact) {
  if (const auto queued = after_.find(user); queued != after_.end()) queued->second = std::max(queued->second, fact);
}

/// What cannot be read is left to the next reader of the views, who will be told why. Who is not ready goes behind the
/// others, who may be. While nobody is connected they stay until they are ready all the same: someone may come before
/// that, and read views that do not know yet.
void presence_absences::step(const contacts_index& index, std::size_t connected_max, timestamp now, position applied,
                             const presence_outlets& out) {
  if (index.empty()) looking_ = false;
  if (looking_ && queue_.size() < turns_per_step && !look(index, now)) looking_ = false;
  for (std::size_t turns = std::min(queue_.size(), turns_per_step); turns > 0; --turns) {
    const user_id about = queue_.front();
    queue_.pop_front();
    const auto after = after_.find(about);
    if (applied < after->second) {
      queue_.push_back(about);
      continue;
    }
    after_.erase(after);
    if (!index.empty() && !index.has(about)) (void)tell(about, index, connected_max, now, out);
  }
}

result<void> presence_absences::look(const contacts_index& index, timestamp now) {
  PALABRE_TRY(const auto users, rows_.not_offline(looked_up_to_, looked_at_per_step));
  PALABRE_TRY(const auto rows, rows_.presence_of(users));
  for (std::size_t i = 0; i < users.size(); ++i)
    if (lease_.effective(rows[i], now) == events::presence_status::offline && !index.has(users[i])) add(users[i], {});
  if (users.size() < looked_at_per_step)
    looking_ = false;
  else
    looked_up_to_ = users.back();
  return success();
}

result<void> presence_absences::tell(user_id about, const contacts_index& index, std::size_t connected_max,
                                     timestamp now, const presence_outlets& out) const {
  PALABRE_TRY(const auto rooms, roster_.room_ids_of(about));
  const auto contacts = index.contacts_in(rooms, about, connected_max);
  if (contacts.empty() || !out.tell) return success();
  PALABRE_TRY(const auto rows, rows_.presence_of({&about, 1}));
  const shown_presence shown = lease_.shown(about, rows.front(), now);
  const auto json = std::make_shared<const std::string>(presence_publication(shown, std::nullopt, now));
  for (const user_id& to : contacts) out.tell(to, json);
  return success();
}

} // namespace palabre::http

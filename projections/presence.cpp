#include "projections/presence.hpp"

#include "projections/keys.hpp"
#include "projections/roster.hpp"

#include <algorithm>

namespace palabre::projections {
namespace {

using events::presence_status;
using events::secrets;

constexpr std::size_t user_id_bytes = 16;

result<presence_row> decode_presence_row(std::string_view stored) {
  return events::from_json<presence_row>("presence row", stored);
}

/// Reads the user's row, or a fresh one, lets `change` change it, and writes it back.
template <class Change>
result<void> change_row(std::string_view key, storage::views_batch& rows, Change change) {
  PALABRE_TRY(const auto stored, rows.get(tables::presence, key));
  presence_row row;
  if (stored) {
    PALABRE_TRY(row, decode_presence_row(*stored));
  }
  change(row);
  rows.put(tables::presence, key, events::to_json(row, secrets::stored));
  return success();
}

void apply(presence_row& row, const events::presence_changed& e, timestamp time) {
  const bool was_there = row.status != presence_status::offline, is_there = e.status != presence_status::offline;
  if (was_there || is_there) row.last_seen_at = time;
  row.status = e.status;
  row.manual = e.manual;
  row.text = e.text.value;
  row.expires_at = e.expires_at;
  row.boot = e.boot;
  row.changed_at = time;
}

result<void> fold_one(const log_event& e, const events::presence_changed& changed, storage::views_batch& rows) {
  const row_key key = key_of(e.envelope.stream.id);
  if (changed.status == presence_status::offline)
    rows.erase(tables::not_offline, key);
  else
    rows.put(tables::not_offline, key, {});
  return change_row(key, rows, [&](presence_row& row) { apply(row, changed, e.envelope.time); });
}

result<void> fold_one(const log_event& e, const events::presence_configured& configured, storage::views_batch& rows) {
  return change_row(key_of(e.envelope.stream.id), rows,
                    [&](presence_row& row) { row.auto_away_after = configured.auto_away_after; });
}

result<void> fold_one(const log_event& e, const events::user_erased&, storage::views_batch& rows) {
  rows.erase(tables::not_offline, key_of(e.envelope.stream.id));
  rows.erase(tables::presence, key_of(e.envelope.stream.id));
  return success();
}

template <class Event>
result<void> fold_one(const log_event&, const Event&, storage::views_batch&) {
  return success();
}

} // namespace

result<void> presence::fold(const log_event& e, storage::views_batch& rows) {
  const auto* event = std::get_if<events::user_event>(&e.event);
  if (!event) return success();
  return std::visit([&](const auto& what) { return fold_one(e, what, rows); }, *event);
}

// ---- Queries

result<std::vector<presence_row>> presence_queries::presence_of(std::span<const user_id> users) const {
  PALABRE_TRY(const auto stored, views_.get_many(tables::presence, keys_of(users)));
  std::vector<presence_row> found(users.size());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (!stored[i]) continue;
    PALABRE_TRY(found[i], decode_presence_row(*stored[i]));
  }
  return found;
}

result<std::vector<user_id>> presence_queries::not_offline(std::optional<user_id> after, std::size_t limit) const {
  std::string first;
  if (after) first = key_of(*after) + '\0';
  std::vector<user_id> found;
  PALABRE_TRY(views_.range(tables::not_offline, first, std::string(user_id_bytes + 1, '\xFF'), true,
                           [&](std::string_view key, std::string_view) {
                             if (found.size() == limit) return false;
                             found.emplace_back(uuid_from_bytes(key.data()));
                             return true;
                           }));
  return found;
}

namespace {

/// A scan goes from row to row; a look-up has to find its own: about as many times dearer.
constexpr std::size_t scanned_rows_per_look_up = 8;

/// Of rooms in ascending order, whether one that `other` is in too is not archived.
class rooms_of_viewer {
public:
  rooms_of_viewer(const storage::views_store& views, std::vector<room_id> rooms)
      : views_(views), roster_(views), rooms_(std::move(rooms)) {}

  result<bool> shared_with(user_id other, std::size_t rooms_of_other) const {
    if (rooms_.empty() || rooms_of_other == 0) return false;
    if (rooms_of_other <= rooms_.size() * scanned_rows_per_look_up) return found_by_scan(other);
    return found_by_look_up(other);
  }

private:
  result<bool> found_by_scan(user_id other) const {
    const row_key prefix = key_of(other);
    result<bool> found = false;
    PALABRE_TRY(views_.range(tables::memberships, prefix, end_of_prefix(prefix), true,
                             [&](std::string_view key, std::string_view) {
                               const room_id room{uuid_from_bytes(key.data() + user_id_bytes)};
                               if (std::binary_search(rooms_.begin(), rooms_.end(), room)) found = is_open(room);
                               return found && !found.value();
                             }));
    return found;
  }

  result<bool> found_by_look_up(user_id other) const {
    for (const room_id& room : rooms_) {
      PALABRE_TRY(const auto member, views_.get(tables::members, key_of(room, other)));
      if (!member) continue;
      PALABRE_TRY(const bool open, is_open(room));
      if (open) return true;
    }
    return false;
  }

  result<bool> is_open(room_id room) const {
    PALABRE_TRY(const auto row, roster_.room(room));
    return row && !row->archived;
  }

  const storage::views_store& views_;
  const roster_queries roster_;
  const std::vector<room_id> rooms_;
};

} // namespace

result<std::vector<bool>> presence_queries::share_a_room(user_id viewer, std::span<const user_id> others) const {
  PALABRE_TRY(auto mine, roster_queries(views_).room_ids_of(viewer));
  const rooms_of_viewer rooms(views_, std::move(mine));
  PALABRE_TRY(const auto counts, views_.get_many(tables::room_counts, keys_of(others)));
  std::vector<bool> shared(others.size(), false);
  for (std::size_t i = 0; i < others.size(); ++i) {
    const std::uint64_t count = counts[i] ? get_int<std::uint64_t>(counts[i]->data()) : 0;
    PALABRE_TRY(const bool found, rooms.shared_with(others[i], static_cast<std::size_t>(count)));
    shared[i] = found;
  }
  return shared;
}

} // namespace palabre::projections

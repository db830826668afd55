// What is asked of the roster.

#include "base/limits.hpp"
#include "projections/keys.hpp"
#include "projections/roster.hpp"

namespace palabre::projections {

result<std::optional<room_row>> roster_queries::room(room_id room) const {
  PALABRE_TRY(auto stored, views_.get(tables::rooms, key_of(room)));
  if (!stored) return std::optional<room_row>{};
  PALABRE_TRY(auto row, decode_room_row(*stored));
  return std::optional<room_row>{std::move(row)};
}

result<std::optional<membership>> roster_queries::standing(room_id room, user_id user) const {
  PALABRE_TRY(auto stored, views_.get(tables::members, key_of(room, user)));
  if (!stored) return std::optional<membership>{};
  PALABRE_TRY(auto m, decode_membership(*stored));
  return std::optional<membership>{m};
}

result<std::optional<sanction>> roster_queries::sanction_of(room_id room, sanction_kind kind, user_id user) const {
  PALABRE_TRY(const auto stored, views_.get(tables::sanctions, key_of(room) + static_cast<char>(kind) + key_of(user)));
  if (!stored) return std::optional<sanction>{};
  PALABRE_TRY(const sanction held, decode_sanction(*stored));
  return std::optional{held};
}

result<events::sanctions> roster_queries::held_against(room_id room, user_id user) const {
  PALABRE_TRY(const auto ban, sanction_of(room, sanction_kind::ban, user));
  PALABRE_TRY(const auto mute, sanction_of(room, sanction_kind::mute, user));
  return events::sanctions{ban ? ban->until : timestamp{}, mute ? mute->until : timestamp{}};
}

result<timestamp> roster_queries::last_slow_post(room_id room, user_id user) const {
  PALABRE_TRY(const auto stored, views_.get(tables::slow_posts, key_of(room, user)));
  if (!stored) return timestamp{};
  if (stored->size() != sizeof(std::int64_t)) return error{errc::corrupt, "a last post of the views is damaged"};
  return timestamp{get_int<std::int64_t>(stored->data())};
}

namespace {

/// The room that a name stands for.
result<std::optional<room_id>> room_named(const storage::views_store& views, storage::table names,
                                          const stream_id& stream) {
  PALABRE_TRY(const auto stored, views.get(names, key_of(stream.id)));
  if (!stored) return std::optional<room_id>{};
  return std::optional<room_id>{room_id{uuid_from_bytes(stored->data())}};
}

} // namespace

result<std::optional<room_id>> roster_queries::room_by_code(const stream_id& share_code_stream) const {
  return room_named(views_, tables::share_codes, share_code_stream);
}

result<std::optional<room_id>> roster_queries::direct_room(const stream_id& pair) const {
  return room_named(views_, tables::direct_rooms, pair);
}

result<std::vector<room_id>> roster_queries::room_ids_of(user_id user) const {
  const row_key prefix = key_of(user);
  std::vector<room_id> rooms;
  PALABRE_TRY(views_.range(tables::memberships, prefix, end_of_prefix(prefix), true,
                           [&](std::string_view key, std::string_view) {
                             rooms.emplace_back(uuid_from_bytes(key.data() + prefix.size()));
                             return true;
                           }));
  return rooms;
}

result<std::size_t> roster_queries::room_count_of(user_id user) const {
  PALABRE_TRY(auto stored, views_.get(tables::room_counts, key_of(user)));
  return stored ? static_cast<std::size_t>(get_int<std::uint64_t>(stored->data())) : 0;
}

namespace {

/// The ids behind `prefix` in keys after `after`, at most `limit`, with their rows; `more` tells whether there are
/// others.
struct keyed_rows {
  std::vector<uuid> ids;
  flat_strings rows;
  bool more = false;
};

result<keyed_rows> page_of(const storage::views_store& views, storage::table t, const std::string& prefix,
                           const std::optional<uuid>& after, std::size_t limit) {
  std::string first = prefix;
  if (after) {
    append_bytes(first, *after);
    first += '\0';
  }
  // Without a prefix the range is the whole table: ids are UUIDs of version 7, none of which begins with 0xFF.
  const std::string end = prefix.empty() ? std::string(17, '\xFF') : end_of_prefix(prefix);
  keyed_rows page;
  PALABRE_TRY(views.range(t, first, end, true, [&](std::string_view key, std::string_view row) {
    if (page.ids.size() == limit) {
      page.more = true;
      return false;
    }
    page.ids.push_back(uuid_from_bytes(key.data() + prefix.size()));
    page.rows.push_back(row);
    return true;
  }));
  return page;
}

using listed_room = roster_queries::listed_room;

result<std::vector<listed_room>> listed(const storage::views_store& views, const keyed_rows& memberships) {
  std::vector<listed_room> rooms;
  rooms.reserve(memberships.ids.size());
  const auto add = [&](std::size_t i, std::optional<std::string_view> stored) -> result<void> {
    if (!stored) return error{errc::corrupt, "a membership of a room that is not there"};
    PALABRE_TRY(auto row, decode_room_row(*stored));
    PALABRE_TRY(const auto mine, decode_membership(memberships.rows[i]));
    rooms.push_back({std::move(row), mine});
    return success();
  };
  PALABRE_TRY(views.visit_many(tables::rooms, keys_of(memberships.ids), add));
  return rooms;
}

} // namespace

result<roster_queries::room_page> roster_queries::rooms_of(user_id user, std::optional<room_id> after,
                                                           std::size_t limit) const {
  PALABRE_TRY(const auto page, page_of(views_, tables::memberships, key_of(user), after, limit));
  room_page out;
  PALABRE_TRY(out.items, listed(views_, page));
  if (page.more) out.next = room_id{page.ids.back()};
  return out;
}

result<std::vector<listed_room>>
roster_queries::rooms_of(user_id user, const std::function<bool(const room_glance&)>& are_wanted) const {
  PALABRE_TRY(const auto all, page_of(views_, tables::memberships, key_of(user), {}, limits::rooms_per_user_max));
  const auto is_wanted = [&](std::optional<std::string_view> stored) {
    if (!stored) return true;
    const auto glance = glance_at_room_row(*stored);
    return !glance || are_wanted(glance.value()); // what is damaged is an error when it is read
  };
  PALABRE_TRY(const auto places, views_.choose(tables::rooms, keys_of(all.ids), is_wanted));
  keyed_rows wanted;
  for (const std::size_t place : places) {
    wanted.ids.push_back(all.ids[place]);
    wanted.rows.push_back(all.rows[place]);
  }
  return listed(views_, wanted);
}

result<roster_queries::room_page> roster_queries::discover(user_id viewer, std::optional<room_id> after,
                                                           std::size_t limit) const {
  PALABRE_TRY(const auto page, page_of(views_, tables::open_rooms, {}, after, limit));
  PALABRE_TRY(const auto rooms, views_.get_many(tables::rooms, keys_of(page.ids)));
  flat_strings keys;
  for (const uuid& each : page.ids) keys.push_back(key_of(viewer, each));
  PALABRE_TRY(const auto memberships, views_.get_along(tables::memberships, keys));
  room_page out;
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    if (!rooms[i]) return error{errc::corrupt, "a listed room that is not there"};
    PALABRE_TRY(auto row, decode_room_row(*rooms[i]));
    std::optional<membership> mine;
    if (memberships[i]) {
      PALABRE_TRY(mine, decode_membership(*memberships[i]));
    }
    // The list and the rows are two reads: a room may have turned private or been archived between them.
    if (!mine && (row.archived || row.settings.visibility != events::visibility::open)) continue;
    out.items.push_back({std::move(row), mine});
  }
  if (page.more) out.next = room_id{page.ids.back()};
  return out;
}

result<roster_queries::member_page> roster_queries::members(room_id room, std::optional<user_id> after,
                                                            std::size_t limit) const {
  PALABRE_TRY(const auto page, page_of(views_, tables::members, key_of(room), after, limit));
  member_page out;
  for (std::size_t i = 0; i < page.ids.size(); ++i) {
    PALABRE_TRY(const auto m, decode_membership(page.rows[i]));
    out.items.push_back({user_id{page.ids[i]}, m});
  }
  if (page.more) out.next = user_id{page.ids.back()};
  return out;
}

result<roster_queries::sanction_page> roster_queries::sanctions(room_id room, sanction_kind kind,
                                                                std::optional<user_id> after, std::size_t limit,
                                                                timestamp now) const {
  const row_key of = key_of(room) + static_cast<char>(kind);
  PALABRE_TRY(const auto page, page_of(views_, tables::sanctions, of, after, limit));
  sanction_page out;
  for (std::size_t i = 0; i < page.ids.size(); ++i) {
    PALABRE_TRY(const sanction held, decode_sanction(page.rows[i]));
    if (now < held.until) out.items.push_back({user_id{page.ids[i]}, held});
  }
  if (page.more) out.next = user_id{page.ids.back()};
  return out;
}

} // namespace palabre::projections

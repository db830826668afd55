#include "projections/roster.hpp"

#include "projections/keys.hpp"
#include "projections/room_folding.hpp"
#include "projections/room_row.hpp"

namespace palabre::projections {
namespace {

using storage::views_batch;

struct scene {
  room_id room;
  events::event_meta meta;
  views_batch& rows;
};

/// Lets `change` change the room's stored row.
template <class Change>
result<void> change_stored(const scene& s, Change change) {
  PALABRE_TRY(std::string* const stored, s.rows.edit(tables::rooms, key_of(s.room)));
  if (stored == nullptr) return error{errc::corrupt, "an event of a room that was never created"};
  return change(*stored);
}

/// The same with the row taken apart; it also notes the seq.
template <class Change>
result<void> change_row(const scene& s, Change change) {
  return change_stored(s, [&](std::string& stored) -> result<void> {
    PALABRE_TRY(auto row, decode_room_row(stored));
    change(row);
    row.last_seq = s.meta.version;
    stored = encode(row);
    return success();
  });
}

void list_or_unlist(const scene& s, const room_row& row) {
  const bool listed =
      row.kind == events::room_kind::salon && row.settings.visibility == events::visibility::open && !row.archived;
  if (listed)
    s.rows.put(tables::open_rooms, key_of(s.room), {});
  else
    s.rows.erase(tables::open_rooms, key_of(s.room));
}

result<void> add_to_room_count(const scene& s, user_id user, std::int64_t change) {
  const std::string key = key_of(user);
  PALABRE_TRY(auto stored, s.rows.get(tables::room_counts, key));
  const std::uint64_t before = stored ? get_int<std::uint64_t>(stored->data()) : 0;
  std::string after;
  put_int<std::uint64_t>(after, before + static_cast<std::uint64_t>(change));
  s.rows.put(tables::room_counts, key, std::move(after));
  return success();
}

result<void> fold_one(const scene& s, const events::room_created& e) {
  const room_row row = created(s.room, s.meta, e);
  s.rows.put(tables::rooms, key_of(s.room), encode(row));
  list_or_unlist(s, row);
  return success();
}

result<void> fold_one(const scene& s, const events::room_updated& e) {
  return change_row(s, [&](room_row& row) {
    projections::change(row, s.meta, e);
    list_or_unlist(s, row);
  });
}

result<void> fold_one(const scene& s, const events::room_archived& e) {
  return change_row(s, [&](room_row& row) {
    projections::change(row, s.meta, e);
    list_or_unlist(s, row);
  });
}

result<void> fold_one(const scene& s, const events::room_code_rotated& e) {
  return change_row(s, [&](room_row& row) { projections::change(row, s.meta, e); });
}

result<void> fold_one(const scene& s, const events::member_joined& e) {
  const std::string membership_row = encode(membership{e.role, s.meta.time, s.meta.version});
  s.rows.put(tables::members, key_of(s.room, e.user), membership_row);
  s.rows.put(tables::memberships, key_of(e.user, s.room), membership_row);
  s.rows.put(tables::member_changes, key_of(s.room, e.user, s.meta.version), membership_row);
  PALABRE_TRY(add_to_room_count(s, e.user, 1));
  return change_row(s, [&](room_row& row) { projections::change(row, s.meta, e); });
}

result<void> fold_one(const scene& s, const events::member_left& e) {
  s.rows.erase(tables::members, key_of(s.room, e.user));
  s.rows.erase(tables::memberships, key_of(e.user, s.room));
  s.rows.put(tables::member_changes, key_of(s.room, e.user, s.meta.version), {});
  PALABRE_TRY(add_to_room_count(s, e.user, -1));
  return change_row(s, [&](room_row& row) { projections::change(row, s.meta, e); });
}

result<void> fold_one(const scene& s, const events::message_posted&) {
  return change_stored(s, [&](std::string& stored) -> result<void> {
    count_message(stored, s.meta.version, utc_day(s.meta.time));
    return success();
  });
}

result<void> fold_one(const scene& s, const events::message_deleted&) {
  return change_stored(s, [&](std::string& stored) -> result<void> {
    uncount_message(stored, s.meta.version);
    return success();
  });
}

/// Everything else only moves the seq.
template <class Event>
result<void> fold_one(const scene& s, const Event&) {
  return change_stored(s, [&](std::string& stored) -> result<void> {
    set_last_seq(stored, s.meta.version);
    return success();
  });
}

/// A copy of the room's row, after its first event and then after every so many.
result<void> keep_moment(const scene& s) {
  if (s.meta.version != 1 && s.meta.version % room_moment_interval != 0) return success();
  PALABRE_TRY(auto stored, s.rows.get(tables::rooms, key_of(s.room)));
  if (!stored) return error{errc::corrupt, "an event of a room that was never created"};
  s.rows.put(tables::room_moments, key_of(s.room, s.meta.version), std::move(*stored));
  return success();
}

void fold_code(const log_event& e, const events::share_code_event& event, views_batch& rows) {
  const std::string key = key_of(e.envelope.stream.id);
  if (const auto* claimed = std::get_if<events::share_code_claimed>(&event))
    rows.put(tables::share_codes, key, key_of(claimed->room));
  else
    rows.erase(tables::share_codes, key);
}

} // namespace

std::string encode(const membership& m) {
  std::string out;
  put_int<std::uint8_t>(out, static_cast<std::uint8_t>(m.as));
  put_int<std::int64_t>(out, m.joined_at.ms);
  put_int<std::uint64_t>(out, m.joined_seq);
  return out;
}

result<membership> decode_membership(std::string_view stored) {
  byte_reader in(stored);
  membership m;
  m.as = static_cast<events::role>(in.integer<std::uint8_t>());
  m.joined_at = {in.integer<std::int64_t>()};
  m.joined_seq = in.integer<std::uint64_t>();
  if (!in.finished()) return error{errc::corrupt, "a membership row of the views is damaged"};
  return m;
}

result<void> roster::fold(const log_event& e, views_batch& rows) {
  if (const auto* code = std::get_if<events::share_code_event>(&e.event)) fold_code(e, *code, rows);
  const auto* event = std::get_if<events::room_event>(&e.event);
  if (!event) return success();
  const scene s{room_id{e.envelope.stream.id}, e.meta(), rows};
  PALABRE_TRY(std::visit([&](const auto& what) { return fold_one(s, what); }, *event));
  return keep_moment(s);
}

// ---- Queries

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

result<std::optional<room_id>> roster_queries::room_by_code(const stream_id& share_code_stream) const {
  PALABRE_TRY(auto stored, views_.get(tables::share_codes, key_of(share_code_stream.id)));
  if (!stored) return std::optional<room_id>{};
  return std::optional<room_id>{room_id{uuid_from_bytes(stored->data())}};
}

result<std::size_t> roster_queries::rooms_of(user_id user) const {
  PALABRE_TRY(auto stored, views_.get(tables::room_counts, key_of(user)));
  return stored ? static_cast<std::size_t>(get_int<std::uint64_t>(stored->data())) : 0;
}

namespace {

/// The ids behind `prefix` in keys after `after`, at most `limit`, with their rows; `more` tells whether there are
/// others.
struct keyed_rows {
  std::vector<std::pair<uuid, std::string>> rows;
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
    if (page.rows.size() == limit) {
      page.more = true;
      return false;
    }
    page.rows.emplace_back(uuid_from_bytes(key.data() + prefix.size()), std::string(row));
    return true;
  }));
  return page;
}

/// Reads the room rows of `ids` in one go.
result<std::vector<std::optional<std::string>>> stored_rooms(const storage::views_store& views,
                                                             const keyed_rows& page) {
  std::vector<std::string> keys;
  keys.reserve(page.rows.size());
  for (const auto& [id, row] : page.rows) keys.push_back(key_of(id));
  return views.get_many(tables::rooms, keys);
}

} // namespace

result<roster_queries::room_page> roster_queries::rooms_of(user_id user, std::optional<room_id> after,
                                                           std::size_t limit) const {
  PALABRE_TRY(auto page, page_of(views_, tables::memberships, key_of(user), after, limit));
  PALABRE_TRY(auto rooms, stored_rooms(views_, page));
  room_page out;
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    if (!rooms[i]) return error{errc::corrupt, "a membership of a room that is not there"};
    PALABRE_TRY(auto row, decode_room_row(*rooms[i]));
    PALABRE_TRY(auto mine, decode_membership(page.rows[i].second));
    out.items.push_back({std::move(row), mine});
  }
  if (page.more) out.next = room_id{page.rows.back().first};
  return out;
}

result<roster_queries::room_page> roster_queries::discover(user_id viewer, std::optional<room_id> after,
                                                           std::size_t limit) const {
  PALABRE_TRY(auto page, page_of(views_, tables::open_rooms, {}, after, limit));
  PALABRE_TRY(auto rooms, stored_rooms(views_, page));
  std::vector<std::string> keys;
  for (const auto& [id, row] : page.rows) keys.push_back(key_of(viewer, id));
  PALABRE_TRY(auto memberships, views_.get_many(tables::memberships, keys));
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
  if (page.more) out.next = room_id{page.rows.back().first};
  return out;
}

result<roster_queries::member_page> roster_queries::members(room_id room, std::optional<user_id> after,
                                                            std::size_t limit) const {
  PALABRE_TRY(auto page, page_of(views_, tables::members, key_of(room), after, limit));
  member_page out;
  for (const auto& [id, stored] : page.rows) {
    PALABRE_TRY(auto m, decode_membership(stored));
    out.items.push_back({user_id{id}, m});
  }
  if (page.more) out.next = user_id{page.rows.back().first};
  return out;
}

} // namespace palabre::projections

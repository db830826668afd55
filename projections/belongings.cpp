#include "projections/belongings.hpp"

#include "projections/keys.hpp"

namespace palabre::projections {
namespace {

using events::notification_level;
using storage::views_batch;

std::string packed(const belongings_row& row) {
  std::string out(1, static_cast<char>(row.level));
  put_int<std::uint64_t>(out, row.draft);
  put_int<std::int64_t>(out, row.draft_at.ms);
  return out;
}

result<belongings_row> unpacked(std::string_view stored) {
  if (stored.size() != 17 ||
      static_cast<unsigned char>(stored[0]) > static_cast<unsigned char>(notification_level::none))
    return error{errc::corrupt, "what somebody keeps in a room is damaged in the views"};
  return belongings_row{static_cast<notification_level>(stored[0]),
                        get_int<std::uint64_t>(stored.data() + 1),
                        {get_int<std::int64_t>(stored.data() + 9)}};
}

/// Who has nothing there has no row.
template <class Change>
result<void> change_row_of(user_id user, room_id room, views_batch& rows, Change change) {
  const row_key key = key_of(user, room);
  PALABRE_TRY(const std::string* const stored, rows.find(tables::belongings, key));
  belongings_row row;
  if (stored != nullptr) {
    PALABRE_TRY(row, unpacked(*stored));
  }
  change(row);
  const bool has_something = row.level != notification_level::all || row.draft != 0;
  if (has_something && (stored == nullptr || packed(row) != *stored))
    rows.put(tables::belongings, key, packed(row));
  else if (!has_something && stored != nullptr)
    rows.erase(tables::belongings, key);
  return success();
}

} // namespace

result<void> belongings::fold(const log_event& e, views_batch& rows) {
  const auto without_draft = [](belongings_row& row) { row.draft = 0, row.draft_at = {}; };
  if (const auto* room = std::get_if<events::room_event>(&e.event)) {
    if (!std::holds_alternative<events::message_posted>(*room)) return success();
    return change_row_of(e.envelope.actor, room_id{e.envelope.stream.id}, rows, without_draft);
  }
  const auto* inbox = std::get_if<events::inbox_event>(&e.event);
  if (inbox == nullptr) return success();
  const user_id user{e.envelope.stream.id};
  if (const auto* chosen = std::get_if<events::notifications_chosen>(inbox))
    return change_row_of(user, chosen->room, rows, [&](belongings_row& row) { row.level = chosen->level; });
  const auto* changed = std::get_if<events::draft_changed>(inbox);
  if (changed == nullptr) return success();
  if (changed->draft_version == 0) return change_row_of(user, changed->room, rows, without_draft);
  return change_row_of(user, changed->room, rows, [&](belongings_row& row) {
    row.draft = changed->draft_version;
    row.draft_at = e.envelope.time;
  });
}

// ---- Queries

result<belongings_row> belongings_queries::in_room(user_id user, room_id room) const {
  PALABRE_TRY(const auto stored, views_.get(tables::belongings, key_of(user, room)));
  if (!stored) return belongings_row{};
  return unpacked(*stored);
}

result<std::vector<belongings_row>> belongings_queries::in_rooms(user_id user,
                                                                 const std::vector<room_id>& rooms) const {
  flat_strings keys;
  for (const room_id each : rooms) keys.push_back(key_of(user, each));
  PALABRE_TRY(const auto stored, views_.get_along(tables::belongings, keys));
  std::vector<belongings_row> found(rooms.size());
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    if (!stored[i]) continue;
    PALABRE_TRY(found[i], unpacked(*stored[i]));
  }
  return found;
}

result<belongings_queries::draft_page> belongings_queries::drafts(user_id user, std::optional<room_id> after,
                                                                  std::size_t limit) const {
  draft_page page;
  result<void> sound = success();
  const std::string first = after ? key_of(user, *after) + '\0' : key_of(user);
  PALABRE_TRY(views_.range(
      tables::belongings, first, end_of_prefix(key_of(user)), true, [&](std::string_view key, std::string_view stored) {
        const auto row = unpacked(stored);
        if (!row) sound = row.error();
        if (!sound) return false;
        if (row.value().draft == 0) return true;
        if (page.items.size() == limit) {
          page.next = page.items.back().room;
          return false;
        }
        page.items.push_back({room_id{uuid_from_bytes(key.data() + 16)}, row.value().draft, row.value().draft_at});
        return true;
      }));
  PALABRE_TRY(std::move(sound));
  return page;
}

} // namespace palabre::projections

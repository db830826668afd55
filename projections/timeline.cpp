#include "projections/timeline.hpp"

#include "projections/keys.hpp"
#include "projections/message_counts.hpp"
#include "projections/tables.hpp"

#include <algorithm>

namespace palabre::projections {
namespace {

using storage::views_batch;

std::string message_key(room_id room, stream_version seq) {
  return key_of(room, seq);
}
std::string reaction_key(room_id room, stream_version seq, std::string_view emoji, user_id user) {
  return key_of(room, seq, emoji, user);
}
std::string my_reaction_key(room_id room, user_id user, stream_version seq, std::string_view emoji) {
  return key_of(room, user, seq, emoji);
}

/// Reads a row, lets `change` change it, and writes it back. A message that is not there means a damaged log: corrupt.
template <class Change>
result<void> change_row(views_batch& rows, room_id room, stream_version seq, Change change) {
  const std::string key = message_key(room, seq);
  PALABRE_TRY(auto stored, rows.get(tables::messages, key));
  if (!stored)
    return error{errc::corrupt, "an event refers to message seq " + std::to_string(seq) + ", which is not there"};
  PALABRE_TRY(auto row, decode_message_row(*stored));
  change(row);
  rows.put(tables::messages, key, encode(row));
  return success();
}

/// One event's place in its room.
struct scene {
  room_id room;
  events::event_meta meta;
  views_batch& rows;
};

result<void> fold_one(const scene& s, const events::message_posted& e) {
  message_row row;
  row.message = e.message;
  row.room = s.room;
  row.seq = s.meta.version;
  row.author = s.meta.actor;
  append_json(row.body_json, e.body, events::secrets::stored); // null of who was erased
  row.metadata_json = e.metadata.value.text;
  row.reply_to = e.reply_to;
  row.reply_to_seq = e.reply_to_seq;
  row.created_at = s.meta.time;
  s.rows.put(tables::messages, message_key(s.room, row.seq), encode(row));
  s.rows.put(tables::message_places, key_of(e.message), key_of(s.room, row.seq));
  if (e.reply_to_seq == 0) return success();
  return change_row(s.rows, s.room, e.reply_to_seq, [](message_row& parent) { ++parent.reply_count; });
}

result<void> fold_one(const scene& s, const events::message_edited& e) {
  return change_row(s.rows, s.room, e.message_seq, [&](message_row& row) {
    row.body_json.clear();
    append_json(row.body_json, e.body, events::secrets::stored);
    row.edited_at = s.meta.time;
    row.edits = e.edit;
  });
}

result<void> fold_one(const scene& s, const events::message_deleted& e) {
  stream_version parent_seq = 0;
  PALABRE_TRY(change_row(s.rows, s.room, e.message_seq, [&](message_row& row) {
    row.body_json = row.metadata_json = "null";
    row.deleted_at = s.meta.time;
    parent_seq = row.reply_to_seq;
  }));
  if (parent_seq == 0) return success();
  return change_row(s.rows, s.room, parent_seq, [](message_row& parent) { --parent.reply_count; });
}

result<void> fold_one(const scene& s, const events::reaction_added& e) {
  std::string at;
  put_int<std::int64_t>(at, s.meta.time.ms);
  s.rows.put(tables::reactions, reaction_key(s.room, e.message_seq, e.emoji, s.meta.actor), std::move(at));
  s.rows.put(tables::my_reactions, my_reaction_key(s.room, s.meta.actor, e.message_seq, e.emoji), {});
  return change_row(s.rows, s.room, e.message_seq, [&](message_row& row) {
    const auto kind =
        std::find_if(row.reactions.begin(), row.reactions.end(), [&](auto& r) { return r.emoji == e.emoji; });
    if (kind != row.reactions.end())
      ++kind->count;
    else
      row.reactions.push_back({e.emoji, 1});
  });
}

result<void> fold_one(const scene& s, const events::reaction_removed& e) {
  s.rows.erase(tables::reactions, reaction_key(s.room, e.message_seq, e.emoji, s.meta.actor));
  s.rows.erase(tables::my_reactions, my_reaction_key(s.room, s.meta.actor, e.message_seq, e.emoji));
  return change_row(s.rows, s.room, e.message_seq, [&](message_row& row) {
    const auto kind =
        std::find_if(row.reactions.begin(), row.reactions.end(), [&](auto& r) { return r.emoji == e.emoji; });
    if (kind != row.reactions.end() && --kind->count == 0) row.reactions.erase(kind);
  });
}

/// Membership and settings are the roster's.
template <class Event>
result<void> fold_one(const scene&, const Event&) {
  return success();
}

/// Rows changed and not written, while somebody's messages are wiped: a few thousand.
constexpr std::size_t wiped_bytes = 4 * 1024 * 1024;

/// The messages of who was erased stay where they are, without their words. There may be millions: they are written in
/// parts, each with the checkpoint before this event; wiping a row twice changes nothing, so a crash in between only
/// begins again.
result<void> wipe_words_of(user_id author, position before, views_batch& rows) {
  PALABRE_TRY(rows.commit(before)); // the lists are read from the store
  PALABRE_TRY(const auto rooms, rooms_of_author(rows.store(), author));
  for (const room_id& room : rooms) {
    PALABRE_TRY(for_each_posted(rows.store(), {room, author}, [&](stream_version seq) -> result<void> {
      PALABRE_TRY(change_row(rows, room, seq, [](message_row& row) { row.body_json = row.metadata_json = "null"; }));
      return rows.bytes() < wiped_bytes ? result<void>(success()) : rows.commit(before);
    }));
  }
  return success();
}

} // namespace

result<void> timeline::fold(const log_event& e, views_batch& rows) {
  if (const auto* user = std::get_if<events::user_event>(&e.event))
    if (std::holds_alternative<events::user_erased>(*user))
      return wipe_words_of(user_id{e.envelope.stream.id}, {e.envelope.at.value - 1}, rows);
  const auto* event = std::get_if<events::room_event>(&e.event);
  if (!event) return success();
  const scene s{room_id{e.envelope.stream.id}, e.meta(), rows};
  return std::visit([&](const auto& what) { return fold_one(s, what); }, *event);
}

} // namespace palabre::projections

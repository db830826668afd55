#include "projections/timeline.hpp"

#include "base/limits.hpp"
#include "projections/keys.hpp"
#include "projections/message_change.hpp"
#include "projections/message_folding.hpp"
#include "projections/message_lists.hpp"

namespace palabre::projections {
namespace {

using storage::views_batch;
using happening = message_change::kind;

row_key message_key(room_id room, stream_version seq) {
  return key_of(room, seq);
}
row_key reaction_key(room_id room, stream_version seq, std::string_view emoji, user_id user) {
  return key_of(room, seq, emoji, user);
}
row_key my_reaction_key(room_id room, user_id user, stream_version seq, std::string_view emoji) {
  return key_of(room, user, seq, emoji);
}

/// Lets `change` change a row. A message that is not there means a damaged log: corrupt.
template <class Change>
result<void> change_row(views_batch& rows, room_id room, stream_version seq, Change change) {
  PALABRE_TRY(std::string* const stored, rows.edit(tables::messages, message_key(room, seq)));
  if (stored == nullptr)
    return error{errc::corrupt, "an event refers to message seq " + std::to_string(seq) + ", which is not there"};
  PALABRE_TRY(auto row, decode_message_row(*stored));
  change(row);
  *stored = encode(row);
  return success();
}

/// One event's place in its room.
struct message_scene {
  room_id room;
  events::event_meta meta;
  views_batch& rows;

  /// Notes in the index of the past what happens to a message.
  void note(stream_version message_seq, message_change::kind what, std::string_view emoji = {}) const {
    const message_change change{meta.version, what, meta.time, meta.actor, std::string(emoji)};
    rows.add(tables::message_changes, key_of(room, message_seq, meta.version), encode(change));
  }
};

result<void> fold_one(const message_scene& s, const events::message_posted& e) {
  const message_row row = posted(s.room, s.meta, e);
  s.rows.put(tables::messages, message_key(s.room, row.seq), encode(row));
  s.rows.add(tables::message_places, key_of(e.message), key_of(s.room, row.seq));
  PALABRE_TRY(add_to_list(s.rows, {{}, s.room}, row.seq));
  if (!row.author.is_nil()) { // the system's messages are nobody's own
    PALABRE_TRY(add_to_list(s.rows, {row.author, s.room}, row.seq));
  }
  if (e.reply_to_seq == 0) return success();
  s.note(e.reply_to_seq, happening::answered);
  return change_row(s.rows, s.room, e.reply_to_seq, [](message_row& parent) { ++parent.reply_count; });
}

result<void> fold_one(const message_scene& s, const events::message_edited& e) {
  s.note(e.message_seq, happening::edited);
  return change_row(s.rows, s.room, e.message_seq, [&](message_row& row) { edit(row, s.meta, e); });
}

/// Adds a pin, or with nullptr takes that of `message` away, if it has one.
result<void> change_pins(const message_scene& s, message_id message, const pin* added) {
  PALABRE_TRY(const std::string* const stored, s.rows.find(tables::pins, key_of(s.room)));
  if (stored == nullptr && added == nullptr) return success();
  std::vector<pin> pins;
  if (stored != nullptr) {
    PALABRE_TRY(pins, decode_pins(*stored));
  }
  const std::size_t gone = std::erase_if(pins, [&](const pin& each) { return each.message == message; });
  if (added != nullptr) pins.push_back(*added);
  if (gone == 0 && added == nullptr) return success();
  s.rows.put(tables::pins, key_of(s.room), encode(pins));
  s.rows.add(tables::pin_moments, key_of(s.room, s.meta.version), encode_seqs(pins));
  return success();
}

result<void> fold_one(const message_scene& s, const events::message_pinned& e) {
  const pin added{s.meta.version, e.message, s.meta.actor, s.meta.time};
  return change_pins(s, e.message, &added);
}

result<void> fold_one(const message_scene& s, const events::message_unpinned& e) {
  return change_pins(s, e.message, nullptr);
}

result<void> fold_one(const message_scene& s, const events::message_deleted& e) {
  s.note(e.message_seq, happening::deleted);
  PALABRE_TRY(note_deletion(s.rows, {{}, s.room}, e.message_seq));
  if (!e.author.is_nil()) {
    PALABRE_TRY(note_deletion(s.rows, {e.author, s.room}, e.message_seq));
  }
  PALABRE_TRY(change_pins(s, e.message, nullptr));
  stream_version parent_seq = 0;
  PALABRE_TRY(change_row(s.rows, s.room, e.message_seq, [&](message_row& row) {
    remove(row, s.meta.time);
    parent_seq = row.reply_to_seq;
  }));
  if (parent_seq == 0) return success();
  s.note(parent_seq, happening::answer_deleted);
  return change_row(s.rows, s.room, parent_seq, [](message_row& parent) { --parent.reply_count; });
}

/// Of a log that came from elsewhere: no key holds a longer one.
result<void> check_emoji(std::string_view emoji) {
  if (emoji.size() > limits::emoji_bytes_max) return error{errc::corrupt, "a reaction's emoji is too long"};
  return success();
}

result<void> fold_one(const message_scene& s, const events::reaction_added& e) {
  PALABRE_TRY(check_emoji(e.emoji));
  std::string at;
  put_int<std::int64_t>(at, s.meta.time.ms);
  s.rows.put(tables::reactions, reaction_key(s.room, e.message_seq, e.emoji, s.meta.actor), std::move(at));
  s.rows.put(tables::my_reactions, my_reaction_key(s.room, s.meta.actor, e.message_seq, e.emoji), {});
  s.note(e.message_seq, happening::reacted, e.emoji);
  return change_row(s.rows, s.room, e.message_seq, [&](message_row& row) { add_reaction(row, e.emoji); });
}

result<void> fold_one(const message_scene& s, const events::reaction_removed& e) {
  PALABRE_TRY(check_emoji(e.emoji));
  s.rows.erase(tables::reactions, reaction_key(s.room, e.message_seq, e.emoji, s.meta.actor));
  s.rows.erase(tables::my_reactions, my_reaction_key(s.room, s.meta.actor, e.message_seq, e.emoji));
  s.note(e.message_seq, happening::unreacted, e.emoji);
  return change_row(s.rows, s.room, e.message_seq, [&](message_row& row) { remove_reaction(row, e.emoji); });
}

/// Membership and settings are the roster's.
template <class Event>
result<void> fold_one(const message_scene&, const Event&) {
  return success();
}

/// Rows changed and not written, while somebody's messages are wiped: a few thousand.
constexpr std::size_t wiped_bytes = 4 * 1024 * 1024;
constexpr std::size_t wiped_at_a_time = 4'096;

/// The messages of who was erased stay where they are, without their words. There may be millions: they are written in
/// parts, each with the checkpoint before this event; wiping a row twice changes nothing, so a crash in between only
/// begins again.
result<void> wipe_words_of(user_id author, position before, views_batch& rows) {
  PALABRE_TRY(rows.commit(before)); // ranges are read from the store
  PALABRE_TRY(auto found, messages_of(rows.store(), author, {}, wiped_at_a_time));
  while (!found.places.empty()) {
    for (const auto& each : found.places) {
      PALABRE_TRY(
          change_row(rows, each.room, each.seq, [](message_row& row) { row.body_json = row.metadata_json = "null"; }));
      if (rows.bytes() < wiped_bytes) continue;
      PALABRE_TRY(rows.commit(before));
    }
    PALABRE_TRY(found, messages_of(rows.store(), author, found.last_chunk, wiped_at_a_time));
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
  const message_scene s{room_id{e.envelope.stream.id}, e.meta(), rows};
  return std::visit([&](const auto& what) { return fold_one(s, what); }, *event);
}

} // namespace palabre::projections

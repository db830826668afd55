#include "projections/message_folding.hpp"

#include <algorithm>

namespace palabre::projections {
namespace {

auto find(message_row& row, std::string_view emoji) {
  return std::find_if(row.reactions.begin(), row.reactions.end(), [&](const auto& r) { return r.emoji == emoji; });
}

} // namespace

message_row posted(room_id room, const events::event_meta& meta, const events::message_posted& e) {
  message_row row;
  row.message = e.message;
  row.room = room;
  row.seq = meta.version;
  row.author = meta.actor;
  append_json(row.body_json, e.body, events::secrets::stored); // null of who was erased
  row.metadata_json = e.metadata.value.text;
  row.reply_to = e.reply_to;
  row.reply_to_seq = e.reply_to_seq;
  row.created_at = meta.time;
  row.mentioned = e.mentioned_user_ids;
  return row;
}

void edit(message_row& row, const events::event_meta& meta, const events::message_edited& e) {
  row.body_json.clear();
  append_json(row.body_json, e.body, events::secrets::stored); // null of who was erased
  row.edited_at = meta.time;
  row.edits = e.edit;
  row.mentioned = e.mentioned_user_ids;
}

void remove(message_row& row, timestamp at) {
  row.body_json = row.metadata_json = "null";
  row.deleted_at = at;
  row.mentioned.clear();
}

void add_reaction(message_row& row, std::string_view emoji) {
  const auto kind = find(row, emoji);
  if (kind != row.reactions.end())
    ++kind->count;
  else
    row.reactions.push_back({std::string(emoji), 1});
}

void remove_reaction(message_row& row, std::string_view emoji) {
  const auto kind = find(row, emoji);
  if (kind != row.reactions.end() && --kind->count == 0) row.reactions.erase(kind);
}

} // namespace palabre::projections

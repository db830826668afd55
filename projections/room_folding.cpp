#include "projections/room_folding.hpp"

#include "base/assert.hpp"

namespace palabre::projections {

room_row created(room_id room, const events::event_meta& meta, const events::room_created& e) {
  room_row row;
  row.room = room;
  row.kind = e.kind;
  row.settings = e.settings;
  row.owner = meta.actor;
  row.share_code = e.share_code.value;
  row.last_seq = row.settings_seq = meta.version;
  row.created_at = row.updated_at = meta.time;
  return row;
}

/// In another time zone today is another day: it begins to be counted with the next message.
void change(room_row& row, const events::event_meta& meta, const events::room_updated& e) {
  if (row.settings.time_zone != e.settings.time_zone) row.day = {};
  row.settings = e.settings;
  row.settings_seq = meta.version;
  row.updated_at = meta.time;
}

void change(room_row& row, const events::event_meta& meta, const events::room_archived&) {
  row.archived = true;
  row.settings_seq = meta.version;
  row.updated_at = meta.time;
}

void change(room_row& row, const events::event_meta& meta, const events::room_restored&) {
  row.archived = false;
  row.settings_seq = meta.version;
  row.updated_at = meta.time;
}

void change(room_row& row, const events::event_meta& meta, const events::room_owner_changed& e) {
  row.owner = e.user;
  row.updated_at = meta.time;
}

void change(room_row& row, const events::event_meta&, const events::room_code_rotated& e) {
  row.share_code = e.share_code.value;
}

void change(room_row& row, const events::event_meta&, const events::member_joined& e) {
  ++row.member_count;
  if (row.kind == events::room_kind::direct && e.user != row.owner) row.peer = e.user;
}

void change(room_row& row, const events::event_meta&, const events::member_left&) {
  --row.member_count;
}

void change(room_row& row, const events::event_meta&, const events::member_kicked&) {
  --row.member_count;
}

void change(room_row& row, const events::event_meta& meta, const events::message_posted&) {
  if (!row.day.contains(meta.time)) {
    row.day = events::local_day(row.settings.time_zone, meta.time);
    row.messages_of_day = 0;
  }
  ++row.messages_of_day;
  ++row.message_count;
}

void change(room_row& row, const events::event_meta&, const events::message_deleted&) {
  --row.message_count;
}

namespace {

/// Everything else only moves the seq.
template <class Event>
void change(room_row&, const events::event_meta&, const Event&) {}

} // namespace

void fold_into(room_row& row, const events::event_meta& meta, const events::room_event& e) {
  PALABRE_ASSERT(meta.version == row.last_seq + 1);
  std::visit([&](const auto& what) { change(row, meta, what); }, e);
  row.last_seq = meta.version;
}

} // namespace palabre::projections

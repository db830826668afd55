#pragma once
// What events make of a room's row. Pure: for the fold of the roster, and for rooms as they were.

#include "events/room.hpp"
#include "projections/roster.hpp"

namespace palabre::projections {

room_row created(room_id room, const events::event_meta& meta, const events::room_created& e);

// Each sets what the event changes, but for `last_seq`.
void change(room_row& row, const events::event_meta& meta, const events::room_updated& e);
void change(room_row& row, const events::event_meta& meta, const events::room_archived& e);
void change(room_row& row, const events::event_meta& meta, const events::room_restored& e);
void change(room_row& row, const events::event_meta& meta, const events::room_owner_changed& e);
void change(room_row& row, const events::event_meta& meta, const events::room_code_rotated& e);
void change(room_row& row, const events::event_meta& meta, const events::member_joined& e);
void change(room_row& row, const events::event_meta& meta, const events::member_left& e);
void change(room_row& row, const events::event_meta& meta, const events::member_kicked& e);
void change(room_row& row, const events::event_meta& meta, const events::message_posted& e);
void change(room_row& row, const events::event_meta& meta, const events::message_deleted& e);

/// Any later event of the room. Requires: it is the one behind `row.last_seq`, and not room.created.
void fold_into(room_row& row, const events::event_meta& meta, const events::room_event& e);

} // namespace palabre::projections

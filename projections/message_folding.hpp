#pragma once
// What events make of a message. Pure: for the fold of the timeline, and for messages as they were.

#include "events/room.hpp"
#include "projections/message_row.hpp"

namespace palabre::projections {

message_row posted(room_id room, const events::event_meta& meta, const events::message_posted& e);
void edit(message_row& row, const events::event_meta& meta, const events::message_edited& e);
/// The words go, the place stays.
void remove(message_row& row, timestamp at);
void add_reaction(message_row& row, std::string_view emoji);
void remove_reaction(message_row& row, std::string_view emoji);

} // namespace palabre::projections

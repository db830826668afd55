#pragma once
// Changes of stored room rows in place: a message changes four numbers, and must not cost taking the row apart.
// Requires of all: bytes made by encode(const room_row&).

#include "base/clock.hpp"
#include "base/position.hpp"

#include <cstdint>
#include <string>

namespace palabre::projections {

/// The numbers in front of a stored room row: last_seq, last_at, message_count, member_count, the bounds of the day,
/// messages_of_day, settings_seq, created_at, updated_at, slow_mode_seconds (8 bytes each).
constexpr std::size_t room_row_fixed_bytes = 88;

/// False: it is the first of another day, and nothing was changed (room_folding.hpp finds that day).
bool count_message(std::string& stored, timestamp at);
void uncount_message(std::string& stored);
/// The room's last event is `seq`, at `at` in the log.
void set_last(std::string& stored, stream_version seq, position at);
bool is_in_slow_mode(const std::string& stored);

} // namespace palabre::projections

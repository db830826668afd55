#pragma once
// Changes of stored room rows in place: a message changes four numbers, and must not cost taking the row apart.
// Requires of all: bytes made by encode(const room_row&).

#include "base/position.hpp"

#include <cstdint>
#include <string>

namespace palabre::projections {

/// The numbers in front of a stored room row: last_seq, message_count, member_count, day, messages_of_day,
/// settings_seq, created_at, updated_at, slow_mode_seconds (8 bytes each).
constexpr std::size_t room_row_fixed_bytes = 72;

void count_message(std::string& stored, stream_version seq, std::int64_t day);
void uncount_message(std::string& stored, stream_version seq);
void set_last_seq(std::string& stored, stream_version seq);
bool is_in_slow_mode(const std::string& stored);

} // namespace palabre::projections

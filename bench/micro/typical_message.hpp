#pragma once
// The message that all files of this folder work on: 128 bytes of body, from one of a room's members. The same bytes in
// every run.

#include "events/room.hpp"
#include "storage/record.hpp"

#include <string>
#include <string_view>

namespace palabre::micro {

constexpr std::string_view body_text =
    "A message of one hundred and twenty-eight bytes, which is about what people write to each other "
    "when they have something to say.";
static_assert(body_text.size() >= 124 && body_text.size() <= 132);

constexpr timestamp noon{1'700'000'000'000};

/// An id of `kind` with `number` in its last bytes.
uuid numbered_id(std::uint8_t kind, std::uint64_t number);
room_id numbered_room(std::uint64_t number);
user_id numbered_user(std::uint64_t number);
message_id numbered_message(std::uint64_t number);

events::message_posted posted_message(std::uint64_t number);

/// As an actor hands it to the journal: encoded, without position, version and hash.
std::string stored_message(room_id in, std::uint64_t number);
/// As the journal hands it on.
storage::committed_record committed_message(room_id in, stream_version version);

} // namespace palabre::micro

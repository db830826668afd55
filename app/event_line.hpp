#pragma once
#include "storage/record.hpp"

#include <string>

namespace palabre::app {

/// Appends a record as `palabre events` shows it, without a newline: what members see of it (http's publication), with
/// `stream` instead of `room_id` where it is not of a room, and `position`, `correlation_id` and `hash` behind. Secrets
/// are null. Errors: corrupt, from_the_future; the context has the position.
result<void> append_event_line(std::string& out, const storage::committed_record& record);

} // namespace palabre::app

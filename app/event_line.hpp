#pragma once
#include "storage/record.hpp"

#include <string>

namespace palabre::app {

/// Appends a record as `palabre events` shows it, without a newline: what members see of it (http's publication), with
/// `stream` instead of `room_id` where it is not of a room, and `position`, `correlation_id` and `hash` behind. Secrets
/// are null. Threads: any. Errors: corrupt, from_the_future; the context has the position.
result<void> append_event_line(std::string& out, const storage::record& record, const sha256_digest& hash);

/// Appends "2026-11-21T01:46:15.123Z", faster than to_rfc3339 where many times of one day follow one another. Errors:
/// corrupt: a time that has no such form.
result<void> append_time(std::string& out, timestamp time);

} // namespace palabre::app

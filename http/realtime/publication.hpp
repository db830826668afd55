#pragma once
// How an event of a room, or of a user's inbox, looks outside: the same bytes whether it is pushed live, recovered,
// paged or streamed as SSE.

#include "events/catalog.hpp"
#include "events/permissions.hpp"
#include "storage/record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::http::realtime {

/// The event's id: a UUIDv7 of the record's time and hash, so it is the same whenever it is made.
uuid event_id(timestamp time, const sha256_digest& hash);
inline uuid event_id(const storage::committed_record& record) {
  return event_id(record.view.time, record.hash);
}

/// Appends `{"type":…,"v":…,"id":…,"seq":…,"room_id":…,"actor_id":…,"at":…,"client_id":…?,"data":{…}}`.
/// `data` is the stored payload where it has no secrets; words::hidden is for messages deleted by now. Of an inbox
/// `seq` is the inbox's version, and `room_id` the room that the event is about, null if about none. Requires: a record
/// of a room whose type is seen by members or moderators, or of an inbox. Errors: corrupt, from_the_future: the payload
/// is not what its type says; `out` has a part of it then.
result<void> append_event(std::string& out, const storage::committed_record& record, events::words what);

/// Appends the publication: `{"data":{the event},"offset":N,"tags":{"t":"message.posted"}}`. As append_event.
result<void> append_publication(std::string& out, const storage::committed_record& record, events::words what);

/// Appends `{"push":{"channel":"room:<id>","pub":{the publication}}}`, of an inbox with "user:<id>". As append_event.
result<void> append_push(std::string& out, const storage::committed_record& record, events::words what);

inline room_id room_of(const storage::record& record) {
  return room_id{record.stream.id};
}
bool is_of_room(const storage::record& record);
/// Who is no member of the record's room any more behind it.
std::optional<user_id> departed_in(const storage::record& record);
/// Whose role in the record's room is another behind it.
struct changed_role {
  user_id who;
  events::role as{};
};
std::vector<changed_role> roles_changed_in(const storage::record& record);
bool is_of_inbox(const storage::record& record);

} // namespace palabre::http::realtime

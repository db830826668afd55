#pragma once
// How an event of a room looks outside: the same bytes whether it is pushed live, recovered, paged or streamed as SSE.

#include "events/catalog.hpp"
#include "storage/record.hpp"

#include <string>
#include <string_view>

namespace palabre::http::realtime {

/// The event's id: a UUIDv7 of the record's time and hash, so it is the same whenever it is made.
uuid event_id(const storage::committed_record& record);

/// Appends `{"type":…,"v":…,"id":…,"seq":…,"room_id":…,"actor_id":…,"at":…,"client_id":…?,"data":{…}}`.
/// `data` is the stored payload where it has no secrets; words::hidden is for messages deleted by now. Requires: a
/// record of a room whose type is seen by members. Errors: corrupt, from_the_future: the payload is not what its type
/// says; `out` has a part of it then.
result<void> append_event(std::string& out, const storage::committed_record& record, events::words what);

/// Appends the publication: `{"data":{the event},"offset":N,"tags":{"t":"message.posted"}}`. As append_event.
result<void> append_publication(std::string& out, const storage::committed_record& record, events::words what);

/// Appends `{"push":{"channel":"room:<id>","pub":{the publication}}}`. As append_event.
result<void> append_push(std::string& out, const storage::committed_record& record, events::words what);

inline room_id room_of(const storage::record& record) {
  return room_id{record.stream.id};
}
bool is_of_room(const storage::record& record);

} // namespace palabre::http::realtime

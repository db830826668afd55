#pragma once
// An event of a room or of a user, read again for what of it stands in no view.

#include "events/event.hpp"
#include "events/streams.hpp"
#include "http/services.hpp"

#include <optional>

namespace palabre::http {

/// Requires: a view has `version` from an event of this type. nullopt: it was moved away to a file that is not at hand.
/// Errors: io, corrupt.
template <class Event>
result<std::optional<Event>> event_at(services& s, const stream_id& of, stream_version version) {
  const auto found = s.log.events_of(of, version - 1, version, 1, SIZE_MAX);
  if (!found && found.error().code == errc::not_found) return std::optional<Event>{};
  if (!found) return found.error();
  const auto& records = found.value().records;
  if (records.empty() || records.front().view.type != Event::type.name)
    return error{errc::corrupt, "an event that the views know is not in the log"};
  const storage::record& r = records.front().view;
  PALABRE_TRY(auto event, events::decode_as<Event>(r.schema, r.payload));
  return std::optional<Event>{std::move(event)};
}
template <class Event>
result<std::optional<Event>> event_at(services& s, room_id room, stream_version seq) {
  return event_at<Event>(s, events::stream_of(room), seq);
}

} // namespace palabre::http

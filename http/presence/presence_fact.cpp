#include "http/presence/presence_fact.hpp"

#include "http/realtime/publication.hpp"

namespace palabre::http {
namespace {

/// True: the record is an Event; `fact` has it, if it can be read.
template <class Event>
bool read_as(const storage::committed_record& record, std::optional<presence_fact>& fact) {
  const storage::record& r = record.view;
  if (r.type != Event::type.name) return false;
  if (auto event = events::decode_as<Event>(r.schema, r.payload))
    fact.emplace(presence_fact{r.at, r.time, r.stream.id, realtime::event_id(record), std::move(event).value()});
  return true;
}

} // namespace

/// Inboxes have types of the same names, with another shape.
std::optional<presence_fact> fact_in(const storage::committed_record& record) {
  std::optional<presence_fact> fact;
  const std::string_view type = record.view.type;
  const bool of_user = record.view.stream.kind == static_cast<char>(events::stream_kind::user);
  if (!of_user && !realtime::is_of_room(record.view)) return fact;
  if (type.starts_with("presence."))
    read_as<events::presence_changed>(record, fact) || read_as<events::presence_configured>(record, fact);
  else if (type.starts_with("member."))
    read_as<events::member_joined>(record, fact) || read_as<events::member_left>(record, fact) ||
        read_as<events::member_kicked>(record, fact);
  else if (type.starts_with("room."))
    read_as<events::room_archived>(record, fact) || read_as<events::room_restored>(record, fact);
  return fact;
}

} // namespace palabre::http

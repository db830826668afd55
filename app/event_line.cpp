#include "app/event_line.hpp"

#include "events/catalog.hpp"
#include "http/realtime/publication.hpp"
#include "projections/projection.hpp"

namespace palabre::app {
namespace {

void append_id(std::string& out, const uuid& id) {
  out += '"';
  append_text(out, id);
  out += '"';
}

} // namespace

result<void> append_event_line(std::string& out, const storage::committed_record& record) {
  const storage::record& r = record.view;
  PALABRE_TRY(auto event, projections::decode(r));
  out += R"({"type":)";
  append_json_string(out, r.type);
  out += R"(,"v":)";
  append_json_uint(out, r.schema);
  out += R"(,"id":)";
  append_id(out, http::realtime::event_id(record));
  out += R"(,"seq":)";
  append_json_uint(out, r.version);
  if (http::realtime::is_of_room(r)) {
    out += R"(,"room_id":)";
    append_id(out, r.stream.id);
  } else {
    out += R"(,"stream":)";
    append_json_string(out, events::name_of(r.stream));
  }
  out += R"(,"actor_id":)";
  append_id(out, r.actor);
  out += R"(,"at":")";
  out += to_rfc3339(r.time);
  out += R"(","data":)";
  out += events::public_json(event.event, events::words::shown);
  out += R"(,"position":)";
  append_json_uint(out, r.at.value);
  out += R"(,"correlation_id":)";
  append_json_string(out, r.correlation);
  out += R"(,"hash":")";
  out += to_hex(as_bytes(record.hash));
  out += R"("})";
  return success();
}

} // namespace palabre::app

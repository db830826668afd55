#include "app/event_line.hpp"

#include "base/json_writer.hpp"
#include "base/text_in_place.hpp"
#include "events/catalog.hpp"
#include "events/sealing.hpp"
#include "events/todays_schema.hpp"
#include "http/realtime/publication.hpp"
#include "projections/projection.hpp"
#include "storage/log_store.hpp"

#include <unordered_map>

namespace palabre::app {
namespace {

void append_id(std::string& out, const uuid& id) {
  out += '"';
  append_text(out, id);
  out += '"';
}

void append_hex(std::string& out, const sha256_digest& hash) {
  constexpr char digits[] = "0123456789abcdef";
  char text[2 * sizeof hash];
  char* at = text;
  for (const std::uint8_t byte : hash) {
    *at++ = digits[byte >> 4];
    *at++ = digits[byte & 15];
  }
  out.append(text, sizeof text);
}

/// The schema whose payloads of a type may be shown as they are stored; 0: none, they hold secrets.
using plain_types = std::unordered_map<std::string_view, std::uint16_t>;

const plain_types& plain_types_of(char kind) {
  static const std::unordered_map<char, plain_types> all = [] {
    std::unordered_map<char, plain_types> made;
    for (const auto& t : events::all_types()) {
      const char of = static_cast<char>(t.stream);
      made[of][t.type.name] = events::has_secrets(of, t.type.name) ? 0 : t.type.schema;
    }
    return made;
  }();
  static const plain_types none;
  const auto found = all.find(kind);
  return found == all.end() ? none : found->second;
}

/// Also what was sealed and has been opened, which is as it was before, byte by byte.
bool is_shown_as_stored(const storage::record& r) {
  const plain_types& types = plain_types_of(r.stream.kind);
  const auto found = types.find(r.type);
  return found != types.end() && r.schema != 0 && found->second == r.schema &&
         (r.key_id == 0 || events::seal_in(r.payload).empty());
}

/// The payload as anyone may see it who reads the log.
struct shown_payload {
  std::uint16_t schema = 0;
  bool as_stored = false;
  std::string anew; ///< in today's shape, if not as stored
};

result<shown_payload> payload_shown(const storage::record& r) {
  if (is_shown_as_stored(r)) return shown_payload{r.schema, true, {}};
  PALABRE_TRY(const auto event, projections::decode(r));
  return shown_payload{events::todays_schema(r.stream.kind, r.type), false,
                       events::public_json(event.event, events::words::shown)};
}

} // namespace

result<void> append_time(std::string& out, timestamp time) {
  if (!has_rfc3339(time)) return error{errc::corrupt, "its time is none"};
  append_rfc3339(out, time);
  return success();
}

result<void> append_event_line(std::string& out, const storage::record& r, const sha256_digest& hash) {
  out += R"({"type":)";
  append_json_string(out, r.type);
  PALABRE_TRY(const shown_payload shown, payload_shown(r));
  out += R"(,"v":)";
  append_json_uint(out, shown.schema);
  out += R"(,"id":)";
  append_id(out, http::realtime::event_id(r.time, hash));
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
  if (const auto made = append_time(out, r.time); !made) return storage::at_position(r.at, made.error());
  out += R"(","data":)";
  out += shown.as_stored ? r.payload : shown.anew;
  out += R"(,"position":)";
  append_json_uint(out, r.at.value);
  out += R"(,"correlation_id":)";
  append_json_string(out, request_id_in(r.correlation));
  if (const std::string_view trace = traceparent_in(r.correlation); !trace.empty()) {
    out += R"(,"traceparent":)";
    append_json_string(out, trace);
  }
  out += R"(,"hash":")";
  append_hex(out, hash);
  out += R"("})";
  return success();
}

} // namespace palabre::app

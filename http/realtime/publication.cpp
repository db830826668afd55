#include "http/realtime/publication.hpp"

#include "events/streams.hpp"
#include "events/todays_schema.hpp"

namespace palabre::http::realtime {

namespace {

/// Whether the payload goes out as it is stored, in the shape of then; else it is written anew in today's.
bool is_shown_as_stored(const storage::record& r, events::words what) {
  const bool redacted = what == events::words::hidden &&
                        (r.type == events::message_posted::type.name || r.type == events::message_edited::type.name);
  return !redacted && !events::has_secrets(r.stream.kind, r.type);
}

result<void> append_data(std::string& out, const storage::record& r, events::words what, bool as_stored) {
  if (as_stored) {
    out += r.payload;
    return success();
  }
  PALABRE_TRY(const auto event, events::decode_any(r.stream.kind, r.type, r.schema, r.payload));
  out += events::public_json(event, what);
  return success();
}

/// The client_id of a message.posted as it stands in the payload, quotes included; empty: it has none.
/// Fields stand in the order described and a quote inside a string is escaped, so the first match is the field itself.
std::string_view client_id_of(const storage::record& r) {
  constexpr std::string_view key = R"(,"client_id":)";
  if (r.type != events::message_posted::type.name) return {};
  const std::size_t at = r.payload.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view value = r.payload.substr(at + key.size());
  if (value.empty() || value.front() != '"') return {};
  std::size_t end = 1;
  while (end < value.size() && value[end] != '"') end += value[end] == '\\' ? 2 : 1;
  return value.substr(0, end + 1);
}

void append_quoted(std::string& out, const uuid& id) {
  out += '"';
  append_text(out, id);
  out += '"';
}

/// The room of an inbox event as it stands in the payload, quotes included. Ids of rooms come first there.
std::string_view room_told_in(const storage::record& r) {
  constexpr std::string_view key = R"({"room_id":)";
  constexpr std::size_t quoted_id_bytes = 38;
  if (!r.payload.starts_with(key)) return "null";
  return r.payload.substr(key.size(), quoted_id_bytes);
}

} // namespace

bool is_of_room(const storage::record& record) {
  return record.stream.kind == static_cast<char>(events::stream_kind::room);
}

std::optional<user_id> departed_in(const storage::record& r) {
  const auto user_in = [&](auto decoded) { return decoded ? std::optional(decoded.value().user) : std::nullopt; };
  if (!is_of_room(r)) return std::nullopt;
  if (r.type == events::member_left::type.name)
    return user_in(events::decode_as<events::member_left>(r.schema, r.payload));
  if (r.type != events::member_kicked::type.name) return std::nullopt;
  return user_in(events::decode_as<events::member_kicked>(r.schema, r.payload));
}

std::vector<changed_role> roles_changed_in(const storage::record& r) {
  if (!is_of_room(r)) return {};
  if (r.type == events::member_role_changed::type.name) {
    const auto changed = events::decode_as<events::member_role_changed>(r.schema, r.payload);
    if (changed) return {{changed.value().user, changed.value().role}};
  } else if (r.type == events::room_owner_changed::type.name) {
    const auto changed = events::decode_as<events::room_owner_changed>(r.schema, r.payload);
    if (changed) return {{changed.value().user, events::role::owner}, {changed.value().was, events::role::admin}};
  }
  return {};
}

bool is_of_inbox(const storage::record& record) {
  return record.stream.kind == static_cast<char>(events::stream_kind::inbox);
}

uuid event_id(timestamp time, const sha256_digest& hash) {
  uuid id;
  const auto ms = static_cast<std::uint64_t>(time.ms);
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  for (std::size_t i = 6; i < 16; ++i) id.bytes[i] = hash[i];
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x70); // version 7
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80); // variant of RFC 9562
  return id;
}

result<void> append_event(std::string& out, const storage::committed_record& record, events::words what) {
  const storage::record& r = record.view;
  const bool as_stored = is_shown_as_stored(r, what);
  out += R"({"type":")";
  out += r.type;
  out += R"(","v":)";
  append_json_uint(out, as_stored ? r.schema : events::todays_schema(r.stream.kind, r.type));
  out += R"(,"id":)";
  append_quoted(out, event_id(record));
  out += R"(,"seq":)";
  append_json_uint(out, r.version);
  out += R"(,"room_id":)";
  if (is_of_inbox(r))
    out += room_told_in(r);
  else
    append_quoted(out, r.stream.id);
  out += R"(,"actor_id":)";
  if (r.actor.is_nil())
    out += "null";
  else
    append_quoted(out, r.actor);
  out += R"(,"at":")";
  append_rfc3339(out, r.time);
  out += '"';
  if (const std::string_view client_id = client_id_of(r); !client_id.empty()) {
    out += R"(,"client_id":)";
    out += client_id;
  }
  out += R"(,"data":)";
  PALABRE_TRY(append_data(out, r, what, as_stored));
  out += '}';
  return success();
}

result<void> append_publication(std::string& out, const storage::committed_record& record, events::words what) {
  out += R"({"data":)";
  PALABRE_TRY(append_event(out, record, what));
  out += R"(,"offset":)";
  append_json_uint(out, record.view.version);
  out += R"(,"tags":{"t":")";
  out += record.view.type;
  out += R"("}})";
  return success();
}

result<void> append_push(std::string& out, const storage::committed_record& record, events::words what) {
  out += is_of_inbox(record.view) ? R"({"push":{"channel":"user:)" : R"({"push":{"channel":"room:)";
  append_text(out, record.view.stream.id);
  out += R"(","pub":)";
  PALABRE_TRY(append_publication(out, record, what));
  out += "}}";
  return success();
}

} // namespace palabre::http::realtime

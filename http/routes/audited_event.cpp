#include "http/routes/audited_event.hpp"

#include "base/json_writer.hpp"
#include "events/catalog.hpp"
#include "events/streams.hpp"
#include "events/todays_schema.hpp"
#include "http/routes/render.hpp"
#include "projections/projection.hpp"

namespace palabre::http {
namespace {

/// What an event changed: a message, a membership, a session, or else what the stream is of.
struct resource {
  std::string_view kind;
  uuid id;
};

std::string_view kind_of(const stream_id& stream) {
  switch (static_cast<events::stream_kind>(stream.kind)) {
  case events::stream_kind::room: return "room";
  case events::stream_kind::user: return "user";
  case events::stream_kind::inbox: return "inbox";
  case events::stream_kind::login: return "login";
  case events::stream_kind::share_code: return "share_code";
  case events::stream_kind::direct_pair: return "direct_pair";
  }
  return "unknown";
}

template <class Event>
resource changed_by(const Event& event, const stream_id& stream) {
  if constexpr (requires { message_id{event.message}; })
    return {"message", event.message};
  else if constexpr (requires { session_id{event.session}; })
    return {"session", event.session};
  else
    return {kind_of(stream), stream.id};
}

/// In a room whoever an event names is a member.
template <class Event>
resource changed_in_room(const Event& event, const stream_id& stream) {
  if constexpr (requires { user_id{event.user}; })
    return {"member", event.user};
  else
    return changed_by(event, stream);
}

resource resource_of(const projections::log_event& e) {
  const stream_id& stream = e.envelope.stream;
  if (const auto* of_room = std::get_if<events::room_event>(&e.event))
    return std::visit([&](const auto& event) { return changed_in_room(event, stream); }, *of_room);
  return std::visit(
      [&](const auto& family) {
        return std::visit([&](const auto& event) { return changed_by(event, stream); }, family);
      },
      e.event);
}

void append_id(std::string& out, const uuid& id) {
  out += '"';
  append_text(out, id);
  out += '"';
}

void append_text_or_null(std::string& out, std::string_view text) {
  if (text.empty())
    out += "null";
  else
    append_json_string(out, text);
}

result<void> append_actor(std::string& out, user_id actor, projections::profiles& people) {
  if (actor.is_nil()) {
    out += R"({"id":null,"display_name":null})";
    return success();
  }
  PALABRE_TRY(const auto author, people.author_json(actor));
  PALABRE_TRY(const auto name, display_name_in(*author));
  out += R"({"id":)";
  append_id(out, actor);
  out += R"(,"display_name":)";
  append_text_or_null(out, name);
  out += '}';
  return success();
}

void append_place(std::string& out, const storage::record& r) {
  out += R"({"position":)";
  append_json_uint(out, r.at.value);
  out += R"(,"stream":)";
  append_json_string(out, events::name_of(r.stream));
  out += R"(,"type":)";
  append_json_string(out, r.type);
  out += R"(,"v":)";
  append_json_uint(out, events::todays_schema(r.stream.kind, r.type)); // as `data` is shown
  out += R"(,"at":")";
  append_rfc3339(out, r.time);
  out += '"';
}

void append_action(std::string& out, const projections::log_event& e) {
  const resource changed = resource_of(e);
  out += R"(,"action":)";
  append_json_string(out, e.envelope.type);
  out += R"(,"resource":{"kind":)";
  append_json_string(out, changed.kind);
  out += R"(,"id":)";
  append_id(out, changed.id);
  out += R"(},"request_id":)";
  append_text_or_null(out, request_id_in(e.envelope.correlation));
}

} // namespace

result<void> append_audited_event(std::string& out, const storage::committed_record& record,
                                  projections::profiles& people) {
  const storage::record& r = record.view;
  PALABRE_TRY(const projections::log_event e, projections::decode(r));
  append_place(out, r);
  out += R"(,"actor":)";
  PALABRE_TRY(append_actor(out, r.actor, people));
  append_action(out, e);
  out += R"(,"hash":")";
  out += to_hex(as_bytes(record.hash));
  out += r.key_id != 0 && events::is_blank(e.event) ? R"(","erased":true,"data":)" : R"(","erased":false,"data":)";
  out += events::public_json(e.event, events::words::shown);
  out += '}';
  return success();
}

} // namespace palabre::http

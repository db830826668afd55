#include "http/presence/shown_presence.hpp"

namespace palabre::http {
namespace {

using events::append_json;

constexpr auto shown = events::secrets::hidden;

template <class T>
void append_field(std::string& out, std::string_view name, const T& value) {
  out += ",\"";
  out += name;
  out += "\":";
  append_json(out, value, shown);
}

} // namespace

std::string presence_publication(const shown_presence& of, const std::optional<uuid>& event, timestamp at) {
  std::string out = R"({"type":"presence.changed","v":1)";
  append_field(out, "id", event);
  append_field(out, "actor_id", of.user);
  append_field(out, "at", at);
  append_field(out, "data", of);
  out += '}';
  return out;
}

std::string count_publication(room_id room, const presence_counts& counts, timestamp at) {
  std::string out = R"({"type":"presence.counted","v":1)";
  append_field(out, "room_id", room);
  append_field(out, "at", at);
  append_field(out, "data", counts);
  out += '}';
  return out;
}

} // namespace palabre::http

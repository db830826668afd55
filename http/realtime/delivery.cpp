#include "http/realtime/delivery.hpp"

#include "base/json_writer.hpp"

namespace palabre::http::realtime {

namespace {

/// The event in a push of a room: what stands between `"data":` and `,"offset":` of its publication.
std::string_view event_in(std::string_view push) {
  constexpr std::string_view before_data = R"("pub":{"data":)";
  push.remove_prefix(push.find(before_data) + before_data.size());
  return push.substr(0, push.rfind(R"(,"offset":)"));
}

/// Appends what a push is on another wire.
void append_reframed(std::string& out, std::string_view push, wire to) {
  constexpr std::string_view envelope = R"({"push":)";
  const std::size_t start = begin_message(out, to);
  out += is_one_way(to) ? push.substr(envelope.size(), push.size() - envelope.size() - 1) : push;
  end_message(out, start, to);
}

} // namespace

void append_room_event(std::string& out, std::string_view event, stream_version seq, std::string_view epoch) {
  const std::size_t start = begin_message(out, wire::room_events);
  out += "id: ";
  out += epoch;
  out += ':';
  append_json_uint(out, seq);
  out += "\ndata: ";
  out += event;
  end_message(out, start, wire::room_events);
}

channel_frames_ptr reframed(const channel_frames& from, wire to, std::string_view epoch) {
  auto made = std::make_shared<channel_frames>();
  made->channel = from.channel;
  made->what = from.what;
  made->framing = to;
  made->first = from.first;
  made->last = from.last;
  std::string_view rest = from.bytes;
  for (std::size_t i = 0; !rest.empty(); ++i) {
    const std::string_view push = take_message(rest);
    const bool is_event = from.what == channel_frames::kind::events;
    if (to != wire::room_events)
      append_reframed(made->bytes, push, to);
    else if (is_event) // ephemera are not for those who read a log
      append_room_event(made->bytes, event_in(push), from.marks[i].offset, epoch);
    if (is_event) made->marks.push_back({from.marks[i].offset, static_cast<std::uint32_t>(made->bytes.size())});
  }
  return made;
}

std::size_t delivery::bytes() const {
  std::size_t sum = 0;
  for (const channel_frames_ptr& each : channels)
    sum += each->bytes.size() + (each->for_moderators ? each->for_moderators->bytes.size() : 0);
  return sum;
}

delivery_ptr without_frames(const delivery& full) {
  auto rest = std::make_shared<delivery>();
  rest->ended_sessions = full.ended_sessions;
  for (const channel_frames_ptr& each : full.channels) {
    if (each->what == channel_frames::kind::lost) rest->channels.push_back(each);
    if (each->what != channel_frames::kind::events) continue;
    auto gone = std::make_shared<channel_frames>();
    gone->channel = each->channel;
    gone->what = channel_frames::kind::lost;
    gone->first = each->first;
    gone->last = each->last;
    gone->farewells = each->farewells;
    gone->role_changes = each->role_changes;
    rest->channels.push_back(std::move(gone));
  }
  return rest;
}

} // namespace palabre::http::realtime

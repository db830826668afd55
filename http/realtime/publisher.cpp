#include "http/realtime/publisher.hpp"

#include "events/streams.hpp"
#include "http/realtime/frame.hpp"
#include "http/realtime/publication.hpp"

#include <algorithm>

namespace palabre::http::realtime {

namespace {

constexpr std::size_t bytes_around_event = 512; // envelope, names and frame header, generously

std::optional<ended_session> session_ended_by(const storage::record& r) {
  if (r.stream.kind != static_cast<char>(events::stream_kind::user) || r.type != events::session_closed::type.name)
    return std::nullopt;
  const auto closed = events::decode_as<events::session_closed>(r.schema, r.payload);
  if (!closed) return std::nullopt;
  return ended_session{user_id{r.stream.id}, closed.value().session};
}

void add_farewells(room_frames& frames, const storage::record& r) {
  if (r.type == events::room_archived::type.name) frames.farewells.push_back({r.version, std::nullopt});
  if (r.type != events::member_left::type.name) return;
  if (const auto left = events::decode_as<events::member_left>(r.schema, r.payload))
    frames.farewells.push_back({r.version, left.value().user});
}

/// Appends the push of `record` as a frame. What cannot be shown leaves nothing behind: its seq is skipped.
void append_frame(room_frames& frames, const storage::committed_record& record) {
  if (events::audience_of(record.view.stream.kind, record.view.type) != events::audience::members) return;
  frames.bytes.reserve(frames.bytes.size() + record.view.payload.size() + bytes_around_event);
  const std::size_t start = begin_text_frame(frames.bytes);
  if (!append_push(frames.bytes, record, events::words::shown)) {
    frames.bytes.resize(start);
    return;
  }
  end_text_frame(frames.bytes, start);
  frames.marks.push_back({record.view.version, static_cast<std::uint32_t>(frames.bytes.size())});
}

} // namespace

void publisher::publish(const storage::committed_batch_ptr& batch) {
  auto out = std::make_shared<delivery>();
  for (const storage::committed_record& record : batch->records) {
    if (is_of_room(record.view))
      publish_room_record(record, *out);
    else if (const auto ended = session_ended_by(record.view))
      out->ended_sessions.push_back(*ended);
  }
  open_.clear();
  if (!out->rooms.empty() || !out->ended_sessions.empty()) hand_over(std::move(out));
}

void publisher::publish_room_record(const storage::committed_record& record, delivery& out) {
  room_frames* frames = frames_for(record.view, out);
  if (frames == nullptr) return;
  frames->last = record.view.version;
  append_frame(*frames, record);
  add_farewells(*frames, record.view);
}

/// Whether anyone listens is asked once per room and batch, so that what a hub gets of a room has no hole.
room_frames* publisher::frames_for(const storage::record& record, delivery& out) {
  const room_id room = room_of(record);
  const auto [found, is_new] = open_.try_emplace(room);
  if (!is_new) return found->second.frames.get();
  if (std::none_of(hubs_.begin(), hubs_.end(), [&](const hub* h) { return h->rooms_heard().may_have(room); }))
    return nullptr;
  auto frames = std::make_shared<room_frames>();
  frames->room = room;
  frames->first = record.version;
  out.rooms.push_back(frames);
  return (found->second.frames = std::move(frames)).get();
}

void publisher::hand_over(delivery_ptr what) const {
  for (hub* h : hubs_) {
    const bool has_room = std::any_of(what->rooms.begin(), what->rooms.end(),
                                      [&](const room_frames_ptr& f) { return h->rooms_heard().may_have(f->room); });
    if (has_room || (!what->ended_sessions.empty() && h->connections() > 0)) h->hand_over(what);
  }
}

} // namespace palabre::http::realtime

#include "http/realtime/publisher.hpp"

#include "events/streams.hpp"
#include "http/realtime/frame.hpp"
#include "http/realtime/publication.hpp"

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

void add_farewells(channel_frames& frames, const storage::record& r) {
  if (!is_of_room(r)) return;
  if (r.type == events::room_archived::type.name) frames.farewells.push_back({r.version, std::nullopt});
  if (const auto user = departed_in(r)) frames.farewells.push_back({r.version, user});
}

/// Appends the push of `record` as a frame. What cannot be shown leaves nothing behind: its seq is skipped.
void append_frame(channel_frames& frames, const storage::committed_record& record) {
  const events::audience seen_by = events::audience_of(record.view.stream.kind, record.view.type);
  if (seen_by != (is_of_inbox(record.view) ? events::audience::self : events::audience::members)) return;
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
      publish_record(channel_of(room_of(record.view)), record, *out);
    else if (is_of_inbox(record.view))
      publish_record(channel_of(user_id{record.view.stream.id}), record, *out);
    else if (const auto ended = session_ended_by(record.view))
      out->ended_sessions.push_back(*ended);
  }
  open_.clear();
  if (!out->channels.empty() || !out->ended_sessions.empty()) to_.hand_over(delivery_ptr(std::move(out)));
}

void publisher::publish_record(const channel_id& channel, const storage::committed_record& record, delivery& out) {
  channel_frames* frames = frames_for(channel, record.view.version, out);
  if (frames == nullptr) return;
  frames->last = record.view.version;
  append_frame(*frames, record);
  add_farewells(*frames, record.view);
}

/// Whether anyone listens is asked once per channel and batch, so that what a hub gets of a channel has no hole.
channel_frames* publisher::frames_for(const channel_id& channel, stream_version first, delivery& out) {
  const auto [found, is_new] = open_.try_emplace(channel);
  if (!is_new) return found->second.get();
  if (!to_.hear(channel)) return nullptr;
  auto frames = std::make_shared<channel_frames>();
  frames->channel = channel;
  frames->first = first;
  out.channels.push_back(frames);
  return (found->second = std::move(frames)).get();
}

} // namespace palabre::http::realtime

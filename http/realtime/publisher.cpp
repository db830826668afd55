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

void add_role_changes(channel_frames& frames, const storage::record& r) {
  for (const changed_role& each : roles_changed_in(r)) frames.role_changes.push_back({r.version, each.who, each.as});
}

/// Appends the push of `record` as a frame. What cannot be shown leaves nothing behind: its seq is skipped.
void append_frame(channel_frames& frames, const storage::committed_record& record) {
  frames.bytes.reserve(frames.bytes.size() + record.view.payload.size() + bytes_around_event);
  const std::size_t start = begin_text_frame(frames.bytes);
  if (!append_push(frames.bytes, record, events::words::shown)) {
    frames.bytes.resize(start);
    return;
  }
  end_text_frame(frames.bytes, start);
  frames.marks.push_back({record.view.version, static_cast<std::uint32_t>(frames.bytes.size())});
}

/// Appends what `from` holds behind `begin`: at most one frame.
void append_last_frame(channel_frames& to, const channel_frames& from, std::size_t begin) {
  if (from.bytes.size() == begin) return;
  to.bytes.append(from.bytes, begin);
  to.marks.push_back({from.marks.back().offset, static_cast<std::uint32_t>(to.bytes.size())});
}

/// All that members see, for somebody who sees more.
std::shared_ptr<channel_frames> copy_of(const channel_frames& frames) {
  auto copy = std::make_shared<channel_frames>();
  copy->channel = frames.channel;
  copy->first = frames.first;
  copy->bytes = frames.bytes;
  copy->marks = frames.marks;
  return copy;
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
  open_channel& to = opened(channel, record.view.version, out);
  if (to.frames == nullptr) return;
  const events::audience seen_by = events::audience_of(record.view.stream.kind, record.view.type);
  const bool is_for_all = seen_by == (is_of_inbox(record.view) ? events::audience::self : events::audience::members);
  const bool is_for_moderators = seen_by == events::audience::moderators;
  const std::size_t begin = to.frames->bytes.size();
  if (is_for_all) append_frame(*to.frames, record);
  if (is_for_moderators && to.for_moderators == nullptr)
    to.frames->for_moderators = to.for_moderators = copy_of(*to.frames);
  if (is_for_moderators)
    append_frame(*to.for_moderators, record);
  else if (to.for_moderators)
    append_last_frame(*to.for_moderators, *to.frames, begin);
  to.frames->last = record.view.version;
  if (to.for_moderators) to.for_moderators->last = record.view.version;
  add_farewells(*to.frames, record.view);
  add_role_changes(*to.frames, record.view);
}

/// Whether anyone listens is asked once per channel and batch, so that what a hub gets of a channel has no hole.
publisher::open_channel& publisher::opened(const channel_id& channel, stream_version first, delivery& out) {
  const auto [found, is_new] = open_.try_emplace(channel);
  if (!is_new || !to_.hear(channel)) return found->second;
  auto frames = std::make_shared<channel_frames>();
  frames->channel = channel;
  frames->first = first;
  out.channels.push_back(frames);
  found->second.frames = std::move(frames);
  return found->second;
}

} // namespace palabre::http::realtime

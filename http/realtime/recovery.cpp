#include "http/realtime/recovery.hpp"

#include "base/limits.hpp"
#include "http/realtime/publication.hpp"

#include <memory>
#include <unordered_set>

namespace palabre::http::realtime {

namespace {

/// Of which message the record holds words; 0: none.
result<stream_version> message_told_by(const storage::record& r) {
  if (r.type == events::message_posted::type.name) return r.version;
  if (r.type != events::message_edited::type.name) return stream_version{0};
  PALABRE_TRY(const auto edited, events::decode_as<events::message_edited>(r.schema, r.payload));
  return edited.message_seq;
}

result<events::words> words_for(const storage::record& r, events::role reader, const deletion_check& is_deleted) {
  if (reader >= events::role::moderator) return events::words::shown;
  PALABRE_TRY(const stream_version message_seq, message_told_by(r));
  if (message_seq == 0) return events::words::shown;
  PALABRE_TRY(const bool deleted, is_deleted(message_seq));
  return deleted ? events::words::hidden : events::words::shown;
}

} // namespace

bool is_known(const claimed_position& claim, const room_position& room) {
  return (claim.epoch.empty() || claim.epoch == room.epoch) && claim.offset <= room.top;
}

bool is_recoverable(const claimed_position& claim, const room_position& room) {
  return is_known(claim, room) && room.top - claim.offset <= limits::recovery_publications_max;
}

deletion_check deletions_within(const std::vector<storage::committed_record>& stretch) {
  auto deleted = std::make_shared<std::unordered_set<stream_version>>();
  for (const storage::committed_record& each : stretch) {
    if (each.view.type != events::message_deleted::type.name) continue;
    const auto event = events::decode_as<events::message_deleted>(each.view.schema, each.view.payload);
    if (event) deleted->insert(event.value().message_seq);
  }
  return [deleted](stream_version message_seq) -> result<bool> { return deleted->contains(message_seq); };
}

deletion_check deletions_in_views(const projections::timeline_queries& timeline, room_id room) {
  return [&timeline, room](stream_version message_seq) -> result<bool> {
    PALABRE_TRY(const auto fact, timeline.fact_at(room, message_seq));
    return fact && fact->deleted;
  };
}

result<std::string> publications_of(const std::vector<storage::committed_record>& records, events::role reader,
                                    const deletion_check& is_deleted, std::size_t bytes_max) {
  std::string out = "[";
  for (const storage::committed_record& each : records) {
    if (events::audience_of(each.view.stream.kind, each.view.type) != events::audience::members) continue;
    PALABRE_TRY(const events::words what, words_for(each.view, reader, is_deleted));
    if (out.size() > 1) {
      if (out.size() > bytes_max) break;
      out += ',';
    }
    PALABRE_TRY(append_publication(out, each, what));
  }
  out += ']';
  return out;
}

} // namespace palabre::http::realtime

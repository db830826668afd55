#include "http/realtime/recovery.hpp"

#include "base/json_writer.hpp"
#include "base/limits.hpp"
#include "events/streams.hpp"
#include "http/realtime/delivery.hpp"
#include "http/realtime/publication.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <unordered_set>

namespace palabre::http::realtime {

namespace {

constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

/// Of which message the record holds words; 0: none.
result<stream_version> message_told_by(const storage::record& r) {
  if (r.type == events::message_posted::type.name) return r.version;
  if (r.type != events::message_edited::type.name) return stream_version{0};
  PALABRE_TRY(const auto edited, events::decode_as<events::message_edited>(r.schema, r.payload));
  return edited.message_seq;
}

result<events::words> words_for(const storage::record& r, events::role as, const deletion_check& is_deleted) {
  if (as >= events::role::moderator) return events::words::shown;
  PALABRE_TRY(const stream_version message_seq, message_told_by(r));
  if (message_seq == 0) return events::words::shown;
  PALABRE_TRY(const bool deleted, is_deleted(message_seq));
  return deleted ? events::words::hidden : events::words::shown;
}

/// The records between the claim and `now`; nullopt: the client has to reload.
result<std::optional<std::vector<storage::committed_record>>> missed_events(const projections::log_reader& log,
                                                                            const stream_id& stream,
                                                                            const claimed_position& claim,
                                                                            const log_position& now) {
  std::optional<std::vector<storage::committed_record>> missed;
  if (!is_recoverable(claim, now)) return missed;
  PALABRE_TRY(auto found, log.events_of(stream, claim.offset, now.top, limits::recovery_publications_max,
                                        limits::recovery_bytes_max));
  if (found.complete) missed = std::move(found.records);
  return missed;
}

/// Where `user` left within the stretch, after what the views knew.
std::optional<stream_version> left_at(const std::vector<storage::committed_record>& stretch, const reader& who) {
  for (const storage::committed_record& each : stretch) {
    if (each.view.version > who.at && departed_in(each.view) == who.user) return each.view.version;
  }
  return std::nullopt;
}

bool is_for(events::role as, events::audience seen_by) {
  if (seen_by == events::audience::members) return true;
  return seen_by == events::audience::moderators && as >= events::role::moderator;
}

bool is_wanted(const storage::record& r, const tag_filter* wanted) {
  return wanted == nullptr || wanted->admits({{"t", std::string(r.type)}});
}

/// Hands the records that `who` may see and wants to `write`, each with the words it gets, until that answers false.
using record_writer = std::function<result<bool>(const storage::committed_record&, events::words)>;
result<void> for_each_shown(const std::vector<storage::committed_record>& records, const reader& who,
                            const deletion_check& is_deleted, const record_writer& write) {
  for (const storage::committed_record& each : records) {
    if (!is_for(who.as, events::audience_of(each.view.stream.kind, each.view.type))) continue;
    if (!is_wanted(each.view, who.wanted)) continue;
    PALABRE_TRY(const events::words what, words_for(each.view, who.as, is_deleted));
    PALABRE_TRY(const bool more, write(each, what));
    if (!more) break;
  }
  return success();
}

} // namespace

result<events::role> role_at(const projections::log_reader& log, room_id room, const reader& who, stream_version top) {
  events::role as = who.as;
  for (stream_version at = who.at; at < top;) {
    PALABRE_TRY(const auto since, log.events_of(events::stream_of(room), at, top, limits::recovery_publications_max,
                                                limits::recovery_bytes_max));
    for (const storage::committed_record& each : since.records) {
      if (departed_in(each.view) == who.user) return error{errc::not_a_member, ""};
      for (const changed_role& change : roles_changed_in(each.view))
        if (change.who == who.user) as = change.as;
    }
    at = since.complete || since.records.empty() ? top : since.records.back().view.version;
  }
  return as;
}

bool is_known(const claimed_position& claim, const log_position& now) {
  return (claim.epoch.empty() || claim.epoch == now.epoch) && claim.offset <= now.top;
}

bool is_recoverable(const claimed_position& claim, const log_position& now) {
  return is_known(claim, now) && now.top - claim.offset <= limits::recovery_publications_max;
}

result<recovery> recover_room(const projections::log_reader& log, room_id room, const claimed_position& claim,
                              const log_position& now, const reader& who) {
  reader then = who;
  PALABRE_TRY(then.as, role_at(log, room, who, now.top));
  PALABRE_TRY(const auto missed, missed_events(log, events::stream_of(room), claim, now));
  if (!missed) return recovery{false, claim.offset, {}};
  PALABRE_TRY(auto publications, publications_of(*missed, then, deletions_within(*missed), unbounded));
  return recovery{true, claim.offset, std::move(publications)};
}

result<recovery> recover_inbox(const projections::log_reader& log, user_id user, const claimed_position& claim,
                               const log_position& now) {
  PALABRE_TRY(const auto missed, missed_events(log, events::inbox_of(user), claim, now));
  if (!missed) return recovery{false, claim.offset, {}};
  std::string publications = "[";
  for (const storage::committed_record& each : *missed) {
    if (publications.size() > 1) publications += ',';
    PALABRE_TRY(append_publication(publications, each, events::words::shown));
  }
  return recovery{true, claim.offset, publications + ']'};
}

std::string subscribe_result(const log_position& now, const std::optional<recovery>& recovered) {
  std::string body = R"({"recoverable":true,"positioned":true,"epoch":)";
  append_json_string(body, now.epoch);
  const bool goes_on = recovered && recovered->recovered;
  // A client that recovers goes on from where it was: its publications move it.
  if (const stream_version offset = goes_on ? recovered->offset : now.top; offset != 0) {
    body += R"(,"offset":)";
    append_json_uint(body, offset);
  }
  if (recovered) body += R"(,"was_recovering":true)";
  if (goes_on) body += R"(,"recovered":true)";
  if (goes_on && recovered->publications != "[]") body += R"(,"publications":)" + recovered->publications;
  return body + '}';
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

result<std::string> publications_of(const std::vector<storage::committed_record>& records, const reader& who,
                                    const deletion_check& is_deleted, std::size_t bytes_max) {
  std::string out = "[";
  const auto write = [&](const storage::committed_record& each, events::words what) -> result<bool> {
    if (out.size() > 1) {
      if (out.size() > bytes_max) return false;
      out += ',';
    }
    PALABRE_TRY(append_publication(out, each, what));
    return true;
  };
  PALABRE_TRY(for_each_shown(records, who, is_deleted, write));
  out += ']';
  return out;
}

result<std::string> events_of(const std::vector<storage::committed_record>& records, const reader& who,
                              const deletion_check& is_deleted) {
  std::string out = "[";
  const auto write = [&](const storage::committed_record& each, events::words what) -> result<bool> {
    if (out.size() > 1) out += ',';
    PALABRE_TRY(append_event(out, each, what));
    return true;
  };
  PALABRE_TRY(for_each_shown(records, who, is_deleted, write));
  out += ']';
  return out;
}

result<streamed_events> stream_of_events(const std::vector<storage::committed_record>& records, const reader& who,
                                         const deletion_check& is_deleted, std::string_view epoch) {
  const auto left = left_at(records, who);
  std::string out, event;
  const auto write = [&](const storage::committed_record& each, events::words what) -> result<bool> {
    if (left && each.view.version > *left) return false;
    event.clear();
    PALABRE_TRY(append_event(event, each, what));
    append_room_event(out, event, each.view.version, epoch);
    return true;
  };
  PALABRE_TRY(for_each_shown(records, who, is_deleted, write));
  return streamed_events{std::move(out), left.has_value()};
}

} // namespace palabre::http::realtime

#include "app/commands.hpp"
#include "app/keys.hpp"
#include "app/store.hpp"

#include "events/streams.hpp"
#include "projections/profiles.hpp"

#include <charconv>
#include <set>

namespace palabre::app {
namespace {

/// Up to where to replay: a seq, or a time (the last seq at or before it).
struct moment {
  stream_version seq = ~stream_version{0};
  std::optional<timestamp> time;

  bool reached_by(const storage::record& r) const { return r.version > seq || (time && r.time > *time); }
};

result<moment> parse_moment(const std::optional<std::string>& text) {
  moment m;
  if (!text) return m;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), m.seq);
  if (failed == std::errc{} && end == text->data() + text->size()) return m;
  m.seq = ~stream_version{0};
  m.time = parse_rfc3339(*text);
  if (!m.time) return error{errc::invalid, "--at " + *text + ": write a seq, or a time as 2026-01-31T12:00:00Z"};
  return m;
}

/// The events of one stream, folded by every projection.
result<void> fold_stream(const storage::event_log& log, const stream_id& stream, const moment& until,
                         all_projections& projections, storage::views_store& views, std::set<user_id>* met) {
  storage::views_batch rows(views);
  result<void> folded = success();
  position last;
  PALABRE_TRY(log.read_stream(stream, 0, SIZE_MAX, [&](const storage::committed_record& record) {
    if (until.reached_by(record.view)) return false;
    auto event = projections::decode(record.view);
    if (!event) {
      folded = std::move(event).error();
      return false;
    }
    for (projections::projection* p : projections.list()) {
      folded = p->fold(event.value(), rows);
      if (!folded) return false;
    }
    if (met) met->insert(record.view.actor);
    last = record.view.at;
    return true;
  }));
  PALABRE_TRY(std::move(folded));
  return rows.commit(last);
}

/// `as_of`: whose day counts for messages_today.
result<void> print_room(const storage::views_store& views, room_id room, std::ostream& out, timestamp as_of) {
  projections::profiles authors(views);
  const projections::roster_queries roster(views);
  const projections::timeline_queries timeline(views, authors);
  PALABRE_TRY(auto row, roster.room(room));
  if (!row) return error{errc::not_found, "this room did not exist then"};
  std::string text = R"({"room":)";
  projections::append_room_fields(text, *row, false, utc_day(as_of)); // the share code is a secret: null
  text += R"(},"members":[)";
  std::optional<user_id> after;
  bool first = true;
  do {
    PALABRE_TRY(auto page, roster.members(room, after, 1'000));
    for (const auto& member : page.items) {
      if (!std::exchange(first, false)) text += ',';
      PALABRE_TRY(auto profile, authors.author_json(member.user));
      text += R"({"user_id":)";
      events::append_json(text, member.user, events::secrets::hidden);
      text += R"(,"role":)";
      events::append_json(text, member.as.as, events::secrets::hidden);
      text += R"(,"joined_at":)";
      events::append_json(text, member.as.joined_at, events::secrets::hidden);
      text += R"(,"user":)" + *profile + '}';
    }
    after = page.next;
  } while (after);
  text += R"(],"messages":[)";
  out << text;
  projections::page_request next{projections::page_request::anchor::after, 0, 200};
  for (bool more = true; more;) {
    PALABRE_TRY(auto page, timeline.page(room, user_id{}, next)); // nobody looks: `me` is false
    if (page.count > 0 && next.seq > 0) out << ',';
    out << std::string_view(page.items_json).substr(1, page.items_json.size() - 2);
    next.seq = page.last_seq;
    more = page.newer;
  }
  out << "]}\n";
  return success();
}

result<void> run(const replay_options& options, std::ostream& out) {
  const auto room = room_id::parse(options.room);
  if (!room) return error{errc::invalid, "--room " + options.room + ": not an id"};
  PALABRE_TRY(auto until, parse_moment(options.at));
  PALABRE_TRY(auto log, open_log_for_reading(options.data));
  PALABRE_TRY(auto views, temporary_views::make());
  all_projections projections;
  std::set<user_id> met;
  PALABRE_TRY(fold_stream(*log, events::stream_of(*room), until, projections, views->store(), &met));
  for (const user_id user : met) { // profiles are shown as they are now, as the API shows them
    PALABRE_TRY(fold_stream(*log, events::stream_of(user), moment{}, projections, views->store(), nullptr));
  }
  return print_room(views->store(), *room, out, until.time ? *until.time : wall_clock().now());
}

} // namespace

int replay(const replay_options& options, std::ostream& out, std::ostream& errors) {
  const auto done = run(options, out);
  out.flush();
  if (done) return 0;
  fail(errors, done.error());
  return done.error().code == errc::invalid ? 2 : 1;
}

} // namespace palabre::app

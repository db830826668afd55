#include "app/commands.hpp"
#include "app/ending.hpp"
#include "app/keys.hpp"
#include "app/moment.hpp"
#include "app/room_text.hpp"
#include "app/store.hpp"

#include "events/streams.hpp"
#include "projections/profiles.hpp"

#include <set>

namespace palabre::app {
namespace {

constexpr std::size_t commit_bytes = 4 * 1024 * 1024; // memory does not grow with the length of a stream

/// The events of one stream up to a moment, folded by the projections whose rows are looked at.
class stream_fold {
public:
  stream_fold(const storage::event_log& log, storage::views_store& into, std::vector<projections::projection*> by,
              const ending& end)
      : log_(log), by_(std::move(by)), end_(end), rows_(into) {}

  result<void> run(const stream_id& stream, const moment& until) {
    result<void> folded = success();
    position last;
    PALABRE_TRY(log_.read_stream(stream, 0, SIZE_MAX, [&](const storage::committed_record& record) {
      if (until.is_before(record.view)) return false;
      folded = fold(record.view);
      actors_.insert(record.view.actor);
      last = record.view.at;
      last_time_ = record.view.time;
      return folded.has_value();
    }));
    PALABRE_TRY(std::move(folded));
    return rows_.commit(last);
  }
  /// Who acted in the streams that were folded.
  const std::set<user_id>& actors() const { return actors_; }
  /// Of the last event that was folded.
  timestamp last_time() const { return last_time_; }

private:
  result<void> fold(const storage::record& record) {
    PALABRE_TRY(end_.check());
    PALABRE_TRY(const auto event, projections::decode(record));
    for (projections::projection* p : by_) {
      PALABRE_TRY(p->fold(event, rows_));
    }
    if (rows_.bytes() < commit_bytes) return success();
    return rows_.commit(record.at);
  }

  const storage::event_log& log_;
  const std::vector<projections::projection*> by_;
  const ending& end_;
  storage::views_batch rows_;
  std::set<user_id> actors_;
  timestamp last_time_;
};

result<std::string> members_json(const projections::roster_queries& roster, projections::profiles& authors,
                                 room_id room) {
  std::string text = "[";
  std::optional<user_id> after;
  do {
    PALABRE_TRY(auto page, roster.members(room, after, 1'000));
    for (const auto& member : page.items) {
      if (text.size() > 1) text += ',';
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
  return text + ']';
}

/// Calls `show` with the items of one page after the other.
result<void> visit_pages(const projections::timeline_queries& timeline, room_id room, const ending& end,
                         const std::function<void(const projections::message_page&)>& show) {
  projections::page_request next{projections::page_request::anchor::after, 0, 200};
  for (bool more = true; more;) {
    PALABRE_TRY(const auto page, timeline.page(room, user_id{}, next)); // nobody looks: `me` is false
    PALABRE_TRY(end.check());
    show(page);
    next.seq = page.last_seq;
    more = page.newer;
  }
  return success();
}

/// `as_of`: whose day counts for messages_today.
result<void> print_room(const storage::views_store& views, room_id room, bool as_text, const ending& end,
                        std::ostream& out, timestamp as_of) {
  projections::profiles authors(views);
  const projections::roster_queries roster(views);
  const projections::timeline_queries timeline(views, authors);
  PALABRE_TRY(auto row, roster.room(room));
  if (!row) return error{errc::not_found, "this room did not exist then"};
  std::string text = R"({"room":)";
  projections::append_room_fields(text, *row, {false, as_of}); // the share code is a secret: null
  PALABRE_TRY(const std::string members, members_json(roster, authors, room));
  PALABRE_TRY(const std::string pins, timeline.pins_json(room, user_id{}));
  text += R"(},"members":)" + members + R"(,"pins":)" + pins;
  if (as_text) {
    out << room_text(text + '}');
    return visit_pages(timeline, room, end, [&](const auto& page) { out << messages_text(page.items_json); });
  }
  out << text << R"(,"messages":[)";
  bool first = true;
  PALABRE_TRY(visit_pages(timeline, room, end, [&](const auto& page) {
    if (page.count > 0 && !std::exchange(first, false)) out << ',';
    out << std::string_view(page.items_json).substr(1, page.items_json.size() - 2);
  }));
  out << "]}\n";
  return success();
}

result<void> run(const replay_options& options, std::ostream& out) {
  const auto room = room_id::parse(options.room);
  if (!room) return error{errc::invalid, "--room " + options.room + ": not an id"};
  moment until;
  if (options.at) {
    PALABRE_TRY(until, parse_moment("--at", *options.at, "a seq"));
  }
  const ending end;
  PALABRE_TRY(auto log, open_log_for_reading(options.data));
  PALABRE_TRY(auto views, temporary_views::make());
  all_projections projections;
  stream_fold of_room(*log, views->store(), {&projections.timeline, &projections.roster}, end);
  PALABRE_TRY(of_room.run(events::stream_of(*room), until));
  stream_fold of_users(*log, views->store(), {&projections.users}, end);
  for (const user_id user : of_room.actors()) { // profiles are shown as they are now, as the API shows them
    PALABRE_TRY(of_users.run(events::stream_of(user), moment{}));
  }
  const timestamp as_of = until.time ? *until.time : options.at ? of_room.last_time() : wall_clock().now();
  return print_room(views->store(), *room, options.text, end, out, as_of);
}

} // namespace

int replay(const replay_options& options, std::ostream& out, std::ostream& errors) {
  const auto done = run(options, out);
  out.flush();
  return done ? 0 : fail_or_misused(errors, done.error());
}

} // namespace palabre::app

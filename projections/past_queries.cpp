// Rooms, members and messages as they were.
#include "base/bytes.hpp"
#include "events/streams.hpp"
#include "projections/keys.hpp"
#include "projections/message_folding.hpp"
#include "projections/past.hpp"
#include "projections/room_folding.hpp"
#include "projections/tables.hpp"
#include "projections/timeline_pages.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace palabre::projections {
namespace {

constexpr std::string_view too_many_changes = "changes_of_a_message: it had gone through more than can be looked at";

error did_not_exist() {
  return {errc::not_found, "this room did not exist then"};
}

/// The log says not_found of what was archived and is away; the room is there all the same.
result<log_reader::stretch> at_hand(result<log_reader::stretch> read) {
  if (!read && read.error().code == errc::not_found) return error{errc::unavailable, read.error().context};
  return read;
}

/// null: another event.
template <class Event>
const Event* room_event_in(const log_event& e) {
  const auto* event = std::get_if<events::room_event>(&e.event);
  return event ? std::get_if<Event>(event) : nullptr;
}

/// Who reacted to a message with what, by emoji and user, and when.
using reactors = std::map<std::pair<std::string, user_id>, timestamp>;

reactors reactors_of(const std::vector<message_change>& changes) {
  reactors who;
  for (const message_change& change : changes) {
    if (change.what == message_change::kind::reacted) who[{change.emoji, change.by}] = change.time;
    if (change.what == message_change::kind::unreacted) who.erase({change.emoji, change.by});
  }
  return who;
}

/// The bytes behind the size byte of an emoji and the user, as the table of reactions has them behind its prefix.
std::string mark_of(const std::string& emoji, user_id user) {
  return key_of(std::string_view(emoji), user);
}

} // namespace

// ---- Moments

result<storage::committed_record> past_queries::record_at(room_id room, stream_version seq) const {
  PALABRE_TRY(auto found, at_hand(log_.events_of(events::stream_of(room), seq - 1, seq, 1, SIZE_MAX)));
  if (found.records.empty()) return error{errc::not_found, "the room has no event " + std::to_string(seq)};
  return std::move(found.records.front());
}

result<timestamp> past_queries::time_of(room_id room, stream_version seq) const {
  PALABRE_TRY(const auto record, record_at(room, seq));
  return record.view.time;
}

/// By halves: as many reads as the number of events has digits to base two.
result<stream_version> past_queries::seq_at(room_id room, timestamp time) const {
  PALABRE_TRY(const stream_version last, log_.head_of(events::stream_of(room)));
  stream_version before = 0, behind = last + 1; // `before` is at or before the time, `behind` is not
  while (behind - before > 1) {
    const stream_version middle = before + (behind - before) / 2;
    PALABRE_TRY(const timestamp then, time_of(room, middle));
    (then <= time ? before : behind) = middle;
  }
  return before;
}

// ---- Rooms and members

result<room_row> past_queries::room(room_id room, stream_version at) const {
  if (at == 0) return did_not_exist();
  std::string stored;
  PALABRE_TRY(views_.range(tables::room_moments, key_of(room), key_of(room, at) + '\0', false,
                           [&](std::string_view, std::string_view row) {
                             stored = row;
                             return false;
                           }));
  if (stored.empty()) return did_not_exist();
  PALABRE_TRY(auto row, decode_room_row(stored));
  PALABRE_TRY(auto behind,
              at_hand(log_.events_of(events::stream_of(room), row.last_seq, at, room_moment_interval, SIZE_MAX)));
  for (const storage::committed_record& record : behind.records) {
    PALABRE_TRY(const log_event e, decode(record.view));
    const auto* event = std::get_if<events::room_event>(&e.event);
    if (!event) return error{errc::corrupt, "a room's stream holds what is none of its events"};
    fold_into(row, e.meta(), *event);
  }
  return row;
}

result<roster_queries::member_page> past_queries::members(room_id room, stream_version at, std::optional<user_id> after,
                                                          std::size_t limit, effort& done) const {
  roster_queries::member_page page;
  std::string first = key_of(room);
  if (after) {
    append_bytes(first, *after);
    first += std::string(sizeof(stream_version) + 1, '\xFF'); // behind all that happened to them
  }
  user_id of;
  std::string then; // the membership of `of`, empty: none
  result<void> sound = success();
  const auto take = [&] {
    if (then.empty()) return true;
    if (page.items.size() == limit) {
      page.next = page.items.back().user;
      return false;
    }
    auto m = decode_membership(std::exchange(then, {}));
    if (!m) sound = std::move(m).error();
    if (sound) page.items.push_back({of, m.value()});
    return sound.has_value();
  };
  bool over = true;
  std::size_t looked_at = 0;
  PALABRE_TRY(views_.range(tables::member_changes, first, end_of_prefix(key_of(room)), true,
                           [&](std::string_view key, std::string_view row) {
                             const user_id user{uuid_from_bytes(key.data() + 16)};
                             if (user != of && !take()) return over = false;
                             if (user != of && looked_at >= members_looked_at_max) {
                               page.next = of;
                               return over = false;
                             }
                             ++looked_at;
                             ++done.rows;
                             of = user;
                             if (get_int<std::uint64_t>(key.data() + 32) <= at) then = row;
                             return true;
                           }));
  if (over) take();
  PALABRE_TRY(std::move(sound));
  return page;
}

// ---- Messages

result<bool> past_queries::changed_after(room_id room, stream_version message_seq, stream_version at) const {
  bool any = false;
  PALABRE_TRY(views_.range(tables::message_changes, key_of(room, message_seq, at + 1), key_of(room, message_seq + 1),
                           true, [&](std::string_view, std::string_view) {
                             any = true;
                             return false;
                           }));
  return any;
}

result<past_queries::changes> past_queries::changes_until(room_id room, stream_version message_seq, stream_version at,
                                                          effort& done) const {
  changes found;
  result<void> sound = success();
  PALABRE_TRY(views_.range(tables::message_changes, key_of(room, message_seq), key_of(room, message_seq, at + 1), true,
                           [&](std::string_view key, std::string_view stored) {
                             auto change = decode_message_change(get_int<std::uint64_t>(key.data() + 24), stored);
                             ++done.rows;
                             if (!change) sound = change.error();
                             if (found.size() == changes_max)
                               sound = error{errc::limit_exceeded, std::string(too_many_changes)};
                             if (sound) found.push_back(std::move(change).value());
                             return sound.has_value();
                           }));
  PALABRE_TRY(std::move(sound));
  return found;
}

/// Only the last edit is read: it says all of what the ones before it said.
result<message_row> past_queries::row_at(room_id room, stream_version message_seq, stream_version at,
                                         effort& done) const {
  using kind = message_change::kind;
  done.rows += rows_per_record;
  PALABRE_TRY(const auto record, record_at(room, message_seq));
  PALABRE_TRY(const log_event e, decode(record.view));
  const auto* first = room_event_in<events::message_posted>(e);
  if (!first) return error{errc::corrupt, "a message of the views is not one in the log"};
  message_row row = posted(room, e.meta(), *first);
  stream_version last_edit = 0;
  std::optional<timestamp> deleted_at;
  PALABRE_TRY(const changes until, changes_until(room, message_seq, at, done));
  for (const message_change& change : until) {
    switch (change.what) {
    case kind::edited: last_edit = change.seq; break;
    case kind::deleted: deleted_at = change.time; break;
    case kind::reacted: add_reaction(row, change.emoji); break;
    case kind::unreacted: remove_reaction(row, change.emoji); break;
    case kind::answered: ++row.reply_count; break;
    case kind::answer_deleted: --row.reply_count; break;
    }
  }
  if (last_edit != 0) {
    done.rows += rows_per_record;
    PALABRE_TRY(const auto edited, record_at(room, last_edit));
    PALABRE_TRY(const log_event what, decode(edited.view));
    const auto* edition = room_event_in<events::message_edited>(what);
    if (!edition) return error{errc::corrupt, "a change of the views is not one in the log"};
    edit(row, what.meta(), *edition);
  }
  if (deleted_at) remove(row, *deleted_at);
  return row;
}

/// What somebody wrote before words were sealed stands in the log as it was, also when they are erased.
result<bool> past_queries::is_erased(user_id user) const {
  PALABRE_TRY(const auto row, views_.get(tables::users, key_of(user)));
  return !row.has_value();
}

/// The row as it is now, unless something happened to it since.
result<std::string> past_queries::row_then(room_id room, stream_version at, const page_row& now, deleted_words words,
                                           effort& done) const {
  ++done.rows;
  PALABRE_TRY(const bool other, changed_after(room, now.view.seq, at));
  if (!other) return now.stored;
  PALABRE_TRY(auto row, row_at(room, now.view.seq, at, done));
  if (now.view.deleted_at && !row.deleted_at && words == deleted_words::hidden) {
    PALABRE_TRY(const auto today, decode_message_row(now.stored));
    remove(row, *today.deleted_at);
  }
  PALABRE_TRY(const bool erased, is_erased(row.author));
  if (erased) row.body_json = row.metadata_json = "null";
  return encode(row);
}

result<message_page> past_queries::page(room_id room, stream_version at, const page_request& what, deleted_words words,
                                        effort& done) const {
  PALABRE_TRY(const page_rows found, read_page(views_, room, what, at + 1));
  message_page page;
  page.older = found.older;
  page.newer = found.newer;
  page.count = found.rows.size();
  page.items_json = "[";
  if (!found.rows.empty()) {
    page.first_seq = found.rows.front().view.seq;
    page.last_seq = found.rows.back().view.seq;
    parents known;
    for (const page_row& row : found.rows) {
      PALABRE_TRY(const auto then, row_then(room, at, row, words, done));
      if (page.items_json.size() > 1) page.items_json += ',';
      PALABRE_TRY(append(page.items_json, room, then, at, words, known, done));
    }
  }
  page.items_json += ']';
  return page;
}

/// Of a parent that was never edited nor deleted nothing is read but its row, whatever else it has gone through.
result<std::string_view> past_queries::parent_then(room_id room, stream_version at, stream_version seq,
                                                   deleted_words words, parents& known, effort& done) const {
  if (seq == 0) return std::string_view("null");
  const auto [parent, is_new] = known.try_emplace(seq);
  if (!is_new) return std::string_view(parent->second);
  PALABRE_TRY(auto stored, views_.get(tables::messages, key_of(room, seq)));
  if (!stored) return error{errc::corrupt, "a message that was replied to is not in the views"};
  ++done.rows;
  page_row shown{std::move(*stored), {}};
  PALABRE_TRY(shown.view, view_message_row(shown.stored));
  if (shown.view.deleted_at || shown.view.edits > 0) {
    PALABRE_TRY(shown.stored, row_then(room, at, shown, words, done));
    PALABRE_TRY(shown.view, view_message_row(shown.stored));
  }
  PALABRE_TRY(const auto author, authors_.author_json(shown.view.author));
  append_parent(parent->second, shown.view, *author);
  return std::string_view(parent->second);
}

result<void> past_queries::append(std::string& out, room_id room, const std::string& stored, stream_version at,
                                  deleted_words words, parents& known, effort& done) const {
  PALABRE_TRY(const auto view, view_message_row(stored));
  PALABRE_TRY(const auto author, authors_.author_json(view.author));
  PALABRE_TRY(const auto parent, parent_then(room, at, view.reply_to_seq, words, known, done));
  append_message(out, view, *author, {}, parent);
  return success();
}

result<std::optional<stream_version>> past_queries::seq_of(room_id room, stream_version at, message_id message) const {
  PALABRE_TRY(const auto place, views_.get(tables::message_places, key_of(message)));
  if (!place) return std::optional<stream_version>{};
  if (place->size() != 24) return error{errc::corrupt, "a message place of the views is damaged"};
  const stream_version seq = get_int<std::uint64_t>(place->data() + 16);
  if (uuid_from_bytes(place->data()) != room || seq > at) return std::optional<stream_version>{};
  return std::optional{seq};
}

result<std::optional<std::string>> past_queries::message(room_id room, stream_version at, message_id message,
                                                         deleted_words words, parents& known, effort& done) const {
  PALABRE_TRY(const auto seq, seq_of(room, at, message));
  if (!seq) return std::optional<std::string>{};
  PALABRE_TRY(auto stored, views_.get(tables::messages, key_of(room, *seq)));
  if (!stored) return error{errc::corrupt, "a message of the views is not at its place"};
  page_row now{std::move(*stored), {}};
  PALABRE_TRY(now.view, view_message_row(now.stored));
  PALABRE_TRY(const auto then, row_then(room, at, now, words, done));
  std::string out;
  PALABRE_TRY(append(out, room, then, at, words, known, done));
  return std::optional<std::string>{std::move(out)};
}

namespace {

void append_edition(std::string& out, std::uint32_t edit, const events::personal<std::string>* body, timestamp at) {
  out += out.size() > 1 ? R"(,{"edit":)" : R"({"edit":)";
  out += std::to_string(edit) + R"(,"body":)";
  if (body)
    events::append_json(out, *body, events::secrets::hidden);
  else
    out += "null";
  out += R"(,"at":")" + to_rfc3339(at) + R"("})";
}

} // namespace

result<std::optional<std::string>> past_queries::editions(room_id room, message_id message, deleted_words words,
                                                          effort& done) const {
  const stream_version now = std::numeric_limits<stream_version>::max() - 1;
  PALABRE_TRY(const auto seq, seq_of(room, now, message));
  if (!seq) return std::optional<std::string>{};
  PALABRE_TRY(const changes all, changes_until(room, *seq, now, done));
  const auto is = [](message_change::kind what) { return [what](const auto& c) { return c.what == what; }; };
  const bool deleted = std::any_of(all.begin(), all.end(), is(message_change::kind::deleted));
  done.rows += rows_per_record;
  PALABRE_TRY(const auto first, record_at(room, *seq));
  PALABRE_TRY(const bool erased, is_erased(first.view.actor));
  const bool shown = !erased && !(deleted && words == deleted_words::hidden);
  std::string out = "[";
  PALABRE_TRY(const log_event posted, decode(first.view));
  const auto* said = room_event_in<events::message_posted>(posted);
  if (!said) return error{errc::corrupt, "a message of the views is not one in the log"};
  append_edition(out, 0, shown ? &said->body : nullptr, first.view.time);
  for (const message_change& change : all) {
    if (change.what != message_change::kind::edited) continue;
    done.rows += rows_per_record;
    PALABRE_TRY(const auto record, record_at(room, change.seq));
    PALABRE_TRY(const log_event then, decode(record.view));
    const auto* edited = room_event_in<events::message_edited>(then);
    if (!edited) return error{errc::corrupt, "a change of the views is not one in the log"};
    append_edition(out, edited->edit, shown ? &edited->body : nullptr, record.view.time);
  }
  return std::optional<std::string>{out + ']'};
}

result<std::vector<pin>> past_queries::pins(room_id room, stream_version at, effort& done) const {
  std::string stored; // none: nothing had been pinned by then
  PALABRE_TRY(views_.range(tables::pin_moments, key_of(room), key_of(room, at) + '\0', false,
                           [&](std::string_view, std::string_view row) {
                             stored = row;
                             ++done.rows;
                             return false;
                           }));
  PALABRE_TRY(const auto seqs, decode_pin_seqs(stored));
  std::vector<pin> found;
  for (const stream_version seq : seqs) {
    done.rows += rows_per_record;
    PALABRE_TRY(const auto record, record_at(room, seq));
    PALABRE_TRY(const log_event e, decode(record.view));
    const auto* pinned = room_event_in<events::message_pinned>(e);
    if (!pinned) return error{errc::corrupt, "a pin of the views is not one in the log"};
    found.push_back({seq, pinned->message, record.view.actor, record.view.time});
  }
  return found;
}

result<std::string> past_queries::pins_json(room_id room, stream_version at, deleted_words words, effort& done) const {
  PALABRE_TRY(const auto all, pins(room, at, done));
  parents known;
  std::string list = "[";
  for (auto each = all.rbegin(); each != all.rend(); ++each) {
    PALABRE_TRY(const auto shown, message(room, at, each->message, words, known, done));
    if (!shown) return error{errc::corrupt, "a pinned message is not in the views"};
    append_pin(list, each->by, each->at, *shown);
  }
  return list + ']';
}

result<stream_version> past_queries::last_read(user_id user, room_id room, stream_version at,
                                               std::optional<timestamp> time, effort& done) const {
  PALABRE_TRY(const stream_version last, log_.head_of(events::stream_of(room)));
  position until = log_.head();
  if (!time) {
    PALABRE_TRY(until, log_.position_of(events::stream_of(room), at));
  } else if (at < last) {
    PALABRE_TRY(const position next, log_.position_of(events::stream_of(room), at + 1));
    until = {next.value - 1};
  }
  PALABRE_TRY(const stream_version inbox_version, log_.version_at(events::inbox_of(user), until));
  stream_version read = 0;
  const reading_queries positions(views_);
  PALABRE_TRY(positions.advances(user, room, inbox_version, [&](const reading_queries::advance& step) {
    ++done.rows;
    if (time && step.time > *time) return true;
    read = step.seq;
    return false;
  }));
  return read;
}

/// No words, so nothing is read from the log.
result<std::optional<std::string>> past_queries::reactions(room_id room, stream_version at, message_id message,
                                                           effort& done) const {
  PALABRE_TRY(const auto seq, seq_of(room, at, message));
  if (!seq) return std::optional<std::string>{};
  PALABRE_TRY(const changes until, changes_until(room, *seq, at, done));
  message_row counted;
  for (const message_change& change : until) {
    if (change.what == message_change::kind::reacted) add_reaction(counted, change.emoji);
    if (change.what == message_change::kind::unreacted) remove_reaction(counted, change.emoji);
  }
  const std::string stored = encode(counted);
  PALABRE_TRY(const auto view, view_message_row(stored));
  std::string out;
  append_reactions(out, view.reactions, {});
  return std::optional<std::string>{std::move(out)};
}

result<std::string> past_queries::who_reacted(room_id room, stream_version at, stream_version message_seq,
                                              std::string_view after, std::size_t limit, std::string& next,
                                              effort& done) const {
  PALABRE_TRY(const changes until, changes_until(room, message_seq, at, done));
  const reactors who = reactors_of(until);
  std::map<std::string, const reactors::value_type*> in_order; // of the table of reactions
  for (const auto& each : who) in_order.emplace(mark_of(each.first.first, each.first.second), &each);
  std::string out = "[", last;
  std::size_t count = 0;
  next.clear();
  for (auto each = in_order.upper_bound(std::string(after)); each != in_order.end(); ++each) {
    if (count++ == limit) {
      next = last;
      break;
    }
    last = each->first;
    if (out.size() > 1) out += ',';
    append_reactor(out, each->second->first.first, each->second->first.second, each->second->second);
  }
  out += ']';
  return out;
}

} // namespace palabre::projections

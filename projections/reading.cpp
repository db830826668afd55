#include "projections/reading.hpp"

#include "base/limits.hpp"
#include "projections/keys.hpp"
#include "projections/message_lists.hpp"

#include <algorithm>

namespace palabre::projections {
namespace {

using storage::views_batch;

result<stream_version> seq_in(const std::optional<std::string>& row) {
  if (!row) return stream_version{0};
  if (row->size() != sizeof(stream_version)) return error{errc::corrupt, "a read position of the views is damaged"};
  return get_int<std::uint64_t>(row->data());
}

// ---- Mentions

/// Of a message, as tables::mentioned_in has them.
result<std::vector<user_id>> users_in(const std::string* row) {
  if (row == nullptr) return std::vector<user_id>{};
  if (row->size() % 16 != 0) return error{errc::corrupt, "the mentions of a message are damaged in the views"};
  return ids_in<user_id>(*row);
}

/// A message whose mentions change, by the event at a position.
struct mention_scene {
  room_id room;
  stream_version seq = 0;
  position at;
  views_batch& rows;
};

result<void> add_mention(const mention_scene& s, user_id user) {
  s.rows.put(tables::mentions, key_of(user, s.room, s.seq), key_of(s.at.value));
  s.rows.put(tables::mention_order, key_of(user, s.at.value), key_of(s.room, s.seq));
  PALABRE_TRY(const auto stored, s.rows.get(tables::last_mentions, key_of(user, s.room)));
  PALABRE_TRY(const stream_version last, seq_in(stored));
  if (last < s.seq) s.rows.put(tables::last_mentions, key_of(user, s.room), key_of(s.seq));
  return success();
}

result<void> remove_mention(const mention_scene& s, user_id user) {
  const row_key key = key_of(user, s.room, s.seq);
  PALABRE_TRY(const auto stored, s.rows.get(tables::mentions, key));
  PALABRE_TRY(const std::uint64_t at, seq_in(stored));
  s.rows.erase(tables::mention_order, key_of(user, at));
  s.rows.erase(tables::mentions, key);
  return success();
}

/// The message mentions `users` from now on, and nobody else.
result<void> change_mentions(const mention_scene& s, const std::vector<user_id>& users) {
  const auto is_in = [](const std::vector<user_id>& all, user_id one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  const row_key key = key_of(s.room, s.seq);
  PALABRE_TRY(const std::string* const stored, s.rows.find(tables::mentioned_in, key));
  PALABRE_TRY(const auto before, users_in(stored));
  for (const user_id each : before)
    if (!is_in(users, each)) {
      PALABRE_TRY(remove_mention(s, each));
    }
  for (const user_id each : users)
    if (!is_in(before, each)) {
      PALABRE_TRY(add_mention(s, each));
    }
  std::string row;
  for (const user_id each : users) append_bytes(row, each);
  if (!users.empty())
    s.rows.put(tables::mentioned_in, key, std::move(row));
  else if (!before.empty())
    s.rows.erase(tables::mentioned_in, key);
  return success();
}

// ---- Events

result<void> fold_room(const log_event& e, const events::room_event& event, views_batch& rows) {
  const room_id room{e.envelope.stream.id};
  if (const auto* posted = std::get_if<events::message_posted>(&event)) {
    if (posted->mentioned_user_ids.empty()) return success();
    return change_mentions({room, e.envelope.version, e.envelope.at, rows}, posted->mentioned_user_ids);
  }
  if (const auto* edited = std::get_if<events::message_edited>(&event))
    return change_mentions({room, edited->message_seq, e.envelope.at, rows}, edited->mentioned_user_ids);
  if (const auto* deleted = std::get_if<events::message_deleted>(&event))
    return change_mentions({room, deleted->message_seq, e.envelope.at, rows}, {});
  return success();
}

result<void> fold_advance(const log_event& e, const events::read_advanced& advanced, views_batch& rows) {
  const user_id user{e.envelope.stream.id};
  const row_key key = key_of(user, advanced.room);
  PALABRE_TRY(const auto stored, rows.get(tables::read_positions, key));
  PALABRE_TRY(const stream_version before, seq_in(stored));
  if (advanced.seq <= before) return success();
  rows.put(tables::read_positions, key, key_of(advanced.seq));
  std::string moment = key_of(advanced.seq);
  put_int<std::int64_t>(moment, e.envelope.time.ms);
  rows.add(tables::read_moments, key_of(user, advanced.room, e.envelope.version), moment);
  return success();
}

} // namespace

result<void> reading::fold(const log_event& e, views_batch& rows) {
  if (const auto* room = std::get_if<events::room_event>(&e.event)) return fold_room(e, *room, rows);
  const auto* inbox = std::get_if<events::inbox_event>(&e.event);
  const auto* advanced = inbox ? std::get_if<events::read_advanced>(inbox) : nullptr;
  return advanced ? fold_advance(e, *advanced, rows) : success();
}

// ---- Queries

result<stream_version> reading_queries::last_read(user_id user, room_id room) const {
  PALABRE_TRY(const auto stored, views_.get(tables::read_positions, key_of(user, room)));
  return seq_in(stored);
}

namespace {

/// Counts the messages of all; of who reads, once those of all were counted, takes their own away.
result<void> count_in(const storage::views_store& views, std::string_view row, const message_list& list,
                      stream_version after, read_state& state) {
  const bool is_own = !list.author.is_nil();
  if (is_own && state.unread_count == 0) return success();
  PALABRE_TRY(const std::uint64_t messages, count_after(views, list, row, after));
  state.unread_count = is_own ? state.unread_count - std::min(state.unread_count, messages) : messages;
  return success();
}

} // namespace

result<std::vector<read_state>> reading_queries::states(user_id user, const std::vector<seat>& seats) const {
  flat_strings positions, lists; // those of the last mentions are those of the positions
  for (const seat& s : seats) positions.push_back(key_of(user, s.room));
  for (const user_id author : {user_id{}, user}) // everybody's, then the user's own
    for (const seat& s : seats) lists.push_back(key_of(message_list{author, s.room}));
  PALABRE_TRY(const auto read, views_.get_along(tables::read_positions, positions));
  PALABRE_TRY(const auto mentioned, views_.get_along(tables::last_mentions, positions));
  std::vector<read_state> states(seats.size());
  std::vector<stream_version> after(seats.size());
  for (std::size_t i = 0; i < seats.size(); ++i) {
    PALABRE_TRY(states[i].last_read_seq, seq_in(read[i]));
    after[i] = std::max(states[i].last_read_seq, seats[i].joined_seq);
    PALABRE_TRY(const stream_version last_mention, seq_in(mentioned[i]));
    if (last_mention > after[i]) {
      PALABRE_TRY(states[i].mention_count, unread_mentions(user, seats[i].room, after[i]));
    }
  }
  const auto count = [&](std::size_t i, std::optional<std::string_view> row) -> result<void> {
    if (!row) return success();
    const std::size_t seat = i % seats.size();
    const user_id author = i < seats.size() ? user_id{} : user;
    return count_in(views_, *row, {author, seats[seat].room}, after[seat], states[seat]);
  };
  PALABRE_TRY(views_.visit_many(tables::message_lists, lists, count));
  for (read_state& each : states) each.unread_count = std::min(each.unread_count, limits::unread_count_max);
  return states;
}

result<std::uint64_t> reading_queries::unread_mentions(user_id user, room_id room, stream_version after) const {
  std::uint64_t count = 0;
  PALABRE_TRY(views_.range(tables::mentions, key_of(user, room, after + 1), end_of_prefix(key_of(user, room)), true,
                           [&](std::string_view, std::string_view) { return ++count < limits::mention_count_max; }));
  return count;
}

result<reading_queries::mention_page> reading_queries::mentions_of(user_id user, std::optional<position> before,
                                                                   std::size_t limit) const {
  mention_page page;
  const std::string end = before ? key_of(user, before->value) : end_of_prefix(key_of(user));
  bool whole = true;
  PALABRE_TRY(
      views_.range(tables::mention_order, key_of(user), end, false, [&](std::string_view key, std::string_view row) {
        if (page.items.size() == limit) {
          page.next = page.items.back().at;
          return false;
        }
        whole = whole && row.size() == 24;
        if (!whole) return false;
        page.items.push_back({{get_int<std::uint64_t>(key.data() + 16)},
                              room_id{uuid_from_bytes(row.data())},
                              get_int<std::uint64_t>(row.data() + 16)});
        return true;
      }));
  if (!whole) return error{errc::corrupt, "a mention of the views is damaged"};
  return page;
}

result<void> reading_queries::advances(user_id user, room_id room, stream_version inbox_version,
                                       const std::function<bool(const advance&)>& visit) const {
  bool whole = true;
  PALABRE_TRY(views_.range(tables::read_moments, key_of(user, room), key_of(user, room, inbox_version) + '\0', false,
                           [&](std::string_view key, std::string_view row) {
                             whole = row.size() == 16;
                             return whole && visit({get_int<std::uint64_t>(key.data() + 32),
                                                    get_int<std::uint64_t>(row.data()),
                                                    {get_int<std::int64_t>(row.data() + 8)}});
                           }));
  if (!whole) return error{errc::corrupt, "a read position of the views is damaged"};
  return success();
}

} // namespace palabre::projections

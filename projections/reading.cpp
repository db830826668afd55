#include "projections/reading.hpp"

#include "base/limits.hpp"
#include "projections/keys.hpp"
#include "projections/message_counts.hpp"

#include <algorithm>

namespace palabre::projections {
namespace {

using storage::views_batch;

result<stream_version> seq_in(const std::optional<std::string>& row) {
  if (!row) return stream_version{0};
  if (row->size() != sizeof(stream_version)) return error{errc::corrupt, "a read position of the views is damaged"};
  return get_int<std::uint64_t>(row->data());
}

/// The system's messages are nobody's own.
result<void> fold_room(const log_event& e, const events::room_event& event, views_batch& rows) {
  const room_id room{e.envelope.stream.id};
  if (std::holds_alternative<events::message_posted>(event)) {
    PALABRE_TRY(count_posted(rows, {room, {}}, e.envelope.version));
    if (!e.envelope.actor.is_nil()) return count_posted(rows, {room, e.envelope.actor}, e.envelope.version);
  } else if (const auto* deleted = std::get_if<events::message_deleted>(&event)) {
    PALABRE_TRY(count_deleted(rows, {room, {}}, deleted->message_seq));
    if (!deleted->author.is_nil()) return count_deleted(rows, {room, deleted->author}, deleted->message_seq);
  }
  return success();
}

result<void> fold_advance(user_id user, const events::read_advanced& advanced, views_batch& rows) {
  const std::string key = key_of(user, advanced.room);
  PALABRE_TRY(const auto stored, rows.get(tables::read_positions, key));
  PALABRE_TRY(const stream_version before, seq_in(stored));
  if (advanced.seq <= before) return success();
  std::string row;
  put_int<std::uint64_t>(row, advanced.seq);
  rows.put(tables::read_positions, key, std::move(row));
  return success();
}

} // namespace

result<void> reading::fold(const log_event& e, views_batch& rows) {
  if (const auto* room = std::get_if<events::room_event>(&e.event)) return fold_room(e, *room, rows);
  const auto* inbox = std::get_if<events::inbox_event>(&e.event);
  const auto* advanced = inbox ? std::get_if<events::read_advanced>(inbox) : nullptr;
  return advanced ? fold_advance(user_id{e.envelope.stream.id}, *advanced, rows) : success();
}

// ---- Queries

result<stream_version> reading_queries::last_read(user_id user, room_id room) const {
  PALABRE_TRY(const auto stored, views_.get(tables::read_positions, key_of(user, room)));
  return seq_in(stored);
}

result<std::vector<read_state>> reading_queries::states(user_id user, const std::vector<seat>& seats) const {
  std::vector<std::string> positions, lists;
  for (const seat& s : seats) {
    positions.push_back(key_of(user, s.room));
    lists.push_back(key_of(message_list{s.room, {}}));
    lists.push_back(key_of(message_list{s.room, user}));
  }
  PALABRE_TRY(const auto read, views_.get_many(tables::read_positions, positions));
  PALABRE_TRY(const auto counts, views_.get_many(tables::message_lists, lists));
  std::vector<read_state> states(seats.size());
  for (std::size_t i = 0; i < seats.size(); ++i) {
    PALABRE_TRY(states[i].last_read_seq, seq_in(read[i]));
    const stream_version after = std::max(states[i].last_read_seq, seats[i].joined_seq);
    PALABRE_TRY(states[i].unread_count, unread(user, seats[i].room, counts[2 * i], counts[2 * i + 1], after));
  }
  return states;
}

result<std::uint64_t> reading_queries::unread(user_id user, room_id room, const std::optional<std::string>& all,
                                              const std::optional<std::string>& own, stream_version after) const {
  if (!all) return std::uint64_t{0}; // nobody has ever written here
  PALABRE_TRY(const std::uint64_t messages, count_after(views_, {room, {}}, *all, after));
  if (messages == 0 || !own) return std::min(messages, limits::unread_count_max);
  PALABRE_TRY(const std::uint64_t mine, count_after(views_, {room, user}, *own, after));
  return std::min(messages - std::min(messages, mine), limits::unread_count_max);
}

} // namespace palabre::projections

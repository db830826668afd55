#include "projections/message_lists.hpp"

#include "base/assert.hpp"
#include "projections/keys.hpp"
#include "projections/tables.hpp"

#include <algorithm>
#include <bit>

namespace palabre::projections {
namespace {

using storage::views_batch;
using storage::views_store;

// A chunk: how many messages came before it, and the distance of each but the first from the first. Its first seq is
// the end of its key, or, in the row of the list, stands behind the seq of the last message that was deleted.
constexpr std::size_t chunk_messages_max = 16;
constexpr std::size_t before_bytes = 8, row_fixed_bytes = 24;
constexpr stream_version distance_max = 0xFFFF; // what is farther begins a chunk

// Deletions.
constexpr unsigned level_bits = 6, levels = 5;

error damaged() {
  return {errc::corrupt, "a list of messages in the views is damaged"};
}

/// The row of a list, taken apart.
struct open_chunk {
  std::uint64_t before = 0;
  stream_version last_deleted = 0;
  stream_version first = 0;
  std::string_view distances; ///< u16 each

  std::size_t size() const { return 1 + distances.size() / 2; }
};

result<open_chunk> open_chunk_in(std::string_view row) {
  byte_reader in(row);
  open_chunk chunk;
  chunk.before = in.integer<std::uint64_t>();
  chunk.last_deleted = in.integer<std::uint64_t>();
  chunk.first = in.integer<std::uint64_t>();
  chunk.distances = in.rest();
  if (!in.ok() || chunk.distances.size() % 2 != 0) return damaged();
  return chunk;
}

std::string new_row(std::uint64_t before, stream_version last_deleted, stream_version first) {
  std::string row;
  row.reserve(row_fixed_bytes + 2 * chunk_messages_max);
  put_int<std::uint64_t>(row, before);
  put_int<std::uint64_t>(row, last_deleted);
  put_int<std::uint64_t>(row, first);
  return row;
}

/// How many messages of a chunk have a seq of at most `seq`. Requires: its first one has.
std::uint64_t rank_in(std::string_view distances, stream_version first, stream_version seq) {
  std::uint64_t rank = 1;
  for (; !distances.empty(); distances.remove_prefix(2), ++rank)
    if (first + get_int<std::uint16_t>(distances.data()) > seq) break;
  return rank;
}

/// Calls `visit` with the seq of each message of a chunk.
template <class Visit>
void for_each_seq(stream_version first, std::string_view distances, Visit visit) {
  visit(first);
  for (; !distances.empty(); distances.remove_prefix(2)) visit(first + get_int<std::uint16_t>(distances.data()));
}

/// The row is full, or the next message too far away: it becomes a chunk of its own.
void close(views_batch& rows, const row_key& key, const open_chunk& chunk) {
  row_key closed_key = key;
  closed_key.append(chunk.first);
  std::string closed;
  put_int<std::uint64_t>(closed, chunk.before);
  closed += chunk.distances;
  rows.add(tables::message_chunks, closed_key, closed);
}

/// What stands in a closed chunk. Errors: corrupt.
struct closed_chunk {
  std::uint64_t before = 0;
  stream_version first = 0;
  std::string_view distances; ///< u16 each
};

result<closed_chunk> closed_chunk_in(std::string_view key, std::string_view row) {
  if (key.size() < sizeof(stream_version) || row.size() < before_bytes || row.size() % 2 != 0) return damaged();
  return closed_chunk{get_int<std::uint64_t>(row.data()),
                      get_int<std::uint64_t>(key.data() + key.size() - sizeof(stream_version)),
                      row.substr(before_bytes)};
}

/// Messages with a seq of at most `seq` in the closed chunks.
result<std::uint64_t> rank_in_closed(const views_store& views, const message_list& list, stream_version seq) {
  const row_key first = key_of(list);
  row_key end = first;
  end.append(seq + 1);
  result<std::uint64_t> rank = 0;
  PALABRE_TRY(views.range(tables::message_chunks, first, end, false, [&](std::string_view key, std::string_view row) {
    const auto nearest = closed_chunk_in(key, row);
    if (nearest)
      rank = nearest.value().before + rank_in(nearest.value().distances, nearest.value().first, seq);
    else
      rank = nearest.error();
    return false; // the nearest chunk says it all
  }));
  return rank;
}

result<std::uint64_t> posted_after(const views_store& views, const message_list& list, const open_chunk& chunk,
                                   stream_version after) {
  const std::uint64_t all = chunk.before + chunk.size();
  if (chunk.first <= after) return all - chunk.before - rank_in(chunk.distances, chunk.first, after);
  if (chunk.before == 0) return all;
  PALABRE_TRY(const std::uint64_t rank, rank_in_closed(views, list, after));
  return all - rank;
}

// ---- Deletions

row_key deletions_key(const message_list& list, unsigned level, std::uint64_t block) {
  row_key key = key_of(list);
  key += static_cast<char>(level);
  key.append(block);
  return key;
}

/// The block of `level` that has `seq`.
std::uint64_t block_of(stream_version seq, unsigned level) {
  return seq >> (level_bits * (level + 1));
}

std::uint64_t bit_of(stream_version seq) {
  return std::uint64_t{1} << (seq & 63);
}

/// Deletions in the blocks of `level` from `first` up to, but without, `end`.
result<std::uint64_t> deletions_between(const views_store& views, const message_list& list, unsigned level,
                                        std::uint64_t first, std::uint64_t end) {
  std::uint64_t sum = 0;
  bool sound = true;
  PALABRE_TRY(views.range(tables::deletions, deletions_key(list, level, first), deletions_key(list, level, end), true,
                          [&](std::string_view, std::string_view row) {
                            sound = row.size() == 8;
                            if (!sound) return false;
                            const auto value = get_int<std::uint64_t>(row.data());
                            sum += level == 0 ? static_cast<std::uint64_t>(std::popcount(value)) : value;
                            return true;
                          }));
  if (!sound) return damaged();
  return sum;
}

/// Deletions behind `after` in its own block of 64.
result<std::uint64_t> deletions_in_block_of(const views_store& views, const message_list& list, stream_version after) {
  PALABRE_TRY(const auto row, views.get(tables::deletions, deletions_key(list, 0, block_of(after, 0))));
  if (!row) return std::uint64_t{0};
  if (row->size() != 8) return damaged();
  const std::uint64_t at_or_before = bit_of(after) | (bit_of(after) - 1);
  return static_cast<std::uint64_t>(std::popcount(get_int<std::uint64_t>(row->data()) & ~at_or_before));
}

/// In each level what is behind the seq's block and still in the block above; in the highest all that is behind.
result<std::uint64_t> deleted_after(const views_store& views, const message_list& list, stream_version after) {
  PALABRE_TRY(std::uint64_t sum, deletions_in_block_of(views, list, after));
  for (unsigned level = 0; level < levels; ++level) {
    const std::uint64_t block = block_of(after, level);
    const bool highest = level + 1 == levels;
    const std::uint64_t end = highest ? ~std::uint64_t{0} : (block_of(after, level + 1) + 1) << level_bits;
    PALABRE_TRY(const std::uint64_t here, deletions_between(views, list, level, block + 1, end));
    sum += here;
  }
  return sum;
}

} // namespace

row_key key_of(const message_list& list) {
  return key_of(list.author, list.room);
}

result<void> add_to_list(views_batch& rows, const message_list& list, stream_version seq) {
  const row_key key = key_of(list);
  PALABRE_TRY(std::string* const row, rows.edit(tables::message_lists, key));
  if (row == nullptr) {
    rows.put(tables::message_lists, key, new_row(0, 0, seq));
    return success();
  }
  PALABRE_TRY(const open_chunk chunk, open_chunk_in(*row));
  if (chunk.size() < chunk_messages_max && seq - chunk.first <= distance_max) {
    put_int<std::uint16_t>(*row, static_cast<std::uint16_t>(seq - chunk.first));
    return success();
  }
  close(rows, key, chunk);
  *row = new_row(chunk.before + chunk.size(), chunk.last_deleted, seq);
  return success();
}

result<void> note_deletion(views_batch& rows, const message_list& list, stream_version seq) {
  const row_key key = key_of(list);
  PALABRE_TRY(std::string* const row, rows.edit(tables::message_lists, key));
  if (row == nullptr || row->size() < row_fixed_bytes) return damaged();
  char* const last_deleted = row->data() + before_bytes;
  const stream_version deleted_before = get_int<std::uint64_t>(last_deleted);
  set_int<std::uint64_t>(last_deleted, std::max(deleted_before, seq));
  for (unsigned level = 0; level < levels; ++level) {
    const row_key counter = deletions_key(list, level, block_of(seq, level));
    const bool is_first = deleted_before == 0 || block_of(seq, level) > block_of(deleted_before, level);
    std::string* counted = nullptr;
    if (!is_first) {
      PALABRE_TRY(counted, rows.edit(tables::deletions, counter));
    }
    if (counted == nullptr) {
      rows.put(tables::deletions, counter, key_of(level == 0 ? bit_of(seq) : 1));
      continue;
    }
    if (counted->size() != 8) return damaged();
    const auto before = get_int<std::uint64_t>(counted->data());
    set_int<std::uint64_t>(counted->data(), level == 0 ? before | bit_of(seq) : before + 1);
  }
  return success();
}

result<std::uint64_t> count_after(const views_store& views, const message_list& list, std::string_view row,
                                  stream_version after) {
  PALABRE_TRY(const open_chunk chunk, open_chunk_in(row));
  PALABRE_TRY(const std::uint64_t posted, posted_after(views, list, chunk, after));
  if (posted == 0 || chunk.last_deleted <= after) return posted;
  PALABRE_TRY(const std::uint64_t deleted, deleted_after(views, list, after));
  return posted - std::min(posted, deleted);
}

namespace {

/// Adds what stands in one list behind the chunk that begins with `after`. `row`: the list's.
result<void> add_places(const views_store& views, const message_list& list, std::string_view row, stream_version after,
                        std::size_t count_about, authored_page& page) {
  const auto add = [&](stream_version first, std::string_view distances) {
    for_each_seq(first, distances, [&](stream_version seq) { page.places.push_back({list.room, seq}); });
    page.last_chunk = {list.room, first};
  };
  PALABRE_TRY(const open_chunk open, open_chunk_in(row));
  row_key behind = key_of(list);
  behind.append(after + 1);
  result<void> sound = success();
  PALABRE_TRY(views.range(tables::message_chunks, behind, end_of_prefix(key_of(list)), true,
                          [&](std::string_view key, std::string_view chunk_row) {
                            const auto chunk = closed_chunk_in(key, chunk_row);
                            if (chunk)
                              add(chunk.value().first, chunk.value().distances);
                            else
                              sound = chunk.error();
                            return sound.has_value() && page.places.size() < count_about;
                          }));
  if (sound && page.places.size() < count_about && open.first > after) add(open.first, open.distances);
  return sound;
}

} // namespace

result<authored_page> messages_of(const views_store& views, user_id author, const message_place& after,
                                  std::size_t count_about) {
  PALABRE_ASSERT(!author.is_nil()); // that is everybody
  authored_page page;
  result<void> sound = success();
  PALABRE_TRY(views.range(tables::message_lists, key_of(author, after.room), end_of_prefix(key_of(author)), true,
                          [&](std::string_view key, std::string_view row) {
                            const room_id room{uuid_from_bytes(key.data() + 16)};
                            const stream_version behind = room == after.room ? after.seq : 0;
                            sound = add_places(views, {author, room}, row, behind, count_about, page);
                            return sound.has_value() && page.places.size() < count_about;
                          }));
  PALABRE_TRY(sound);
  return page;
}

} // namespace palabre::projections

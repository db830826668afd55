#pragma once
// Lists of messages: everybody's in a room, and each author's there. They say how many messages lie behind a seq
// without looking at one of them, for unread counts (decisions.md 16), and where an author's messages stand, for
// erasure.
//
// Messages only ever come at a list's end, so it is cut into chunks of 16, each of which says how many messages came
// before it. The chunk that is being filled is the row of the list itself: a message costs one small row read and
// written for each of its two lists, and every 16th a second row. How many were posted after a seq is then a
// subtraction: the list's end, less the rank of the seq in its chunk, which one look-up finds.
//
// Deletions come in any order and are rare: block counters keep them. Level 0 has a bit for each of 64 seqs; a row of
// level n counts the deletions in 64 rows of level n - 1; five levels reach over a billion seqs a row. A deletion
// changes five rows, and what lies behind a seq is the sum of at most 63 rows of each level, but nothing at all where
// the last deleted message is before it.

#include "projections/keys.hpp"
#include "projections/projection.hpp"

#include <vector>

namespace palabre::projections {

struct message_place {
  room_id room;
  stream_version seq = 0;
};

struct message_list {
  user_id author; ///< nil: everybody's
  room_id room;
};

/// Key of the list's row in tables::message_lists.
row_key key_of(const message_list& list);

// ---- Folding. Errors: io, corrupt.

/// Requires: `seq` is higher than any before it in this list.
result<void> add_to_list(storage::views_batch& rows, const message_list& list, stream_version seq);
/// Requires: `seq` was posted to this list, and not deleted before.
result<void> note_deletion(storage::views_batch& rows, const message_list& list, stream_version seq);

// ---- Reading, from any thread. Errors: io, corrupt.

/// Messages of `list` with a seq higher than `after` that are not deleted. `row`: the list's row, read before;
/// deletions since then may count already.
result<std::uint64_t> count_after(const storage::views_store& views, const message_list& list, std::string_view row,
                                  stream_version after);

/// Where messages of an author stand.
struct authored_page {
  std::vector<message_place> places; ///< by room, then seq; the deleted ones among them
  message_place last_chunk;          ///< to go on behind: its first message
};
/// Those in the next chunks behind that which begins with `after`, about `count_about`; none: the end. The rows are of
/// two moments. Requires: somebody; nothing is added to their lists meanwhile.
result<authored_page> messages_of(const storage::views_store& views, user_id author, const message_place& after,
                                  std::size_t count_about);

} // namespace palabre::projections

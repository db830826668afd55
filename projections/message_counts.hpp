#pragma once
// How many messages of a list lie behind a seq, without looking at one of them: for unread counts (decisions.md 16).
//
// A list is everybody's messages in a room, or those of one author there. Messages only ever come at its end, so it is
// cut into chunks of 16, each of which says how many messages came before it. The chunk that is being filled is the
// row of the list itself: a message costs one small row read and written for each of its two lists, and every 16th a
// second row. How many were posted after a seq is then a subtraction: the list's end, less the rank of the seq in its
// chunk, which one look-up finds.
//
// Deletions come in any order and are rare: block counters keep them. Level 0 has a bit for each of 64 seqs; a row of
// level n counts the deletions in 64 rows of level n - 1; five levels reach over a billion seqs a row. A deletion
// changes five rows, and what lies behind a seq is the sum of at most 63 rows of each level, but nothing at all where
// the last deleted message is before it.

#include "projections/keys.hpp"
#include "projections/projection.hpp"

namespace palabre::projections {

struct message_list {
  room_id room;
  user_id author; ///< nil: everybody's
};

/// Key of the list's row in tables::message_lists.
row_key key_of(const message_list& list);

// ---- Folding. Errors: io, corrupt.

/// Requires: `seq` is higher than any before it in this list.
result<void> count_posted(storage::views_batch& rows, const message_list& list, stream_version seq);
/// Requires: `seq` was posted to this list, and not deleted before.
result<void> count_deleted(storage::views_batch& rows, const message_list& list, stream_version seq);

// ---- Reading, from any thread. Errors: io, corrupt.

/// Messages of `list` with a seq higher than `after` that are not deleted. `row`: the list's row, read before;
/// deletions since then may count already.
result<std::uint64_t> count_after(const storage::views_store& views, const message_list& list, std::string_view row,
                                  stream_version after);

} // namespace palabre::projections

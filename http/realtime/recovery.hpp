#pragma once
// What a client that was away gets: the exact rules of realtime-protocol.md 5, and the events as they may be shown by
// now.

#include "events/permissions.hpp"
#include "projections/log_reader.hpp"
#include "projections/timeline.hpp"

#include <functional>
#include <string>
#include <vector>

namespace palabre::http::realtime {

/// Which position a client claims, and where the room is.
struct claimed_position {
  stream_version offset = 0;
  std::string_view epoch; ///< empty: any
};
struct room_position {
  stream_version top = 0;
  std::string_view epoch;
};

/// Whether the claim lies in this history at all: the epoch is right and the client is not ahead of the log.
bool is_known(const claimed_position& claim, const room_position& room);
/// Whether the events between can be sent in one go, as far as their number tells.
bool is_recoverable(const claimed_position& claim, const room_position& room);

/// Whether the message with that seq is deleted by now.
using deletion_check = std::function<result<bool>(stream_version message_seq)>;
/// By the message.deleted in the stretch itself. Requires: the stretch reaches to the head of its room.
deletion_check deletions_within(const std::vector<storage::committed_record>& stretch);
/// By the views. Lifetime: `timeline` outlives it. Errors: those of timeline_queries.
deletion_check deletions_in_views(const projections::timeline_queries& timeline, room_id room);

/// Publications as a JSON array, in the order of `records`, those that members do not see left out.
/// Members get no words of messages that are deleted by now, others get all. Ends early, after at least one, once the
/// array is larger than `bytes_max`. Errors: those of `is_deleted`; corrupt; from_the_future.
result<std::string> publications_of(const std::vector<storage::committed_record>& records, events::role reader,
                                    const deletion_check& is_deleted, std::size_t bytes_max);

} // namespace palabre::http::realtime

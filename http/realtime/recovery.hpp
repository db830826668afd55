#pragma once
// What a client that was away gets: the exact rules of realtime-protocol.md 5, and the events as they may be shown by
// now.

#include "events/permissions.hpp"
#include "http/realtime/tag_filter.hpp"
#include "projections/log_reader.hpp"
#include "projections/timeline.hpp"

#include <functional>
#include <string>
#include <vector>

namespace palabre::http::realtime {

/// Which position a client claims, and where the stream is.
struct claimed_position {
  stream_version offset = 0;
  std::string_view epoch; ///< empty: any
};
struct log_position {
  stream_version top = 0;
  std::string_view epoch;
};

/// Whether the claim lies in this history at all: the epoch is right and the client is not ahead of the log.
bool is_known(const claimed_position& claim, const log_position& now);
/// Whether the events between can be sent in one go, as far as their number tells.
bool is_recoverable(const claimed_position& claim, const log_position& now);

/// What a client that was away gets.
struct recovery {
  bool recovered = false;    ///< false: it has to reload
  stream_version offset = 0; ///< that it claimed
  std::string publications;  ///< JSON array; of a recovered one
};

/// Who reads, and what of it: of a room.
struct reader {
  user_id user;
  events::role as = events::role::member;
  stream_version at = 0;              ///< the room's seq for which this is true
  const tag_filter* wanted = nullptr; ///< null: everything
};

/// The role of the reader at the room's seq `top`: it may have changed since it was looked up. Reads what lies between,
/// which is nearly always nothing. Errors: not_a_member: they have left since; io, corrupt.
result<events::role> role_at(const projections::log_reader& log, room_id room, const reader& who, stream_version top);

/// The events of a room between the claim and `now`. Errors: not_a_member: they have left; io, corrupt.
result<recovery> recover_room(const projections::log_reader& log, room_id room, const claimed_position& claim,
                              const log_position& now, const reader& who);
/// The events of a user's own stream. Errors: io, corrupt.
result<recovery> recover_inbox(const projections::log_reader& log, user_id user, const claimed_position& claim,
                               const log_position& now);

/// The body of a subscribe reply. nullopt: the client does not recover.
std::string subscribe_result(const log_position& now, const std::optional<recovery>& recovered);

/// Whether the message with that seq is deleted by now.
using deletion_check = std::function<result<bool>(stream_version message_seq)>;
/// By the message.deleted in the stretch itself. Requires: the stretch reaches to the head of its room.
deletion_check deletions_within(const std::vector<storage::committed_record>& stretch);
/// By the views. Lifetime: `timeline` outlives it. Errors: those of timeline_queries.
deletion_check deletions_in_views(const projections::timeline_queries& timeline, room_id room);

/// Publications of a room as a JSON array, in the order of `records`, those that the reader's role does not see or the
/// reader does not want left out. Members get no words of messages that are deleted by now, others get all. Ends early,
/// after at least one, once the array is larger than `bytes_max`. Errors: those of `is_deleted`; corrupt;
/// from_the_future.
result<std::string> publications_of(const std::vector<storage::committed_record>& records, const reader& who,
                                    const deletion_check& is_deleted, std::size_t bytes_max);

/// The events alone as a JSON array. As publications_of, all of them.
result<std::string> events_of(const std::vector<storage::committed_record>& records, const reader& who,
                              const deletion_check& is_deleted);

/// The events as frames of wire::room_events. As publications_of, but up to the event by which the reader leaves.
struct streamed_events {
  std::string frames;
  bool reader_left = false;
};
result<streamed_events> stream_of_events(const std::vector<storage::committed_record>& records, const reader& who,
                                         const deletion_check& is_deleted, std::string_view epoch);

} // namespace palabre::http::realtime

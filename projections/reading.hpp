#pragma once
// Reading: how far each member has read each room, and how much is left. What is counted is not kept for each reader:
// the timeline lists a room's messages and each author's once (message_lists.hpp), and a reader's unread ones are those
// of all less their own, behind what they have read. So a post costs the same however many members a room has, and a
// row or two for each of those whom it mentions.

#include "projections/projection.hpp"
#include "projections/tables.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace palabre::projections {

class reading final : public projection {
public:
  std::string_view name() const override { return "reading"; }
  std::uint32_t version() const override { return 3; }
  std::span<const storage::table> owned_tables() const override { return tables::of_reading; }
  result<void> fold(const log_event& e, storage::views_batch& rows) override;
};

struct read_state {
  stream_version last_read_seq = 0; ///< 0: nothing yet
  std::uint64_t unread_count = 0;   ///< limits::unread_count_max stands for that many or more
  std::uint64_t mention_count = 0;  ///< of the unread; limits::mention_count_max stands for that many or more
};

/// A message that mentions somebody.
struct mention {
  position at; ///< in the log: of its posting, or of the edit that brought the mention
  room_id room;
  stream_version seq = 0; ///< of the message
};

/// Reads from any thread. Errors of all: io, corrupt.
class reading_queries {
public:
  explicit reading_queries(const storage::views_store& views) : views_(views) {}

  /// 0: nothing yet.
  result<stream_version> last_read(user_id user, room_id room) const;

  struct seat {
    room_id room;
    stream_version joined_seq = 0; ///< of the membership that counts now
  };
  /// One for each seat, in their order: two walks along the user's rows and one look-up of many, then the bounded
  /// counters. The rows are read one after the other: while a message of theirs is being deleted, a count may be off by
  /// that one. Requires: in order of their rooms.
  result<std::vector<read_state>> states(user_id user, const std::vector<seat>& seats) const;

  struct mention_page {
    std::vector<mention> items;   ///< the newest first; also of rooms that the user has left
    std::optional<position> next; ///< go on before this one; nullopt: the end
  };
  result<mention_page> mentions_of(user_id user, std::optional<position> before, std::size_t limit) const;

  /// One step of a read position.
  struct advance {
    stream_version inbox_version = 0;
    stream_version seq = 0;
    timestamp time;
  };
  /// The steps at or before `inbox_version`, the newest first, until `visit` answers false.
  result<void> advances(user_id user, room_id room, stream_version inbox_version,
                        const std::function<bool(const advance&)>& visit) const;

private:
  result<std::uint64_t> unread_mentions(user_id user, room_id room, stream_version after) const;

  const storage::views_store& views_;
};

} // namespace palabre::projections

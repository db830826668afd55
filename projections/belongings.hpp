#pragma once
// What somebody keeps in a room for themselves: a draft, and what they want to be told of. What a draft says is read
// from the log, where it is sealed.

#include "events/notification_level.hpp"
#include "projections/projection.hpp"
#include "projections/tables.hpp"

#include <optional>
#include <vector>

namespace palabre::projections {

class belongings final : public projection {
public:
  std::string_view name() const override { return "belongings"; }
  std::uint32_t version() const override { return 1; }
  std::span<const storage::table> owned_tables() const override { return tables::of_belongings; }
  result<void> fold(const log_event& e, storage::views_batch& rows) override;
};

struct belongings_row {
  events::notification_level level = events::notification_level::all;
  stream_version draft = 0; ///< of the user's stream: the event that saved it; 0: there is none
  timestamp draft_at;
};

/// Reads from any thread. Errors of all: io, corrupt.
class belongings_queries {
public:
  explicit belongings_queries(const storage::views_store& views) : views_(views) {}

  result<belongings_row> in_room(user_id user, room_id room) const;
  /// One for each room: one walk along the user's rows. Requires: ascending rooms.
  result<std::vector<belongings_row>> in_rooms(user_id user, const std::vector<room_id>& rooms) const;

  struct draft_place {
    room_id room;
    stream_version version = 0; ///< of the user's stream
    timestamp at;
  };
  struct draft_page {
    std::vector<draft_place> items;
    std::optional<room_id> next; ///< go on after this one; nullopt: the end
  };
  /// In the order of the rooms' ids; also of rooms that the user has left.
  result<draft_page> drafts(user_id user, std::optional<room_id> after, std::size_t limit) const;

private:
  const storage::views_store& views_;
};

} // namespace palabre::projections

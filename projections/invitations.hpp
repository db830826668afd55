#pragma once
// Open invitations: a part of the roster.

#include "events/room.hpp"
#include "projections/tables.hpp"
#include "storage/views_batch.hpp"
#include "storage/views_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace palabre::projections {

/// The code, and where it was sent, stand in the event and nowhere else.
struct invitation_row {
  stream_version seq = 0; ///< of its event
  std::optional<palabre::user_id> user_id;
  std::uint32_t uses = 1, used = 0;
  timestamp at, expires_at;
  palabre::user_id by;
  uuid code_digest;
};

std::string encode(const invitation_row& row);
/// Errors: corrupt.
result<invitation_row> decode_invitation(std::string_view stored);

// ---- Folding. An invitation that is used up or taken back is no more to be found, but for where the code of one that
// was used up leads: who accepted it may ask again. Errors: io, corrupt.

result<void> fold_invitation(room_id room, const events::event_meta& meta, const events::invitation_created& e,
                             storage::views_batch& rows);
result<void> fold_invitation(room_id room, const events::event_meta& meta, const events::invitation_accepted& e,
                             storage::views_batch& rows);
result<void> fold_invitation(room_id room, const events::event_meta& meta, const events::invitation_revoked& e,
                             storage::views_batch& rows);

// ---- Asking

/// Reads from any thread. What has expired and was not taken back is among all of it. Errors of all: io, corrupt.
class invitation_queries {
public:
  explicit invitation_queries(const storage::views_store& views) : views_(views) {}

  struct place {
    room_id room;
    invitation_id invitation;
  };
  struct listed {
    place at;
    invitation_row row;
  };

  /// By invitation_code_digest.
  result<std::optional<place>> by_code(const uuid& code_digest) const;
  result<std::optional<invitation_row>> row(const place& at) const;
  /// Of a room, in order of their ids: limits::open_invitations_per_room_max at most.
  result<std::vector<listed>> of_room(room_id room) const;
  struct page {
    std::vector<listed> items;
    std::optional<invitation_id> next; ///< go on after this one; nullopt: the end
  };
  /// For `user`, in the order in which they were made.
  result<page> of_user(user_id user, std::optional<invitation_id> after, std::size_t limit) const;
  /// Whether one that is for `user` lets them into `room` at `now`.
  result<bool> lets_in(room_id room, user_id user, timestamp now) const;

private:
  const storage::views_store& views_;
};

} // namespace palabre::projections

#pragma once
#include "http/presence/shown_presence.hpp"
#include "projections/presence.hpp"

namespace palabre::http {

/// What a stored presence is worth now. Connections are leases of the process that had them: a status of another boot
/// counts as it is until its people had time to come back, and as offline after that. So nobody is a ghost after a
/// crash, though no event says that they left.
struct presence_lease {
  uuid boot;            ///< of this process
  timestamp others_end; ///< of the leases of all other boots

  events::presence_status effective(const projections::presence_row& row, timestamp now) const {
    return row.boot != boot && now >= others_end ? events::presence_status::offline : row.status;
  }
  /// A text goes with the status set by hand that it came with, at once, though the event may be a moment late.
  shown_presence shown(user_id user, const projections::presence_row& row, timestamp now) const {
    const bool expired = row.expires_at && *row.expires_at <= now;
    return {user, effective(row, now), expired ? std::nullopt : row.text, expired ? std::nullopt : row.expires_at,
            row.last_seen_at};
  }
};

} // namespace palabre::http

#pragma once
// Presence as the log has it: what each user's status is, when it changed, when they were last there. Whether it still
// holds is for the reader to say: a status of another boot is a lease that has run out (decisions.md 26).

#include "events/presence.hpp"
#include "projections/projection.hpp"
#include "projections/tables.hpp"

#include <span>

namespace palabre::projections {

class presence final : public projection {
public:
  std::string_view name() const override { return "presence"; }
  std::uint32_t version() const override { return 2; }
  std::span<const storage::table> owned_tables() const override { return tables::of_presence; }
  result<void> fold(const log_event& e, storage::views_batch& rows) override;
};

struct presence_row {
  events::presence_status status = events::presence_status::offline; ///< what others see
  std::optional<events::presence_status> manual;
  std::optional<std::string> text;
  std::optional<timestamp> expires_at;
  uuid boot;
  std::optional<timestamp> changed_at;
  std::optional<timestamp> last_seen_at; ///< last event at which they were not offline, or that made them so
  std::uint32_t auto_away_after = 0;     ///< seconds; 0: never configured
};
BOOST_DESCRIBE_STRUCT(presence_row, (),
                      (status, manual, text, expires_at, boot, changed_at, last_seen_at, auto_away_after))

/// Reads from any thread. Errors of all: io, corrupt.
class presence_queries {
public:
  explicit presence_queries(const storage::views_store& views) : views_(views) {}

  /// One look-up of many; a row in its initial state for who never had a presence, or does not exist.
  result<std::vector<presence_row>> presence_of(std::span<const user_id> users) const;

  /// Users whose status is not offline, in order of their ids, after `after`, at most `limit`.
  result<std::vector<user_id>> not_offline(std::optional<user_id> after, std::size_t limit) const;

  /// For each of `others`, whether they and `viewer` are both in some room that is not archived.
  /// Cost: one scan of the viewer's memberships, then for each of the others the cheaper of a scan of theirs and a
  /// look-up for each room of the viewer: two people of the largest number of rooms cost about a millisecond.
  result<std::vector<bool>> share_a_room(user_id viewer, std::span<const user_id> others) const;

private:
  const storage::views_store& views_;
};

} // namespace palabre::projections

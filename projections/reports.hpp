#pragma once
// What moderators are asked to look at: messages that members reported, until a moderator has looked at them, or they
// are deleted. Why stands in the events, sealed under the key of who said it.

#include "projections/projection.hpp"
#include "projections/tables.hpp"

#include <optional>
#include <vector>

namespace palabre::projections {

class reports final : public projection {
public:
  std::string_view name() const override { return "reports"; }
  std::uint32_t version() const override { return 1; }
  std::span<const storage::table> owned_tables() const override { return tables::of_reports; }
  result<void> fold(const log_event& e, storage::views_batch& rows) override;
};

struct report {
  user_id by;
  stream_version seq = 0; ///< of its event
  timestamp at;
};

/// Reads from any thread. Errors of all: io, corrupt.
class report_queries {
public:
  explicit report_queries(const storage::views_store& views) : views_(views) {}

  /// At most limits::reports_per_message_max, in the order in which they came.
  result<std::vector<report>> of_message(room_id room, stream_version message_seq) const;

  struct reported_message {
    stream_version seq = 0;
    std::vector<report> reports;
  };
  struct report_page {
    std::vector<reported_message> items;
    std::optional<stream_version> next; ///< go on after this one; nullopt: the end
  };
  /// In the order of the messages, behind the one with the seq `after`.
  result<report_page> of_room(room_id room, stream_version after, std::size_t limit) const;

private:
  const storage::views_store& views_;
};

} // namespace palabre::projections

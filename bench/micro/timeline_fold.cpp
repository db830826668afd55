// What does a committed message cost the projector? Unit: ns of CPU time per message. Workload: 256 typical messages of
// one room, again and again, decoded and folded by the timeline into a batch that is thrown away; "commit_256" folds
// them by all projections and writes the batch (not synced): ns for the 256.

#include "base/assert.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/temporary_directory.hpp"
#include "bench/micro/typical_message.hpp"
#include "projections/belongings.hpp"
#include "projections/reading.hpp"
#include "projections/reports.hpp"
#include "projections/roster.hpp"
#include "projections/tables.hpp"
#include "projections/timeline.hpp"
#include "projections/users.hpp"

#include <array>
#include <optional>

namespace palabre::micro {
namespace {

constexpr stream_version batch_messages = 256;

/// Messages as the journal hands them over, and empty views.
struct room_and_views {
  room_and_views() {
    for (stream_version v = 1; v <= batch_messages; ++v) messages.push_back(committed_message(numbered_room(1), v));
  }
  std::vector<storage::committed_record> messages;
  temporary_directory root;
  std::unique_ptr<storage::views_store> views =
      storage::views_store::open(root / "views", projections::tables::forms, "micro").value();
};

class fold_message {
public:
  std::size_t operator()() {
    const std::size_t at = next_++ % batch_messages;
    if (at == 0) rows_.emplace(*world_.views);
    const auto event = projections::decode(world_.messages[at].view);
    PALABRE_ASSERT(event && timeline_.fold(event.value(), *rows_));
    return rows_->bytes();
  }

private:
  room_and_views world_;
  projections::timeline timeline_;
  std::optional<storage::views_batch> rows_;
  std::size_t next_ = 0;
};

class fold_and_commit {
public:
  fold_and_commit() {
    storage::views_batch rows(*world_.views);
    const storage::record envelope = world_.messages.front().view;
    for (const events::room_event& event : events_of_a_new_room())
      for (projections::projection* each : all_) PALABRE_ASSERT(each->fold({envelope, event}, rows).has_value());
    PALABRE_ASSERT(rows.commit(reached_).has_value());
  }

  position operator()() {
    storage::views_batch rows(*world_.views);
    for (const storage::committed_record& message : world_.messages) {
      const auto event = projections::decode(message.view);
      PALABRE_ASSERT(event.has_value());
      for (projections::projection* each : all_) PALABRE_ASSERT(each->fold(event.value(), rows).has_value());
    }
    reached_ = reached_.next();
    PALABRE_ASSERT(rows.commit(reached_).has_value());
    return reached_;
  }

private:
  static std::vector<events::room_event> events_of_a_new_room() {
    return {events::room_created{},
            events::member_joined{numbered_user(1), events::role::owner, events::join_way::created, {"Ada"}}};
  }

  room_and_views world_;
  projections::timeline timeline_;
  projections::roster roster_;
  projections::users users_;
  projections::reading reading_;
  projections::belongings belongings_;
  projections::reports reports_;
  const std::array<projections::projection*, 6> all_{&timeline_, &roster_, &users_, &reading_, &belongings_, &reports_};
  position reached_;
};

const registration timeline_fold_registered[] = {
    measure<fold_message>("projections/timeline/fold").gated(8 * batch_messages),
    measure<fold_and_commit>("projections/commit_256").items(batch_messages),
};

} // namespace
} // namespace palabre::micro

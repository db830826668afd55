#pragma once
// Everything behind the edge, without a thread: the log and the views on a memory_disk, the journal, the projector, and
// the actors under CAF's scheduler for tests. Whoever holds it decides who takes the next step.

#include "account.hpp"
#include "memory_disk.hpp"

#include "actors/registry.hpp"
#include "app/store.hpp"
#include "projections/record_seal.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <memory>
#include <optional>

namespace palabre::trust {

class ticking_clock final : public clock {
public:
  timestamp now() const override { return {++ms_}; }

private:
  mutable std::int64_t ms_ = 1'700'000'000'000;
};

/// Threads: one.
class stepped_server {
public:
  using shared_seal = std::shared_ptr<const projections::record_seal>;
  /// Starts on what is on `disk`; what is personal is sealed with `seal`. Errors: as of its parts.
  static result<std::unique_ptr<stepped_server>> start(const std::shared_ptr<memory_disk>& disk,
                                                       const shared_seal& seal, randomness& random, const clock& time);
  /// Ends in order: what is in flight is answered or abandoned.
  ~stepped_server();

  void send(actors::room_request request);
  /// The facts that the edge would look up now.
  events::room_facts facts_for(room_id room, const events::room_command& command, user_id actor) const;

  // ---- Steps. False: there is nothing to do.
  bool run_actor(std::uint64_t which);
  bool commit() { return journal_->step(); }
  result<void> project() { return projector_->catch_up(); }
  /// Whoever is idle is let go.
  bool sweep() { return scheduler_->trigger_timeout(); }
  void settle();

  storage::event_log& log() { return *log_; }
  storage::journal& journal() { return *journal_; }
  const storage::views_store& views() const { return *views_; }

private:
  stepped_server() = default;
  void start_actors();

  shared_seal seal_;
  std::unique_ptr<storage::event_log> log_;
  std::unique_ptr<storage::views_store> views_;
  app::all_projections projections_;
  std::unique_ptr<projections::projector> projector_;
  std::unique_ptr<storage::journal> journal_;
  std::optional<actors::decider_context> context_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> actors_;
  caf::scheduler::test_coordinator* scheduler_ = nullptr;
  actors::registry_actor root_;
};

} // namespace palabre::trust

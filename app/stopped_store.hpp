#pragma once
// Everything behind the edge, running on the data directory of a stopped server: for commands that decide and append.

#include "actors/actor_runtime.hpp"
#include "app/erasure.hpp"
#include "app/keys.hpp"
#include "app/store.hpp"
#include "storage/journal.hpp"

#include <memory>
#include <string>

namespace palabre::app {

/// Threads: those of actors, journal and projector run as long as this lives. Ending it closes everything in order.
class stopped_store {
public:
  /// Errors: as event_log::open and open_keys; io: a server has it open.
  static result<std::unique_ptr<stopped_store>> open(const std::string& data);
  ~stopped_store();

  erasing_ground ground() {
    return {*log_, seal_->keys(), *views_, *projector_, *actors_, time_, [this](user_id) {
              return remove_search(search_directory_);
            }};
  }
  const std::string& name_key() const { return name_key_; }

private:
  stopped_store() = default;

  std::string name_key_, search_directory_;
  wall_clock time_;
  system_randomness random_;
  all_projections projections_;
  std::unique_ptr<storage::event_log> log_;
  std::shared_ptr<const projections::record_seal> seal_;
  std::unique_ptr<storage::views_store> views_;
  std::unique_ptr<projections::projector> projector_;
  std::unique_ptr<storage::journal> journal_;
  std::unique_ptr<actors::actor_runtime> actors_;
};

} // namespace palabre::app

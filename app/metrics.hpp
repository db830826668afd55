#pragma once
// What GET /metrics shows: the counts of every folder, gathered when somebody asks. docs/operations.md says which of
// them to look at.

#include "actors/actor_runtime.hpp"
#include "http/server/server.hpp"
#include "http/services.hpp"
#include "projections/projector.hpp"
#include "search/searcher.hpp"
#include "storage/journal.hpp"
#include "storage/views_store.hpp"

#include <prometheus/collectable.h>

namespace palabre::app {

/// Whom to ask. Lifetime: outlives the metrics.
struct metrics_ground {
  const http::server& edge;
  const actors::actor_runtime& actors;
  const storage::journal& journal;
  const storage::event_log& log;
  const projections::projector& projector;
  const storage::views_store& views;
  const std::vector<http::readiness_check>& checks;
  const clock& time;
  const search::searcher* search; ///< null: there is none
  std::string data;               ///< the directory
  std::string commit;
};

/// Threads: any. Never waits for long: what is counted is read from atomics, the rest from RocksDB's memory and /proc.
class metrics final : public prometheus::Collectable {
public:
  explicit metrics(metrics_ground ground) : ground_(std::move(ground)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;
  /// The same in Prometheus' text format, 0.0.4.
  std::string text() const;

private:
  const metrics_ground ground_;
};

} // namespace palabre::app

#pragma once
// Folds the log into the views: committed batches from memory as long as they come one after the other, the log itself
// otherwise (at start, and after the queue overflowed).

#include "projections/projection.hpp"
#include "storage/event_log.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace palabre::projections {

/// Queue when full: *drop and resync*: the batch is dropped and read from the log later
/// (limits::projector_queue_bytes_max). Threads: every member from any thread, start and stop from one. One thread of
/// its own folds. Lifetime: log and views outlive it; so do the projections.
class projector {
public:
  using clock = std::chrono::steady_clock;
  /// How long after a turn of work it leaves what comes, so that rows which change with every event are written once
  /// for many. Asked after each turn, on its thread.
  using rest_length = std::function<clock::duration(clock::time_point now)>;

  /// `rest`: null: only where cores are short (projector_rests.hpp). Who waits ends a rest, and then waits until what
  /// came during it is folded. Much that came (projector_rests::is_much), a resync, an exchange and stop() end it too.
  projector(const storage::event_log& log, storage::views_store& views, std::vector<projection*> projections,
            rest_length rest = nullptr);
  ~projector();

  /// What the thread does first.
  enum class beginning {
    fold,          ///< whatever the views do not have yet
    wait_for_rows, ///< nothing, until exchange() or fold_on(): the rows are being computed elsewhere
  };
  void start(beginning how = beginning::fold);
  /// After wait_for_rows: the rows are computed here after all.
  void fold_on();
  /// Folds what is queued, at most limits::projector_queue_bytes_max, and ends. What it does not reach by that (the log
  /// while it catches up; anything while it waits for rows) is left to the next start: its waiters are told
  /// errc::unavailable.
  void stop();

  /// A batch the journal has committed; never blocks. A listener of the journal.
  void feed(const storage::committed_batch_ptr& batch);

  /// How far the views are. One atomic load.
  position applied() const;
  bool healthy() const;
  /// Why it is not healthy; empty otherwise.
  std::string failure() const;

  /// Calls `then` once: at once if the views have reached `at`, else on the projector's thread when they do.
  /// Errors: unavailable: it stopped or failed first. There is no deadline here: the edge has its own.
  void when_applied(position at, std::function<void(result<void>)> then);

  /// Called on the projector's thread after each commit, with the records that became visible, and before applied() and
  /// those who wait for it tell of them. Before start().
  void add_listener(std::function<void(const storage::committed_batch&)> tell);

  /// The views go on with the rows of `fresh`, which were computed beside them from the same log. On the projector's
  /// thread, between two commits: both are brought to one position, so that nobody who reads goes back in time, and
  /// nobody waits for more than that; listeners hear of what is new once, as ever. Blocks; not on the projector's
  /// thread. Answers the rows that were. Requires: started.
  /// Errors: unavailable: it stopped or failed; those of folding. The views are as they were.
  result<std::unique_ptr<storage::views_store>> exchange(std::unique_ptr<storage::views_store> fresh);

  /// Folds what is queued or in the log, without a thread and until there is nothing left. For tests and offline tools.
  result<void> catch_up();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace palabre::projections

#pragma once
// The only writer of the log. One thread drains the queue into one WriteBatch, writes and syncs it once, then tells
// everyone. This is group commit without timers, and it gives positions without gaps.

#include "base/tally.hpp"
#include "storage/event_log.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace palabre::storage {

/// Which version a stream must have for an append to it.
struct expectation {
  enum class kind : std::uint8_t {
    exactly, ///< `version`
    any,
    even ///< claims: `claimed` and `released` alternate, so an even version is free
  };
  kind what = kind::any;
  stream_version version = 0;

  static expectation exactly(stream_version v) { return {kind::exactly, v}; }
  static expectation any() { return {kind::any, 0}; }
  static expectation even() { return {kind::even, 0}; }
};

struct stream_append {
  stream_id stream;
  expectation expected;
  std::vector<new_record> records; ///< at least one
};

/// Several streams, all or nothing. Records get consecutive positions in the order given. It may hold several commands
/// of one stream, each with its keys on its own first record.
struct append {
  std::vector<stream_append> streams;
  std::vector<idempotency> keys; ///< all that the records have: none may be in the log
  /// Called once, on the journal's thread, after the sync or the refusal; must not block. Errors:
  /// version_mismatch: an expectation failed (context: the index into `streams`); nothing of this append was written.
  /// already_done: a key is in the log, or before this one in the same batch: event_log::find_command has it now.
  /// key_reused: a key is there with another request.
  /// unavailable: the journal has stopped; whether the append is in the log is known only after a restart.
  std::function<void(result<appended>)> done;
};

/// What the journal has committed since it was made.
struct journal_counts {
  distribution events;               ///< of one batch; what was merely refused in it is no batch
  distribution micros;               ///< from the first judgement of a batch until it is durable
  std::uint64_t appends_refused = 0; ///< by what the log holds: a version, a key
  std::uint64_t queue_full = 0;
  std::uint64_t queued_bytes = 0; ///< now
};

/// Queue when full: *refuse*: submit answers `overloaded`. Bound: limits::journal_queue_bytes_max.
/// Threads: submit() from any; step() from one at a time. Lifetime: the log outlives it; stop() before the listeners
/// end.
class journal {
public:
  /// Told of every committed batch on the journal's thread, in the order they were added, after the head is published
  /// and after the appends' own `done`. Never blocks.
  using listener = std::function<void(const committed_batch_ptr&)>;

  explicit journal(event_log& log);
  ~journal();

  /// Before start().
  void add_listener(listener tell);
  /// What has to be durable before a batch may be: called before each write. If it fails, the journal stops. Before
  /// start().
  void add_precondition(std::function<result<void>()> settle);
  void start();
  /// Commits what is queued, refuses what comes later, syncs the watermark and ends the thread.
  void stop();

  /// Errors: overloaded (queue full), unavailable (stopped, or a write failed earlier). On error `done` is never
  /// called.
  result<void> submit(append what);

  /// One round of the thread's loop, without waiting: true if there was anything to do. For tests without a thread.
  bool step();

  /// False from the first failed write or sync on, until restart: fail closed.
  bool healthy() const;

  /// Any thread.
  journal_counts counts() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace palabre::storage

#include "storage/journal.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "base/thread_name.hpp"
#include "storage/batch_writer.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>

namespace palabre::storage {
namespace {

using steady = std::chrono::steady_clock;
constexpr std::chrono::seconds mark_sync_interval{1};

// What an append costs in the queue beside its records.
constexpr std::size_t append_overhead_bytes = 256;

struct queued {
  append what;
  std::size_t records = 0;
  std::size_t bytes = 0;
};

queued measured(append&& what) {
  queued q;
  q.bytes = append_overhead_bytes;
  for (const stream_append& part : what.streams) {
    PALABRE_ASSERT(!part.records.empty());
    q.records += part.records.size();
    for (const new_record& each : part.records) q.bytes += each.stored.size() + each.opened.size();
  }
  PALABRE_ASSERT(q.records > 0);
  q.what = std::move(what);
  return q;
}

constexpr std::array<std::uint64_t, 9> events_bounds{1, 2, 4, 8, 16, 32, 64, 128, 256};
constexpr std::array<std::uint64_t, 10> micros_bounds{250,   500,    1'000,  2'000,   4'000,
                                                      8'000, 16'000, 50'000, 250'000, 1'000'000};

const error stopped{errc::unavailable, "the journal has stopped"};

} // namespace

struct journal::state {
  explicit state(event_log& of) : log(*of.state_), writer(*log.log.store, log.log.acked.head, log.log.key_id_max) {}

  event_log::state& log;
  std::vector<listener> listeners;
  std::vector<std::function<result<void>()>> preconditions;
  std::thread thread;

  // Shared with those who submit.
  std::mutex mutex;
  std::condition_variable more;
  std::vector<queued> incoming; // mutex
  std::size_t queued_bytes = 0; // mutex; of `incoming` and `taken`
  bool waiting = false;         // mutex
  bool stopping = false;        // mutex
  std::atomic<bool> healthy{true};

  // Of the one that steps.
  batch_writer writer;
  std::vector<queued> taken;
  std::size_t next = 0; // first of `taken` that is not committed yet
  std::vector<verdict> verdicts;
  bool mark_unsynced = false;
  steady::time_point mark_synced_at = steady::now();
  bool mark_closed = false;

  // Of the one that steps; read by any.
  distribution_tally<events_bounds> batch_events;
  distribution_tally<micros_bounds> commit_micros;
  tally appends_refused;
  shared_tally queue_full;

  bool step();
  void run();
  bool fetch();
  std::size_t end_of_batch() const;
  result<committed_batch_ptr> commit(std::size_t end);
  result<void> acknowledge(const committed_batch_ptr& batch);
  void count(const committed_batch_ptr& batch, steady::duration took);
  void tell(std::size_t end, const committed_batch_ptr& batch) noexcept;
  void release(std::size_t end);
  void fail_from(std::size_t first) noexcept;
  void sync_mark_if_due();
  void sync_mark();
  bool wait_for_more();
};

/// More to commit, from what others queued since.
bool journal::state::fetch() {
  if (next < taken.size()) return true;
  taken.clear();
  next = 0;
  std::lock_guard lock(mutex);
  taken.swap(incoming);
  return !taken.empty();
}

std::size_t journal::state::end_of_batch() const {
  std::size_t records = 0, bytes = 0, end = next;
  for (; end < taken.size(); ++end) {
    records += taken[end].records;
    bytes += taken[end].bytes;
    if (end > next && (records > limits::batch_records_max || bytes > limits::batch_bytes_max)) break;
  }
  return end;
}

/// Judges, writes, syncs, notes the mark and publishes the head. After an error the batch may or may not be in the log.
result<committed_batch_ptr> journal::state::commit(std::size_t end) {
  verdicts.clear();
  for (std::size_t i = next; i < end; ++i) {
    PALABRE_TRY(auto judged, writer.judge(taken[i].what));
    verdicts.push_back(std::move(judged));
  }
  for (const auto& settle : preconditions) {
    PALABRE_TRY(settle());
  }
  PALABRE_TRY(auto batch, writer.write());
  if (batch) {
    PALABRE_TRY(acknowledge(batch));
  }
  return batch;
}

result<void> journal::state::acknowledge(const committed_batch_ptr& batch) {
  acked_mark& acked = log.log.acked;
  acked.head = batch->last();
  acked.hash = batch->records.back().hash;
  PALABRE_TRY(log.log.mark->write(acked));
  mark_unsynced = true;
  log.head.store(acked.head.value, std::memory_order_release);
  return success();
}

/// Callbacks must not throw: there is nobody to take it, and the others have to be told.
void journal::state::tell(std::size_t end, const committed_batch_ptr& batch) noexcept {
  for (std::size_t i = next; i < end; ++i) {
    verdict& judged = verdicts[i - next];
    const auto& done = taken[i].what.done;
    if (!done) continue;
    if (judged.refused)
      done(std::move(*judged.refused));
    else
      done(appended{batch, judged.first, judged.count});
  }
  if (!batch) return;
  for (const listener& each : listeners) each(batch);
}

void journal::state::release(std::size_t end) {
  std::size_t bytes = 0;
  for (; next < end; ++next) {
    bytes += taken[next].bytes;
    taken[next].what = {};
  }
  std::lock_guard lock(mutex);
  queued_bytes -= bytes;
}

/// Fail closed: whoever waits is told so, and nothing is accepted any more.
void journal::state::fail_from(std::size_t first) noexcept {
  log.failed = true;
  healthy = false;
  std::vector<queued> rest;
  {
    std::lock_guard lock(mutex);
    rest.swap(incoming);
  }
  for (std::size_t i = first; i < taken.size(); ++i)
    if (taken[i].what.done) taken[i].what.done(stopped);
  for (const queued& q : rest)
    if (q.what.done) q.what.done(stopped);
  taken.clear();
  next = 0;
}

void journal::state::count(const committed_batch_ptr& batch, steady::duration took) {
  appends_refused.add(static_cast<std::uint64_t>(std::ranges::count_if(verdicts, [](auto& v) { return !!v.refused; })));
  if (!batch) return;
  batch_events.add(batch->records.size());
  commit_micros.add(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
}

bool journal::state::step() {
  if (!healthy || !fetch()) return false;
  const std::size_t end = end_of_batch();
  const auto begun = steady::now();
  const auto committed = commit(end);
  if (!committed) {
    fail_from(next);
    return true;
  }
  count(committed.value(), steady::now() - begun);
  tell(end, committed.value());
  release(end);
  sync_mark_if_due();
  return true;
}

void journal::state::sync_mark_if_due() {
  if (mark_unsynced && steady::now() - mark_synced_at >= mark_sync_interval) sync_mark();
}

void journal::state::sync_mark() {
  if (!log.log.mark->sync()) return fail_from(next);
  mark_unsynced = false;
  mark_synced_at = steady::now();
}

/// False: stop was asked for and nothing is queued.
bool journal::state::wait_for_more() {
  const auto something = [this] { return stopping || !incoming.empty(); };
  std::unique_lock lock(mutex);
  waiting = true;
  if (mark_unsynced)
    more.wait_until(lock, mark_synced_at + mark_sync_interval, something);
  else
    more.wait(lock, something);
  waiting = false;
  return !stopping || !incoming.empty();
}

void journal::state::run() {
  do {
    while (step()) {
    }
    if (healthy) sync_mark_if_due();
  } while (healthy && wait_for_more());
}

journal::journal(event_log& log) : state_(std::make_unique<state>(log)) {
  PALABRE_ASSERT(log.state_->log.mark.has_value()); // opened for writing
}

journal::~journal() {
  stop();
}

void journal::add_listener(listener tell) {
  PALABRE_ASSERT(!state_->thread.joinable());
  state_->listeners.push_back(std::move(tell));
}

void journal::add_precondition(std::function<result<void>()> settle) {
  PALABRE_ASSERT(!state_->thread.joinable());
  state_->preconditions.push_back(std::move(settle));
}

void journal::start() {
  PALABRE_ASSERT(!state_->thread.joinable());
  state_->thread = std::thread([this] {
    name_this_thread("journal");
    state_->run();
  });
}

void journal::stop() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->more.notify_all();
  if (state_->thread.joinable()) state_->thread.join();
  while (state_->step()) {
  } // without a thread, or what came while it ended
  if (state_->healthy && state_->mark_unsynced) state_->sync_mark();
}

result<void> journal::submit(append what) {
  queued q = measured(std::move(what));
  bool wake = false;
  {
    std::lock_guard lock(state_->mutex);
    if (state_->stopping || !state_->healthy) return stopped;
    if (state_->queued_bytes + q.bytes > limits::journal_queue_bytes_max) {
      state_->queue_full.add();
      return error{errc::overloaded, "journal"};
    }
    state_->queued_bytes += q.bytes;
    state_->incoming.push_back(std::move(q));
    wake = state_->waiting;
  }
  if (wake) state_->more.notify_one();
  return success();
}

bool journal::step() {
  return state_->step();
}

bool journal::healthy() const {
  return state_->healthy;
}

journal_counts journal::counts() const {
  journal_counts all{state_->batch_events.read(), state_->commit_micros.read(), state_->appends_refused.value(),
                     state_->queue_full.value(), 0};
  std::lock_guard lock(state_->mutex);
  all.queued_bytes = state_->queued_bytes;
  return all;
}

} // namespace palabre::storage

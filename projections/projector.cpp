#include "projections/projector.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

namespace palabre::projections {
namespace {

/// Changes held in memory before they are written; a few thousand events.
constexpr std::size_t commit_bytes = 1024 * 1024;
/// Records read from the log in one go while catching up.
constexpr std::size_t chunk_records = 1'000;

std::size_t bytes_of(const storage::committed_batch& batch) {
  std::size_t bytes = 0;
  for (const auto& record : batch.records) bytes += record.stored.size();
  return bytes;
}

} // namespace

struct projector::state {
  using waiter = std::function<void(result<void>)>;

  state(const storage::event_log& l, storage::views_store& v, std::vector<projection*> p)
      : log(l), views(v), projections(std::move(p)) {}

  const storage::event_log& log;
  storage::views_store& views;
  std::vector<projection*> projections;
  std::vector<std::function<void(const storage::committed_batch&)>> listeners;
  std::atomic<std::uint64_t> applied{0};
  std::atomic<bool> healthy{true};

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<storage::committed_batch_ptr> queue; // by mutex
  std::size_t queued_bytes = 0;                   // by mutex
  bool resync = true;                             // by mutex: the log may be ahead of the queue
  bool stopping = false;                          // by mutex
  std::string failure;                            // by mutex
  std::multimap<std::uint64_t, waiter> waiters;   // by mutex
  std::thread thread;

  void run();
  result<void> fold_record(const storage::record& record, storage::views_batch& rows);
  result<void> fold_queued(const std::deque<storage::committed_batch_ptr>& batches);
  result<void> catch_up_to(position last);
  /// `folded`: what `rows` come from.
  result<void> commit(storage::views_batch& rows, position reached,
                      const std::vector<const storage::committed_batch*>& folded);
  void fail(const error& why);
  void end_waiters(const error& why);
};

projector::projector(const storage::event_log& log, storage::views_store& views, std::vector<projection*> projections)
    : state_(std::make_unique<state>(log, views, std::move(projections))) {
  const auto checkpoint = views.checkpoint();
  if (checkpoint)
    state_->applied = checkpoint.value().value;
  else
    state_->fail(checkpoint.error());
}

projector::~projector() {
  stop();
}

void projector::start() {
  state_->thread = std::thread([s = state_.get()] { s->run(); });
}

void projector::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  if (state_->thread.joinable()) state_->thread.join();
  state_->end_waiters({errc::unavailable, "the server is stopping"});
}

void projector::feed(const storage::committed_batch_ptr& batch) {
  const std::size_t bytes = bytes_of(*batch);
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->queued_bytes + bytes > limits::projector_queue_bytes_max) {
      state_->resync = true; // dropped: read from the log instead
    } else {
      state_->queue.push_back(batch);
      state_->queued_bytes += bytes;
    }
  }
  state_->wake.notify_one();
}

position projector::applied() const {
  return {state_->applied.load(std::memory_order_acquire)};
}
bool projector::healthy() const {
  return state_->healthy.load(std::memory_order_acquire);
}

std::string projector::failure() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failure;
}

void projector::when_applied(position at, std::function<void(result<void>)> then) {
  if (applied() >= at) return then(success());
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->stopping && healthy() && applied() < at) {
      state_->waiters.emplace(at.value, std::move(then));
      return;
    }
  }
  if (applied() >= at) return then(success());
  then(error{errc::unavailable, "the read models have stopped"});
}

void projector::add_listener(std::function<void(const storage::committed_batch&)> tell) {
  state_->listeners.push_back(std::move(tell));
}

result<void> projector::catch_up() {
  std::deque<storage::committed_batch_ptr> batches;
  {
    const std::lock_guard lock(state_->mutex);
    batches.swap(state_->queue);
    state_->queued_bytes = 0;
  }
  PALABRE_TRY(state_->fold_queued(batches));
  return state_->catch_up_to(state_->log.head());
}

void projector::state::run() {
  for (;;) {
    std::deque<storage::committed_batch_ptr> batches;
    bool from_log;
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [&] { return stopping || !queue.empty() || resync; });
      if (stopping || !healthy) return;
      batches.swap(queue);
      queued_bytes = 0;
      from_log = std::exchange(resync, false);
    }
    auto done = fold_queued(batches);
    if (done && from_log) done = catch_up_to(log.head());
    if (!done) return fail(done.error());
  }
}

result<void> projector::state::fold_record(const storage::record& record, storage::views_batch& rows) {
  PALABRE_TRY(auto event, decode(record));
  for (projection* p : projections) {
    auto folded = p->fold(event, rows);
    if (!folded)
      return error{folded.error().code, "projection " + std::string(p->name()) + ", position " +
                                            std::to_string(record.at.value) + ": " + folded.error().context};
  }
  return success();
}

result<void> projector::state::fold_queued(const std::deque<storage::committed_batch_ptr>& batches) {
  storage::views_batch rows(views);
  std::uint64_t reached = applied.load(std::memory_order_relaxed);
  std::vector<const storage::committed_batch*> folded;
  const auto flush = [&]() -> result<void> {
    if (folded.empty()) return success();
    PALABRE_TRY(commit(rows, {reached}, folded));
    folded.clear();
    return success();
  };
  for (const auto& batch : batches) {
    if (batch->last().value <= reached) continue; // read from the log already
    if (batch->records.front().view.at.value != reached + 1) {
      PALABRE_TRY(flush());
      PALABRE_TRY(catch_up_to(batch->last()));
      reached = applied.load(std::memory_order_relaxed);
      continue;
    }
    for (const auto& record : batch->records) {
      PALABRE_TRY(fold_record(record.view, rows));
    }
    reached = batch->last().value;
    folded.push_back(batch.get());
    if (rows.bytes() >= commit_bytes) {
      PALABRE_TRY(flush());
    }
  }
  return flush();
}

result<void> projector::state::catch_up_to(position last) {
  while (applied.load(std::memory_order_relaxed) < last.value) {
    {
      const std::lock_guard lock(mutex);
      if (stopping) return success();
    }
    storage::views_batch rows(views);
    storage::committed_batch chunk;
    result<void> folded = success();
    PALABRE_TRY(log.scan({applied.load(std::memory_order_relaxed)}, last, [&](const storage::committed_record& record) {
      folded = fold_record(record.view, rows);
      if (!folded) return false;
      chunk.records.push_back(record.copy());
      return chunk.records.size() < chunk_records;
    }));
    PALABRE_TRY(std::move(folded));
    PALABRE_ASSERT(!chunk.records.empty());
    PALABRE_TRY(commit(rows, chunk.last(), {&chunk}));
  }
  return success();
}

result<void> projector::state::commit(storage::views_batch& rows, position reached,
                                      const std::vector<const storage::committed_batch*>& folded) {
  PALABRE_TRY(rows.commit(reached));
  for (const auto* batch : folded) // before anyone who waited reads: caches must not answer with older rows
    for (const auto& tell : listeners) tell(*batch);
  std::vector<waiter> due;
  {
    const std::lock_guard lock(mutex);
    applied.store(reached.value, std::memory_order_release);
    const auto end = waiters.upper_bound(reached.value);
    for (auto w = waiters.begin(); w != end; ++w) due.push_back(std::move(w->second));
    waiters.erase(waiters.begin(), end);
  }
  for (waiter& then : due) then(success());
  return success();
}

void projector::state::fail(const error& why) {
  {
    const std::lock_guard lock(mutex);
    healthy.store(false, std::memory_order_release);
    failure = std::string(name_of(why.code)) + ": " + why.context;
  }
  end_waiters({errc::unavailable, "the read models have stopped"});
}

void projector::state::end_waiters(const error& why) {
  std::multimap<std::uint64_t, waiter> ended;
  {
    const std::lock_guard lock(mutex);
    ended.swap(waiters);
  }
  for (auto& [at, then] : ended) then(why);
}

} // namespace palabre::projections

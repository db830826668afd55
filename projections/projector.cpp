#include "projections/projector.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "base/thread_name.hpp"
#include "projections/log_fold.hpp"
#include "projections/projector_rests.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace palabre::projections {
namespace {

/// Changes held in memory before they are written; a few thousand events.
constexpr std::size_t commit_bytes = 1024 * 1024;
/// Records read from the log in one go while catching up.
constexpr std::size_t chunk_records = 1'000;

static_assert(projector_rests::bytes_max <= commit_bytes); // what a rest leaves is one commit or two

projector::rest_length rest_where_cores_are_short() {
  return [demand = std::make_shared<core_demand>()](projector::clock::time_point now) {
    return projector_rests::after(demand->look(now));
  };
}

std::size_t bytes_of(const storage::committed_batch& batch) {
  std::size_t bytes = 0;
  for (const auto& record : batch.records) bytes += record.stored.size();
  return bytes;
}

} // namespace

struct projector::state {
  using waiter = std::function<void(result<void>)>;
  using store_ptr = std::unique_ptr<storage::views_store>;
  /// Others' rows, and who waits for ours.
  struct exchange_request {
    store_ptr fresh;
    std::promise<result<store_ptr>> done;
  };

  state(const storage::event_log& l, storage::views_store& v, std::vector<projection*> p, rest_length r)
      : log(l), views(v), projections(std::move(p)), next_rest(std::move(r)), rows(v) {}

  const storage::event_log& log;
  storage::views_store& views;
  std::vector<projection*> projections;
  rest_length next_rest;
  storage::views_batch rows; ///< empty but while something is folded; kept for its memory
  std::vector<std::function<void(const storage::committed_batch&)>> listeners;
  std::atomic<std::uint64_t> applied{0};
  std::atomic<bool> healthy{true};

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<storage::committed_batch_ptr> queue; // by mutex
  std::size_t queued_bytes = 0;                   // by mutex
  std::size_t queued_records = 0;                 // by mutex
  bool resync = true;                             // by mutex: the log may be ahead of the queue
  bool waits_for_rows = false;                    // by mutex
  bool resting = false;                           // by mutex
  bool stopping = false;                          // by mutex
  std::optional<exchange_request> exchange;       // by mutex
  std::string failure;                            // by mutex
  std::multimap<std::uint64_t, waiter> waiters;   // by mutex
  std::thread thread;

  void run();
  std::deque<storage::committed_batch_ptr> take_queued();
  bool must_go_on() const;
  void rest(std::unique_lock<std::mutex>& lock, clock::time_point until);
  result<void> fold_record(const storage::record& record);
  result<void> fold_queued(const std::deque<storage::committed_batch_ptr>& batches);
  result<void> catch_up_to(position last);
  /// `folded`: what `rows` come from.
  result<void> commit(position reached, const std::vector<const storage::committed_batch*>& folded);
  void reach(position reached);
  result<void> carry_out(exchange_request request, bool without_own_rows);
  result<store_ptr> take_rows(store_ptr fresh, position there, bool without_own_rows);
  void fail(const error& why);
  void end_waiters(const error& why);
};

projector::projector(const storage::event_log& log, storage::views_store& views, std::vector<projection*> projections,
                     rest_length rest)
    : state_(std::make_unique<state>(log, views, std::move(projections),
                                     rest ? std::move(rest) : rest_where_cores_are_short())) {
  const auto checkpoint = views.checkpoint();
  if (checkpoint)
    state_->applied = checkpoint.value().value;
  else
    state_->fail(checkpoint.error());
}

projector::~projector() {
  stop();
}

void projector::start(beginning how) {
  state_->waits_for_rows = how == beginning::wait_for_rows;
  state_->thread = std::thread([s = state_.get()] {
    name_this_thread("projector");
    s->run();
  });
}

void projector::fold_on() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->waits_for_rows = false;
  }
  state_->wake.notify_all();
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
  bool can_wait = false;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->queued_bytes + bytes > limits::projector_queue_bytes_max) {
      state_->resync = true; // dropped: read from the log instead
    } else {
      state_->queue.push_back(batch);
      state_->queued_bytes += bytes;
      state_->queued_records += batch->records.size();
    }
    can_wait = state_->resting && !state_->must_go_on();
  }
  if (!can_wait) state_->wake.notify_one();
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
      if (state_->resting) state_->wake.notify_one();
      return;
    }
  }
  if (applied() >= at) return then(success());
  then(error{errc::unavailable, "the read models have stopped"});
}

void projector::add_listener(std::function<void(const storage::committed_batch&)> tell) {
  state_->listeners.push_back(std::move(tell));
}

result<std::unique_ptr<storage::views_store>> projector::exchange(std::unique_ptr<storage::views_store> fresh) {
  std::future<result<state::store_ptr>> done;
  {
    const std::lock_guard lock(state_->mutex);
    PALABRE_ASSERT(!state_->exchange);
    if (state_->stopping || !healthy()) return error{errc::unavailable, "the read models have stopped"};
    state_->exchange.emplace().fresh = std::move(fresh);
    done = state_->exchange->done.get_future();
  }
  state_->wake.notify_all();
  return done.get();
}

result<void> projector::catch_up() {
  std::deque<storage::committed_batch_ptr> batches;
  {
    const std::lock_guard lock(state_->mutex);
    batches = state_->take_queued();
  }
  PALABRE_TRY(state_->fold_queued(batches));
  return state_->catch_up_to(state_->log.head());
}

void projector::state::run() {
  clock::time_point rests_until{};
  for (bool is_last = false; !is_last;) {
    std::deque<storage::committed_batch_ptr> batches;
    std::optional<exchange_request> asked;
    bool from_log = false, waits = false;
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [&] { return stopping || exchange || (!waits_for_rows && (!queue.empty() || resync)); });
      if (clock::now() < rests_until) rest(lock, rests_until);
      if (!healthy) return;
      is_last = stopping;
      waits = waits_for_rows;
      if (!is_last) asked = std::exchange(exchange, std::nullopt);
      if (!is_last && !waits) from_log = std::exchange(resync, false);
      if (!waits) batches = take_queued();
    }
    auto done = fold_queued(batches);
    if (done && from_log) done = catch_up_to(log.head());
    if (asked && !done) asked->done.set_value(done.error());
    if (asked && done) done = carry_out(std::move(*asked), waits);
    if (!done) return fail(done.error());
    const clock::time_point now = clock::now();
    rests_until = now + next_rest(now);
  }
}

/// Requires: mutex.
std::deque<storage::committed_batch_ptr> projector::state::take_queued() {
  queued_bytes = queued_records = 0;
  return std::exchange(queue, {});
}

/// Whether what is queued is to be folded at once. Requires: mutex.
bool projector::state::must_go_on() const {
  return stopping || exchange || resync || !waiters.empty() || projector_rests::is_much(queued_records, queued_bytes);
}

void projector::state::rest(std::unique_lock<std::mutex>& lock, clock::time_point until) {
  resting = true;
  wake.wait_until(lock, until, [&] { return must_go_on(); });
  resting = false;
}

result<void> projector::state::fold_record(const storage::record& record) {
  PALABRE_TRY(auto event, decode(record));
  for (projection* p : projections)
    if (auto folded = p->fold(event, rows); !folded) return in_projection(*p, event, folded.error());
  return success();
}

result<void> projector::state::fold_queued(const std::deque<storage::committed_batch_ptr>& batches) {
  std::uint64_t reached = applied.load(std::memory_order_relaxed);
  std::vector<const storage::committed_batch*> folded;
  const auto flush = [&]() -> result<void> {
    if (folded.empty()) return success();
    PALABRE_TRY(commit({reached}, folded));
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
      PALABRE_TRY(fold_record(record.view));
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
    storage::committed_batch chunk;
    result<void> folded = success();
    PALABRE_TRY(log.scan({applied.load(std::memory_order_relaxed)}, last, [&](const storage::committed_record& record) {
      folded = fold_record(record.view);
      if (!folded) return false;
      chunk.records.push_back(record.copy());
      return chunk.records.size() < chunk_records;
    }));
    PALABRE_TRY(std::move(folded));
    PALABRE_ASSERT(!chunk.records.empty());
    PALABRE_TRY(commit(chunk.last(), {&chunk}));
  }
  return success();
}

result<void> projector::state::commit(position reached, const std::vector<const storage::committed_batch*>& folded) {
  PALABRE_TRY(rows.commit(reached));
  for (const auto* batch : folded) // before anyone who waited reads: caches must not answer with older rows
    for (const auto& tell : listeners) tell(*batch);
  reach(reached);
  return success();
}

void projector::state::reach(position reached) {
  std::vector<waiter> due;
  {
    const std::lock_guard lock(mutex);
    applied.store(reached.value, std::memory_order_release);
    const auto end = waiters.upper_bound(reached.value);
    for (auto w = waiters.begin(); w != end; ++w) due.push_back(std::move(w->second));
    waiters.erase(waiters.begin(), end);
  }
  for (waiter& then : due) then(success());
}

/// `without_own_rows`: the views have been waiting for these. Answers whether the own rows are still to be trusted.
result<void> projector::state::carry_out(exchange_request request, bool without_own_rows) {
  const auto there = request.fresh->checkpoint();
  auto caught_up = there && !without_own_rows ? catch_up_to(there.value()) : result<void>(success());
  if (!there || !caught_up) {
    request.done.set_value(there ? caught_up.error() : there.error());
    return caught_up;
  }
  auto before = take_rows(std::move(request.fresh), there.value(), without_own_rows);
  if (before && without_own_rows) {
    const std::lock_guard lock(mutex);
    waits_for_rows = false; // the log may have gone on: resync is still set
  }
  request.done.set_value(std::move(before));
  return success();
}

result<projector::state::store_ptr> projector::state::take_rows(store_ptr fresh, position there,
                                                                bool without_own_rows) {
  if (!without_own_rows) {
    const position here{applied.load(std::memory_order_relaxed)};
    if (here < there) return error{errc::unavailable, "the server is stopping"};
    PALABRE_TRY(fold_onto(log, *fresh, projections, there, here)); // nobody is told again
  }
  auto before = views.exchange(std::move(fresh));
  if (without_own_rows) reach(there);
  return before;
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
  std::optional<exchange_request> refused;
  {
    const std::lock_guard lock(mutex);
    ended.swap(waiters);
    refused = std::exchange(exchange, std::nullopt);
  }
  if (refused) refused->done.set_value(why);
  for (auto& [at, then] : ended) then(why);
}

} // namespace palabre::projections

#include "projections/log_fold.hpp"

#include "base/thread_name.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace palabre::projections {
namespace {

/// A chunk is read while others are folded; larger ones leave the processor's cache, smaller ones wake threads often.
constexpr std::size_t chunk_records_max = 1'024;
constexpr std::size_t chunk_bytes = 512 * 1024;
constexpr std::size_t chunks_waiting_max = 6;
constexpr std::size_t commit_bytes_in_use = 1024 * 1024;

/// Records, decoded.
struct chunk {
  chunk() { // records may not move: events refer to them
    records.reserve(chunk_records_max);
    events.reserve(chunk_records_max);
  }
  bool is_full() const { return records.size() == chunk_records_max || payload_bytes >= chunk_bytes; }
  result<void> add(const storage::record& r) {
    storage::record& envelope = records.emplace_back(r);
    PALABRE_TRY(auto event, decode(envelope));
    events.push_back(std::move(event));
    envelope.type = envelope.correlation = envelope.payload = {}; // what they view is gone with the next record
    payload_bytes += r.payload.size();
    return success();
  }
  position last() const { return records.back().at; }

  std::size_t payload_bytes = 0;
  std::vector<storage::record> records;
  std::vector<log_event> events;
};
using chunk_ptr = std::shared_ptr<const chunk>;

/// Chunks on their way to one thread. When it is full the reader waits.
class chunk_queue {
public:
  /// False: nobody takes any more.
  bool push(chunk_ptr next) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() < chunks_waiting_max || closed_; });
    if (closed_) return false;
    waiting_.push_back(std::move(next));
    changed_.notify_all();
    return true;
  }
  /// Null: there are no more.
  chunk_ptr pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !waiting_.empty() || closed_; });
    if (waiting_.empty()) return nullptr;
    chunk_ptr next = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    return next;
  }
  /// What waits is still taken.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<chunk_ptr> waiting_; // by mutex_
  bool closed_ = false;           // by mutex_
};

/// Projections that fold on one thread.
class folding_thread {
public:
  folding_thread(storage::views_store& into, std::vector<projection*> projections, position after,
                 std::size_t known_bytes)
      : projections_(std::move(projections)), known_bytes_max_(known_bytes), rows_(into), done_(after.value),
        thread_([this] { run(); }) {}
  ~folding_thread() {
    queue_.close();
    if (thread_.joinable()) thread_.join();
  }

  bool push(chunk_ptr next) { return queue_.push(std::move(next)); }
  position done() const { return {done_.load(std::memory_order_acquire)}; }
  /// Waits until all is folded and written.
  result<void> finish() {
    queue_.close();
    thread_.join();
    return result_;
  }

private:
  void run() {
    name_this_thread("fold");
    result_ = fold_all();
    queue_.close();
  }
  result<void> fold_all() {
    while (const chunk_ptr next = queue_.pop()) {
      for (const log_event& event : next->events) {
        PALABRE_TRY(fold(event));
      }
      if (rows_.known_bytes() >= known_bytes_max_) {
        PALABRE_TRY(rows_.hand_over());
      }
      done_.store(next->last().value, std::memory_order_release);
    }
    return rows_.commit_rows();
  }
  result<void> fold(const log_event& event) {
    for (projection* p : projections_)
      if (auto folded = p->fold(event, rows_); !folded) return in_projection(*p, event, folded.error());
    return success();
  }

  const std::vector<projection*> projections_;
  const std::size_t known_bytes_max_;
  storage::views_batch rows_;
  chunk_queue queue_;
  std::atomic<std::uint64_t> done_;
  result<void> result_ = success(); ///< of run(); read after the thread has ended
  std::thread thread_;              ///< last: it uses the others
};

/// Hands chunks to all threads.
class chunk_reader {
public:
  explicit chunk_reader(std::vector<std::unique_ptr<folding_thread>>& threads) : threads_(threads) {}

  /// False: a thread has failed, which says itself why.
  result<bool> add(const storage::record& r) {
    if (next_ && next_->is_full() && !hand_over()) return false;
    if (!next_) next_ = std::make_shared<chunk>();
    PALABRE_TRY(next_->add(r));
    return true;
  }
  bool hand_over() {
    const chunk_ptr full = std::exchange(next_, nullptr);
    for (const auto& thread : threads_)
      if (full && !thread->push(full)) return false;
    return true;
  }

private:
  std::vector<std::unique_ptr<folding_thread>>& threads_;
  std::shared_ptr<chunk> next_;
};

} // namespace

result<void> fold_log(const storage::event_log& log, storage::views_store& into,
                      const std::vector<projection*>& projections, position after, position last,
                      const std::function<bool(position)>& tell, std::size_t known_bytes) {
  std::vector<std::unique_ptr<folding_thread>> threads;
  const auto second = projections.begin() + 1;
  threads.push_back(
      std::make_unique<folding_thread>(into, std::vector(projections.begin(), second), after, known_bytes));
  if (second != projections.end())
    threads.push_back(
        std::make_unique<folding_thread>(into, std::vector(second, projections.end()), after, known_bytes / 4));
  const auto done = [&] {
    position least = last;
    for (const auto& thread : threads) least = std::min(least, thread->done());
    return least;
  };
  chunk_reader reader(threads);
  result<bool> going = true;
  const auto scanned = log.scan_in_place(after, last, [&](const storage::record& r, std::string_view) {
    going = reader.add(r);
    if (going && going.value() && r.at.value % chunk_records_max == 0 && !tell(done()))
      going = error{errc::abandoned, "given up"};
    return going && going.value();
  });
  if (scanned && going && going.value()) reader.hand_over();
  result<void> folded = success();
  for (const auto& thread : threads)
    if (auto its = thread->finish(); !its && folded) folded = std::move(its);
  PALABRE_TRY(std::move(folded));
  PALABRE_TRY(scanned);
  PALABRE_TRY(std::move(going));
  tell(last);
  return success();
}

result<void> fold_onto(const storage::event_log& log, storage::views_store& views,
                       const std::vector<projection*>& projections, position after, position last) {
  storage::views_batch rows(views);
  const auto fold = [&](const storage::record& record) -> result<void> {
    PALABRE_TRY(const auto event, decode(record));
    for (projection* p : projections)
      if (auto folded = p->fold(event, rows); !folded) return in_projection(*p, event, folded.error());
    if (rows.bytes() < commit_bytes_in_use) return success();
    return rows.commit(record.at);
  };
  result<void> folded = success();
  PALABRE_TRY(log.scan_in_place(after, last, [&](const storage::record& record, std::string_view) {
    folded = fold(record);
    return folded.has_value();
  }));
  PALABRE_TRY(std::move(folded));
  return after < last ? rows.commit(last) : success();
}

} // namespace palabre::projections

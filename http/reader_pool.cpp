#include "http/reader_pool.hpp"

#include "base/assert.hpp"
#include "base/thread_name.hpp"
#include "http/pending_result.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace palabre::http {
namespace {

namespace asio = boost::asio;

using long_read = std::function<result<std::string>()>;

/// What came of a read.
struct made {
  std::string answer;
  std::exception_ptr thrown; ///< null: nothing
};

struct waiting_read {
  long_read read;
  std::chrono::steady_clock::time_point deadline;
  pending_result<made>* pending;
};

result<made> make(const long_read& read) {
  try {
    PALABRE_TRY(std::string answer, read());
    return made{std::move(answer), nullptr};
  } catch (...) { // for whoever waits
    return made{{}, std::current_exception()};
  }
}

} // namespace

/// The queue and its threads.
struct reader_pool::state {
  void add(waiting_read next) {
    const std::lock_guard lock(mutex);
    if (stopping) return next.pending->complete(error{errc::unavailable, "the server stops"});
    if (queue.size() >= limits::long_reads_waiting_max)
      return next.pending->complete(error{errc::overloaded, "too many long answers are waiting"});
    queue.push_back(std::move(next));
    wake.notify_one();
  }

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return stopping || !queue.empty(); });
      if (stopping) return;
      const waiting_read next = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      if (std::chrono::steady_clock::now() >= next.deadline) // nobody waits any more
        next.pending->complete(error{errc::not_yet, "a long answer was not begun in time"});
      else
        next.pending->complete(make(next.read));
      lock.lock();
    }
  }

  std::chrono::milliseconds wait_max{};
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<waiting_read> queue; // by mutex
  bool stopping = false;          // by mutex
  std::vector<std::thread> threads;
};

reader_pool::reader_pool(std::size_t threads, std::chrono::milliseconds wait_max) : state_(std::make_unique<state>()) {
  PALABRE_ASSERT(threads > 0);
  state_->wait_max = wait_max;
  for (std::size_t i = 0; i < threads; ++i)
    state_->threads.emplace_back([s = state_.get()] {
      name_this_thread("reads");
      s->work();
    });
}

reader_pool::~reader_pool() {
  stop();
}

void reader_pool::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  for (std::thread& each : state_->threads) each.join();
  state_->threads.clear();
  const std::lock_guard lock(state_->mutex);
  for (const waiting_read& each : state_->queue) each.pending->complete(error{errc::unavailable, "the server stops"});
  state_->queue.clear();
}

asio::awaitable<result<std::string>> reader_pool::run(long_read read) {
  const auto start = [](auto resume, state* s, long_read what) {
    auto* const pending =
        pending_result<made>::start(std::move(resume), s->wait_max, "a long answer was not there in time");
    s->add({std::move(what), std::chrono::steady_clock::now() + s->wait_max, pending});
  };
  auto waiting = asio::async_initiate<const asio::use_awaitable_t<>, void(result<made>)>(start, asio::use_awaitable,
                                                                                         state_.get(), std::move(read));
  auto done = co_await std::move(waiting);
  if (!done) co_return done.error();
  if (done.value().thrown) std::rethrow_exception(done.value().thrown);
  co_return std::move(done.value().answer);
}

} // namespace palabre::http

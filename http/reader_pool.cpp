#include "http/reader_pool.hpp"

#include "base/limits.hpp"
#include "base/thread_name.hpp"
#include "http/pending_result.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace palabre::http {
namespace {

namespace asio = boost::asio;

using long_read = std::function<result<std::string>()>;

struct waiting_read {
  long_read read;
  pending_result<std::string>* pending;
};

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
      next.pending->complete(next.read());
      lock.lock();
    }
  }

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<waiting_read> queue; // by mutex
  bool stopping = false;          // by mutex
  std::vector<std::thread> threads;
};

reader_pool::reader_pool(std::size_t threads) : state_(std::make_unique<state>()) {
  for (std::size_t i = 0; i < threads; ++i)
    state_->threads.emplace_back([s = state_.get()] {
      name_this_thread("reads");
      s->work();
    });
}

reader_pool::~reader_pool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  for (std::thread& each : state_->threads) each.join();
  for (const waiting_read& each : state_->queue) each.pending->complete(error{errc::unavailable, "the server stops"});
}

asio::awaitable<result<std::string>> reader_pool::run(long_read read) {
  const auto start = [](auto resume, state* s, long_read what) {
    auto* const pending = pending_result<std::string>::start(std::move(resume), limits::view_wait_max,
                                                             "the answer was not there in time");
    s->add({std::move(what), pending});
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(result<std::string>)>(start, asio::use_awaitable,
                                                                                        state_.get(), std::move(read));
}

} // namespace palabre::http

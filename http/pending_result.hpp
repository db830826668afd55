#pragma once
// How a coroutine waits for a result that another thread will have: it gets exactly one, resumes on its own executor,
// and a result that comes too late, or after the io_context is gone, goes nowhere. Used by ask.cpp, hasher.cpp and
// reader_pool.cpp.

#include "base/result.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/intrusive/list.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

namespace palabre::http {

/// What all pending results of one io_context share. One coarse timer looks after all deadlines, and runs only while
/// something is pending: a timer for each would cost a system call for each. Threads: any. Lifetime: shared by the
/// context's service and by what is pending, because results may outlive the context.
class pending_results : public std::enable_shared_from_this<pending_results> {
public:
  /// How late a deadline may be noticed.
  static constexpr std::chrono::milliseconds tick{100};
  using time_point = std::chrono::steady_clock::time_point;

  class entry : public boost::intrusive::list_base_hook<> {
  public:
    virtual ~entry() = default;
    /// With the lock held: resumes the coroutine with not_yet.
    virtual void expire() = 0;
    /// With the lock held: hands over the coroutine, to be destroyed without it.
    virtual std::shared_ptr<void> release() = 0;
    time_point deadline;
  };

  /// The one of `executor`'s context. Requires: that is an io_context.
  static std::shared_ptr<pending_results> of(const boost::asio::any_io_executor& executor);

  explicit pending_results(boost::asio::io_context& context);
  void add(entry& e);
  /// Runs `take` under the lock if `e` is still pending, and ends that.
  template <class Take>
  void finish(entry& e, Take take) {
    const std::lock_guard lock(mutex_);
    if (!e.is_linked()) return;
    pending_.erase(pending_.iterator_to(e));
    take();
  }
  /// The context ends: coroutines are destroyed, what comes later goes nowhere.
  void shutdown();

private:
  void arm();
  void sweep();

  std::mutex mutex_;
  boost::intrusive::list<entry> pending_;          // by mutex_
  std::optional<boost::asio::steady_timer> timer_; // by mutex_; none once shut down
  bool armed_ = false;                             // by mutex_
};

/// One of them. Owns itself until it is completed, which whoever holds the pointer has to do exactly once.
template <class T>
class pending_result final : pending_results::entry {
public:
  using handler = typename boost::asio::async_result<boost::asio::use_awaitable_t<>, void(result<T>)>::handler_type;

  /// `when_late`: the context of not_yet. Requires: a literal.
  static pending_result* start(handler resume, std::chrono::milliseconds at_most, const char* when_late) {
    auto* pending = new pending_result(std::move(resume), when_late);
    pending->deadline = std::chrono::steady_clock::now() + at_most;
    pending->all_->add(*pending);
    return pending;
  }

  /// Threads: any.
  void complete(result<T> with) {
    const std::unique_ptr<pending_result> self(this);
    all_->finish(*this, [&] { resume_with(std::move(with)); });
  }

private:
  pending_result(handler resume, const char* when_late)
      : all_(pending_results::of(resume.get_executor())),
        // run() goes on as long as somebody waits.
        executor_(boost::asio::prefer(resume.get_executor(), boost::asio::execution::outstanding_work.tracked)),
        resume_(std::move(resume)), when_late_(when_late) {}

  void expire() override { resume_with(error{errc::not_yet, when_late_}); }
  std::shared_ptr<void> release() override {
    auto coroutine = std::make_shared<handler>(std::move(*resume_));
    resume_.reset();
    executor_ = {};
    return coroutine;
  }
  void resume_with(result<T> with) {
    auto resumption = [resume = std::move(*resume_), with = std::move(with)]() mutable { resume(std::move(with)); };
    resume_.reset();
    boost::asio::post(executor_, std::move(resumption));
    executor_ = {};
  }

  std::shared_ptr<pending_results> all_;
  boost::asio::any_io_executor executor_;
  std::optional<handler> resume_;
  const char* when_late_;
};

} // namespace palabre::http

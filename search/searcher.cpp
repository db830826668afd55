#include "search/searcher.hpp"

#include "base/limits.hpp"
#include "base/thread_name.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace palabre::search {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t slice_records = 256; ///< between two looks at the queue: some 20 ms
constexpr std::size_t commit_messages_max = 5'000;
constexpr std::uint64_t commit_records_max = 100'000; ///< read again after a crash
constexpr std::chrono::milliseconds looks_at_the_log_every{500}, commits_every{5'000}, tries_again_every{10'000};
constexpr int niceness = 10; ///< a tenth of a core while others want all of it

void give_way_to_others() {
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), niceness); // a wish: it works without
}

struct question {
  text_query what;
  position seen;
  steady::time_point deadline;
  std::function<void(result<text_hits>)> then;
};

} // namespace

struct searcher::state {
  explicit state(search_ground g) : ground(std::move(g)) {}

  struct forgetting {
    user_id author;
    std::promise<result<void>> done;
  };

  const search_ground ground;
  std::unique_ptr<text_index> index; ///< of the thread, once it runs
  std::thread thread;
  std::atomic<std::uint64_t> applied{0};

  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;            // by mutex
  std::deque<question> questions;   // by mutex
  std::deque<forgetting> to_forget; // by mutex
  std::string failure;              // by mutex

  // ---- of the thread
  steady::time_point committed = steady::now(), tries_again_at;
  position kept; ///< the position of the last commit

  void run() {
    give_way_to_others();
    std::unique_lock lock(mutex);
    while (!stopping) {
      if (!to_forget.empty()) {
        forgetting next = std::move(to_forget.front());
        to_forget.pop_front();
        lock.unlock();
        next.done.set_value(forget(next.author));
      } else if (!questions.empty()) {
        question next = std::move(questions.front());
        questions.pop_front();
        lock.unlock();
        answer(next);
      } else if (!failure.empty() && steady::now() >= tries_again_at) {
        lock.unlock();
        note(index->reopen());
      } else if (failure.empty() && index->applied() < ground.log.head()) {
        lock.unlock();
        note(follow());
      } else if (failure.empty() && commit_is_due()) {
        lock.unlock();
        note(commit());
      } else {
        wake.wait_for(lock, looks_at_the_log_every);
        continue;
      }
      lock.lock();
    }
    const bool is_sound = failure.empty();
    lock.unlock();
    if (is_sound) note(commit());
    refuse_the_rest();
  }

  /// A damaged index is begun anew; anything else, damage of the log too, is tried again later, from what was kept.
  void note(result<void> done) {
    if (!done && index->is_damaged()) {
      ground.warn("the index of the search is damaged, and begun anew: " + done.error().context);
      done = index->begin_anew();
    }
    if (index->applied() < kept) kept = index->applied(); // it goes on from further back
    std::string why;
    if (!done) {
      why = done.error().context.empty() ? std::string(name_of(done.error().code)) : done.error().context;
      tries_again_at = steady::now() + tries_again_every;
    }
    applied.store(index->applied().value, std::memory_order_release);
    const std::lock_guard lock(mutex);
    if (!why.empty() && why != failure) ground.warn("the search does not follow the log: " + why);
    failure = std::move(why);
  }

  /// Takes in some of the log. What was archived and is away cannot be found. Errors: io, corrupt.
  result<void> follow() {
    const position head = ground.log.head();
    position last = index->applied();
    std::size_t count = 0;
    result<void> sound = success();
    PALABRE_TRY(ground.log.scan_in_place(
        last, head,
        [&](const storage::record& r, std::string_view) {
          sound = index->fold(r);
          if (sound) last = r.at;
          return sound && ++count < slice_records;
        },
        storage::event_log::archived::as_rows_if_away));
    PALABRE_TRY(std::move(sound));
    index->advance(last);
    return index->pending() >= commit_messages_max || last.value - kept.value >= commit_records_max ? commit()
                                                                                                    : success();
  }

  bool commit_is_due() const { return index->pending() > 0 && steady::now() - committed >= commits_every; }
  result<void> commit() {
    committed = steady::now();
    PALABRE_TRY(index->commit());
    kept = index->applied();
    return success();
  }

  result<void> follow_to(position wanted, steady::time_point deadline) {
    while (true) {
      if (steady::now() >= deadline) return error{errc::not_yet, "the search has not read that far in time"};
      if (const std::string why = failed(); !why.empty()) return error{errc::unavailable, why};
      if (index->applied() >= wanted) return success();
      note(follow());
    }
  }

  std::string failed() {
    const std::lock_guard lock(mutex);
    return stopping ? "the server stops" : failure;
  }

  void answer(question& q) {
    const auto reached = follow_to(q.seen, q.deadline);
    auto found = reached ? index->find(q.what, ground.words_of) : result<text_hits>(reached.error());
    if (!found && index->is_damaged()) note(found.error());
    q.then(std::move(found));
  }

  result<void> forget(user_id author) {
    auto done = index->forget(author);
    if (!done) {
      ground.warn("the index of the search is begun anew, because of it nobody can be forgotten: " +
                  done.error().context);
      done = index->begin_anew();
    }
    note(done);
    kept = index->applied();
    return done;
  }

  void refuse_the_rest() {
    const std::lock_guard lock(mutex);
    for (question& each : questions) each.then(error{errc::unavailable, "the server stops"});
    for (forgetting& each : to_forget) each.done.set_value(error{errc::unavailable, "the server stops"});
    questions.clear();
    to_forget.clear();
  }
};

searcher::searcher(std::unique_ptr<state> s) : state_(std::move(s)) {}

searcher::~searcher() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    state_->wake.notify_one();
  }
  if (state_->thread.joinable()) state_->thread.join();
}

result<std::unique_ptr<searcher>> searcher::open(search_ground ground) {
  auto s = std::make_unique<state>(std::move(ground));
  PALABRE_TRY(s->index, text_index::open(s->ground.directory, s->ground.log.epoch()));
  s->kept = s->index->applied();
  s->applied = s->kept.value;
  return std::unique_ptr<searcher>(new searcher(std::move(s)));
}

void searcher::start() {
  state_->thread = std::thread([this] {
    name_this_thread("search");
    state_->run();
  });
}

void searcher::find(text_query what, position seen, std::function<void(result<text_hits>)> then) {
  std::unique_lock lock(state_->mutex);
  const char* refused = nullptr;
  errc why = errc::unavailable;
  if (state_->stopping)
    refused = "the server stops";
  else if (!state_->failure.empty())
    refused = "the search does not follow the log now: see the server's log";
  else if (state_->questions.size() >= limits::searches_waiting_max)
    refused = "too many searches are waiting", why = errc::overloaded;
  if (refused != nullptr) {
    lock.unlock();
    return then(error{why, refused});
  }
  state_->questions.push_back({std::move(what), seen, steady::now() + limits::command_wait_max, std::move(then)});
  state_->wake.notify_one();
}

result<void> searcher::forget(user_id author) {
  std::future<result<void>> done;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping) return error{errc::unavailable, "the server stops"};
    done = state_->to_forget.emplace_back(state::forgetting{author, {}}).done.get_future();
    state_->wake.notify_one();
  }
  return done.get();
}

position searcher::applied() const {
  return {state_->applied.load(std::memory_order_acquire)};
}

std::string searcher::failure() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failure;
}

} // namespace palabre::search

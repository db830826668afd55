#include "http/read_positions.hpp"

#include "http/pending_result.hpp"
#include "http/read_gathering.hpp"

namespace palabre::http {
namespace {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

/// One that waits: completed exactly once.
struct waiting_caller {
  pending_result<position>* answer;
  asio::any_io_executor executor;
};
using gathering = read_gathering<waiting_caller>;

} // namespace

/// Shared with what is in flight and with timers: both may end after it was given up.
struct read_positions::state : std::enable_shared_from_this<state> {
  state(actors::gateway& to, std::chrono::milliseconds pause) : commands(to), places(pause) {}

  void enter(const reader& who, gathering::flight wanted, const waiting_caller& caller);
  void fly(const reader& who, gathering::flight what);
  void land(const reader& who, const result<position>& with);
  void wake(const asio::any_io_executor& on, const reader& who, steady::time_point due);
  void take_off(const reader& who);
  void end();

  actors::gateway& commands;
  std::mutex mutex;
  gathering places;   // by mutex
  bool ended = false; // by mutex
};

void read_positions::state::enter(const reader& who, gathering::flight wanted, const waiting_caller& caller) {
  gathering::entered came;
  {
    const std::lock_guard lock(mutex);
    came = places.enter(who, std::move(wanted), caller, steady::now());
  }
  if (came.takes_off) fly(who, std::move(*came.takes_off));
  if (came.wake_at) wake(caller.executor, who, *came.wake_at);
  if (came.covered) caller.answer->complete(*came.covered);
  if (came.refused) caller.answer->complete(std::move(*came.refused));
}

void read_positions::state::fly(const reader& who, gathering::flight what) {
  actors::user_request request;
  request.user = who.user;
  request.command = events::advance_read{who.room, what.seq};
  request.origin = {who.user, std::move(what.correlation), {}};
  request.answer = actors::reply<actors::outcome>([self = shared_from_this(), who](result<actors::outcome> with) {
    self->land(who, with ? result<position>(with.value().durable) : result<position>(with.error()));
  });
  commands.send(std::move(request)); // without the lock: a refusal comes at once
}

void read_positions::state::land(const reader& who, const result<position>& with) {
  std::vector<waiting_caller> answered;
  std::optional<steady::time_point> due;
  asio::any_io_executor waker;
  {
    const std::lock_guard lock(mutex);
    if (ended) return;
    gathering::landed done = places.land(who, with, steady::now());
    answered = std::move(done.callers);
    due = done.next_due;
    if (due) waker = done.waker->executor;
  }
  if (due) wake(waker, who, *due);
  for (const waiting_caller& caller : answered) caller.answer->complete(with);
}

void read_positions::state::wake(const asio::any_io_executor& on, const reader& who, steady::time_point due) {
  auto timer = std::make_shared<asio::steady_timer>(on, due);
  asio::steady_timer& waits = *timer;
  waits.async_wait([self = shared_from_this(), timer = std::move(timer), who](const boost::system::error_code& failed) {
    if (!failed) self->take_off(who);
  });
}

void read_positions::state::take_off(const reader& who) {
  gathering::flight next;
  {
    const std::lock_guard lock(mutex);
    if (ended) return;
    next = places.take_off(who);
  }
  fly(who, std::move(next));
}

void read_positions::state::end() {
  std::vector<waiting_caller> left;
  {
    const std::lock_guard lock(mutex);
    ended = true;
    left = places.abandon();
  }
  for (const waiting_caller& caller : left)
    caller.answer->complete(error{errc::abandoned, "the server ended before the answer"});
}

read_positions::read_positions(actors::gateway& commands, std::chrono::milliseconds pause)
    : state_(std::make_shared<state>(commands, pause)) {}

read_positions::~read_positions() {
  state_->end();
}

asio::awaitable<result<position>> read_positions::advance(user_id user, room_id room, stream_version seq,
                                                          std::string correlation) {
  const auto start = [](auto resume, state* places, reader who, gathering::flight wanted) {
    waiting_caller caller;
    caller.executor = resume.get_executor();
    caller.answer = pending_result<position>::start(std::move(resume), limits::command_wait_max,
                                                    "no answer in time; it may still be carried out");
    places->enter(who, std::move(wanted), caller);
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(result<position>)>(
      start, asio::use_awaitable, state_.get(), reader{user, room}, gathering::flight{seq, std::move(correlation)});
}

} // namespace palabre::http

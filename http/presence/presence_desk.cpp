#include "http/presence/presence_desk.hpp"

#include "base/limits.hpp"
#include "http/presence/presence_book.hpp"
#include "http/services.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <atomic>
#include <iterator>

namespace palabre::http {
namespace {

using events::presence_status;
using std::chrono::milliseconds;

constexpr milliseconds tick_max{100};
constexpr milliseconds pause_after_failure{1'000};
constexpr std::size_t commands_in_flight_max = 1'024; // of the actors' 16,384: messages go first

/// Someone came into the book, or left it.
struct movement {
  user_id user;
  bool came = false;
  position at; ///< the log's head, or the event that says they are offline
};

} // namespace

struct presence_desk::state : std::enable_shared_from_this<state> {
  state(const presence_ground& g, randomness& random)
      : ground(g), lease{random.next_id(g.time.now()), later_by(g.time.now(), g.settings.presence_grace)},
        ticks_per_flush((g.settings.presence_coalesce + tick_max - milliseconds(1)) / tick_max),
        book(g.settings.presence_grace), fan_out(lease, g.rows, g.roster, g.settings.presence_individuals_max) {}

  milliseconds pause() const { return ground.settings.presence_coalesce / ticks_per_flush; }
  void arm();
  void tick();
  void move_people();
  void read_people(timestamp now);
  void take_in_facts(timestamp now);
  void tell_of_absent(timestamp now);
  void tell(timestamp now);
  void carry_out(timestamp now);
  void send(const presence_book::transition& what);
  void hear_outcome(user_id user, const result<actors::outcome>& done);
  void note_freed(position offline_at); // mutex held

  const presence_ground ground;
  presence_lease lease; ///< its end is set by start()
  const std::int64_t ticks_per_flush;
  std::atomic<bool> running{false};

  mutable std::mutex mutex;
  presence_book book;                             // by mutex
  std::size_t in_flight = 0;                      // by mutex: commands
  std::vector<movement> movements;                // by mutex
  std::optional<boost::asio::steady_timer> timer; // by mutex; none but between start and stop

  std::mutex heard_mutex;
  std::vector<presence_fact> heard; // by heard_mutex
  bool lost_facts = false;          // by heard_mutex

  // The ticks' own.
  presence_outlets out;
  presence_fan_out fan_out;
  std::int64_t ticks = 0;
  bool looks_for_ghosts = false;
};

presence_desk::presence_desk(const presence_ground& ground, randomness& random)
    : state_(std::make_shared<state>(ground, random)) {}

presence_desk::~presence_desk() {
  stop();
}

void presence_desk::start(boost::asio::io_context& io, presence_outlets out) {
  state_->out = std::move(out);
  // From now on people can come back.
  state_->lease.others_end = later_by(state_->ground.time.now(), state_->ground.settings.presence_grace);
  state_->running = true;
  const std::lock_guard lock(state_->mutex);
  state_->timer.emplace(io);
  state_->arm();
}

void presence_desk::stop() {
  state_->running = false;
  const std::lock_guard lock(state_->mutex);
  state_->timer.reset();
}

void presence_desk::tick() {
  state_->tick();
}

// ---- Connections

void presence_desk::arrive(user_id user) {
  const timestamp now = state_->ground.time.now();
  const std::lock_guard lock(state_->mutex);
  if (state_->book.arrive(user, now)) state_->movements.push_back({user, true, state_->ground.log.head()});
}

void presence_desk::act(user_id user) {
  const timestamp now = state_->ground.time.now();
  const std::lock_guard lock(state_->mutex);
  state_->book.act(user, now);
}

void presence_desk::depart(user_id user) {
  const timestamp now = state_->ground.time.now();
  const std::lock_guard lock(state_->mutex);
  state_->book.depart(user, now);
}

void presence_desk::hear(const storage::committed_batch& batch) {
  if (!state_->running) return;
  std::vector<presence_fact> facts;
  for (const storage::committed_record& record : batch.records)
    if (auto fact = fact_in(record)) facts.push_back(std::move(*fact));
  if (facts.empty()) return;
  const std::lock_guard lock(state_->heard_mutex);
  auto& heard = state_->heard;
  if (heard.size() + facts.size() > limits::presence_facts_max) {
    heard.clear();
    state_->lost_facts = true;
  }
  std::move(facts.begin(), facts.end(), std::back_inserter(heard));
}

// ---- Asking

const projections::presence_queries& presence_desk::rows() const {
  return state_->ground.rows;
}

const presence_lease& presence_desk::lease() const {
  return state_->lease;
}

presence_status presence_desk::automatic(user_id user) const {
  const std::lock_guard lock(state_->mutex);
  return state_->book.automatic(user);
}

presence_fan_out::gathering presence_desk::gathered_in(room_id room) const {
  return state_->fan_out.gathered_in(room);
}

// ---- Ticks

/// Requires: mutex held.
void presence_desk::state::arm() {
  timer->expires_after(pause());
  timer->async_wait([self = weak_from_this()](boost::system::error_code failed) {
    const auto desk = self.lock();
    if (failed || !desk || !desk->running) return;
    desk->tick();
    const std::lock_guard lock(desk->mutex);
    if (desk->timer) desk->arm();
  });
}

/// People first, then what happened: what the views say of those who came is then no older than what was told.
void presence_desk::state::tick() {
  const timestamp now = ground.time.now();
  move_people();
  read_people(now);
  take_in_facts(now);
  tell_of_absent(now);
  tell(now);
  carry_out(now);
}

void presence_desk::state::move_people() {
  std::vector<movement> moved;
  {
    const std::lock_guard lock(mutex);
    moved.swap(movements);
  }
  for (const movement& m : moved) {
    if (m.came)
      fan_out.enter(m.user, m.at);
    else
      fan_out.leave(m.user, m.at);
  }
}

void presence_desk::state::read_people(timestamp now) {
  const auto found = fan_out.read_entered(ground.views.applied(), limits::presence_commands_per_tick_max, out);
  if (found.empty()) return;
  const std::lock_guard lock(mutex);
  for (const auto& [user, row] : found) {
    book.configure(user, events::auto_away_after(row.auto_away_after), now);
    book.expires(user, row.expires_at);
  }
}

void presence_desk::state::take_in_facts(timestamp now) {
  std::vector<presence_fact> facts;
  bool lost = false;
  {
    const std::lock_guard lock(heard_mutex);
    facts.swap(heard);
    lost = std::exchange(lost_facts, false);
  }
  if (lost) fan_out.resync(ground.log.head());
  for (const presence_fact& fact : facts) fan_out.take_in(fact);
  const std::lock_guard lock(mutex);
  for (const presence_fact& fact : facts) {
    if (const auto* changed = std::get_if<events::presence_changed>(&fact.what))
      book.expires(user_id{fact.stream}, changed->expires_at);
    else if (const auto* configured = std::get_if<events::presence_configured>(&fact.what))
      book.configure(user_id{fact.stream}, events::auto_away_after(configured->auto_away_after), now);
  }
}

void presence_desk::state::tell_of_absent(timestamp now) {
  if (!looks_for_ghosts && now >= lease.others_end) {
    looks_for_ghosts = true;
    fan_out.look_for_ghosts();
  }
  fan_out.tell_of_absent(now, ground.views.applied(), out);
}

void presence_desk::state::tell(timestamp now) {
  if (++ticks % ticks_per_flush == 0) fan_out.flush(now, out);
  fan_out.forget_left();
}

void presence_desk::state::carry_out(timestamp now) {
  std::vector<presence_book::transition> due;
  {
    const std::lock_guard lock(mutex);
    const std::size_t free = commands_in_flight_max - std::min(in_flight, commands_in_flight_max);
    due = book.tick(now, std::min(free, limits::presence_commands_per_tick_max));
    in_flight += due.size();
    note_freed({});
  }
  for (const auto& transition : due) send(transition);
}

/// Without the lock: a refusal may come at once, on this thread.
void presence_desk::state::send(const presence_book::transition& what) {
  actors::user_request request;
  request.user = what.user;
  request.command = events::note_presence{what.automatic, lease.boot};
  request.origin = {what.user, "presence", {}};
  request.answer = actors::reply<actors::outcome>([self = weak_from_this(), user = what.user](auto done) {
    if (const auto desk = self.lock()) desk->hear_outcome(user, done);
  });
  ground.commands.send(std::move(request));
}

void presence_desk::state::hear_outcome(user_id user, const result<actors::outcome>& done) {
  const timestamp now = ground.time.now();
  const std::lock_guard lock(mutex);
  --in_flight;
  const bool is_gone = !done && done.error().code == errc::not_found; // an account that is no more has no presence
  if (done || is_gone)
    book.reported(user);
  else
    book.failed(user, later_by(now, pause_after_failure));
  note_freed(done && done.value().count() > 0 ? done.value().durable : position{});
}

void presence_desk::state::note_freed(position offline_at) {
  for (const user_id& user : book.take_freed()) movements.push_back({user, false, offline_at});
}

} // namespace palabre::http

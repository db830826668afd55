#include "bench/scenarios/idle.hpp"

#include "bench/load/crowd.hpp"
#include "bench/load/marked_body.hpp"
#include "bench/measuring/delivery_ledger.hpp"
#include "bench/scenarios/bounds.hpp"
#include "bench/scenarios/repeated.hpp"
#include "bench/scenarios/usage.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

namespace palabre::bench {
namespace {

/// Threads: the loop's. Functions throw std::runtime_error if not everyone gets a connection.
class idle_run {
public:
  idle_run(const options& how, const idling& what, arena& server, const tell_progress& tell);
  run measure();

private:
  struct listener;
  struct caller;

  void fill(crowd& all, const char* phase);
  void add_listeners();
  void wait(const char* phase, double seconds);
  void call_the_roll();
  std::uint64_t server_memory() const { return server_.processes() ? server_.processes()->resident_bytes() : 0; }
  void fill_figures(run& to, double connect_s, std::uint64_t memory_before, std::uint64_t memory_then,
                    const usage& used) const;

  const options& how_;
  const idling what_;
  arena& server_;
  const tell_progress& tell_;
  loop loop_;
  std::unique_ptr<dialect> speech_;
  place place_;
  delivery_ledger ledger_;
  crowd listening_, calling_;
  std::vector<std::unique_ptr<listener>> listeners_;
  std::vector<std::unique_ptr<caller>> callers_;
  std::size_t answered_ = 0;  ///< calls
  std::uint64_t strayed_ = 0; ///< deliveries to the wrong room
  std::uint64_t refused_ = 0;
};

struct idle_run::listener final : participant {
  listener(idle_run& whole, std::size_t in_room, std::size_t as) : run(whole), room(in_room), index(as) {}
  void ready() override { run.listening_.one_is_ready(); }
  void accepted() override {}
  void refused(std::string_view) override {}
  void delivered(std::string_view body) override {
    const auto read = read_mark(body);
    if (read && read->sender == room)
      run.ledger_.delivered(room, index, 0, read->number);
    else
      ++run.strayed_;
  }
  void dropped(std::string_view why) override { run.listening_.one_dropped(why); }

  idle_run& run;
  const std::size_t room, index;
};

/// Says one message into its room.
struct idle_run::caller final : participant {
  caller(idle_run& whole, std::size_t in_room) : run(whole), room(in_room) {}
  void ready() override { run.calling_.one_is_ready(); }
  void accepted() override {
    run.ledger_.accepted(room, 0, 1);
    ++run.answered_;
  }
  void refused(std::string_view) override {
    run.ledger_.refused(room, 0, 1);
    ++run.answered_;
    ++run.refused_;
  }
  void delivered(std::string_view) override {} // of a protocol whose senders hear themselves
  void dropped(std::string_view why) override { run.calling_.one_dropped(why); }

  idle_run& run;
  const std::size_t room;
};

std::vector<delivery_ledger::room> rooms_of(const idling& what) {
  std::vector<delivery_ledger::room> rooms(what.rooms);
  for (std::size_t i = 0; i < what.rooms; ++i)
    rooms[i] = {what.connections / what.rooms + (i < what.connections % what.rooms ? 1 : 0), 1};
  return rooms;
}

idle_run::idle_run(const options& how, const idling& what, arena& server, const tell_progress& tell)
    : how_(how), what_(what), server_(server), tell_(tell), speech_(make_dialect(how.protocol)),
      ledger_(rooms_of(what)), listening_(loop_, server.at(), *speech_), calling_(loop_, server.at(), *speech_) {}

void idle_run::add_listeners() {
  for (std::size_t i = 0; i < what_.connections; ++i) {
    const std::size_t room = i % what_.rooms;
    listeners_.push_back(std::make_unique<listener>(*this, room, i / what_.rooms));
    listening_.add({place_.tokens[i % place_.tokens.size()], place_.channels[room], true, false, i},
                   *listeners_.back());
  }
}

void idle_run::fill(crowd& all, const char* phase) {
  tell_(phase, 0, std::to_string(all.size()) + " connections");
  if (all.open_all(handshakes_at_once, loop_.tick() + connect_ns)) return;
  throw std::runtime_error("only " + std::to_string(all.ready()) + " of " + std::to_string(all.size()) +
                           " connections are there" +
                           (all.dropped() ? "; the first that failed: " + all.first_reason() : ""));
}

void idle_run::wait(const char* phase, double seconds) {
  const std::int64_t start = loop_.tick();
  const auto length = static_cast<std::int64_t>(seconds * 1e9);
  while (loop_.now_ns() < start + length && listening_.dropped() == 0) {
    tell_(phase, static_cast<double>(loop_.now_ns() - start) / static_cast<double>(length), "");
    loop_.run_until(std::min(start + length, loop_.now_ns() + second_ns / 4));
  }
}

void idle_run::call_the_roll() {
  for (std::size_t room = 0; room < what_.rooms; ++room) {
    callers_.push_back(std::make_unique<caller>(*this, room));
    calling_.add(
        {place_.tokens[room % place_.tokens.size()], place_.channels[room], false, true, what_.connections + room},
        *callers_.back());
  }
  fill(calling_, "calling the roll");
  for (std::size_t room = 0; room < what_.rooms; ++room)
    calling_.at(room).post(marked_body({static_cast<std::uint32_t>(room), 1, loop_.tick()}, 64));
  const auto patience = static_cast<std::int64_t>(how_.patience_s * 1e9);
  loop_.run_until(loop_.tick() + patience, [this] { return answered_ == what_.rooms && ledger_.settled(); });
  loop_.run_until(loop_.tick() + second_ns / 10); // what is repeated comes behind what is awaited
}

run idle_run::measure() {
  place_ = speech_->prepare(server_.at(), what_.rooms);
  add_listeners();
  const std::uint64_t memory_before = server_memory();
  const std::int64_t begin_ns = loop_.tick();
  fill(listening_, "connecting");
  const double connect_s = static_cast<double>(loop_.tick() - begin_ns) * 1e-9;
  wait("settling", how_.warm_up_s);
  usage used(loop_, server_.processes());
  wait("measuring", how_.duration_s);
  used.end();
  const std::uint64_t memory_then = server_memory();

  run done;
  done.seconds = used.seconds();
  done.generator = used.generator();
  fill_figures(done, connect_s, memory_before, memory_then, used);
  if (listening_.dropped() == 0) call_the_roll();
  done.deliveries = ledger_.close();
  done.refused = refused_;
  if (listening_.dropped())
    done.failures.push_back(std::to_string(listening_.dropped()) +
                            " connections were dropped, the first: " + listening_.first_reason());
  if (strayed_)
    done.failures.push_back(std::to_string(strayed_) + " deliveries came to a room that they were not said in");
  if (!done.deliveries->whole() || answered_ != what_.rooms || refused_)
    done.failures.push_back("not everyone heard the message that was said when all was over");
  listening_.cut_all();
  calling_.cut_all();
  return done;
}

void idle_run::fill_figures(run& to, double connect_s, std::uint64_t memory_before, std::uint64_t memory_then,
                            const usage& used) const {
  const auto connections = static_cast<double>(what_.connections);
  if (server_.processes()) {
    const double more = static_cast<double>(memory_then) - static_cast<double>(memory_before);
    to.figures.push_back({"server memory per connection", "KB", better::lower, more * 1e-3 / connections});
    to.figures.push_back(
        {"server CPU per connection", "µs/s", better::lower, used.server_cpu_s() * 1e6 / connections / used.seconds()});
  }
  to.figures.push_back({"until all are connected", "s", better::lower, connect_s});
  to.figures.push_back({"connections", "", better::neither, connections});
  if (server_.processes())
    to.figures.push_back({"server memory", "MB", better::neither, static_cast<double>(memory_then) * 1e-6});
}

} // namespace

result measure_idle(const options& how, const idling& what, const tell_progress& tell) {
  auto into = begin_result(how, "idle", "What does a connection cost that only listens?",
                           {{"connections", std::to_string(what.connections)}, {"rooms", std::to_string(what.rooms)}});
  return repeated(how, std::move(into), tell,
                  [&](arena& server, const tell_progress& nth) { return idle_run(how, what, server, nth).measure(); });
}

} // namespace palabre::bench

#include "bench/scenarios/recover_run.hpp"

#include "bench/load/marked_body.hpp"
#include "bench/scenarios/bounds.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <utility>

namespace palabre::bench {
namespace {

constexpr std::int64_t return_ns_max = 120'000'000'000;
constexpr std::size_t opened_in_a_turn = 64;
constexpr std::uint32_t said_in_company = 3; // in each room before all go and after all are back

std::vector<delivery_ledger::room> rooms_of(const recovering& what) {
  std::vector<delivery_ledger::room> rooms(what.rooms);
  for (std::size_t i = 0; i < what.rooms; ++i)
    rooms[i] = {what.connections / what.rooms + (i < what.connections % what.rooms ? 1 : 0), 1};
  return rooms;
}

} // namespace

/// Someone who listens, before and after.
struct recover_run::client final : participant {
  client(recover_run& whole, std::size_t in_room, std::size_t as) : run(whole), room(in_room), index(as) {}
  void ready() override {
    if (!run.returning_) return run.listening_.one_is_ready();
    ++run.whole_;
    run.meter_.operation();
    run.meter_.took(0, run.return_ns_, run.loop_.now_ns());
  }
  void accepted() override {}
  void refused(std::string_view) override {}
  void delivered(std::string_view body) override {
    const auto read = read_mark(body);
    if (read && read->sender == room) run.ledger_.delivered(room, index, 0, read->number);
  }
  void dropped(std::string_view why) override {
    if (!run.returning_) return run.listening_.one_dropped(why);
    if (run.dropped_++ == 0) run.failed("a client could not come back: " + std::string(why));
  }

  recover_run& run;
  const std::size_t room, index;
  positioned_session* first = nullptr;        ///< the crowd's
  std::unique_ptr<positioned_session> second; ///< once it has come back
};

/// Who speaks in a room. Stays all the time.
struct recover_run::poster final : participant {
  poster(recover_run& whole, std::size_t in_room) : run(whole), room(in_room) {}
  void ready() override { run.posting_.one_is_ready(); }
  void delivered(std::string_view) override {}
  void dropped(std::string_view why) override {
    run.posting_.one_dropped(why);
    run.failed("a connection that posts was dropped: " + std::string(why));
  }
  void accepted() override {
    const auto [number, intended_ns] = take();
    run.ledger_.accepted(room, 0, number);
    run.meter_.took(1, intended_ns, run.loop_.now_ns());
    go_on();
  }
  void refused(std::string_view why) override {
    run.ledger_.refused(room, 0, take().first);
    if (run.refused_++ == 0) run.failed("a post was refused: " + std::string(why));
    go_on();
  }

  void say(std::int64_t intended_ns) {
    waiting.emplace_back(++number, intended_ns);
    ++run.unanswered_;
    line->post(marked_body({static_cast<std::uint32_t>(room), number, intended_ns}, run.what_.body_bytes));
  }
  void go_on() {
    if (to_say == 0) return;
    --to_say;
    say(run.loop_.now_ns());
  }
  std::pair<std::uint32_t, std::int64_t> take() {
    if (waiting.empty()) throw std::runtime_error("the server answers more posts than there were");
    const auto done = waiting.front();
    waiting.pop_front();
    --run.unanswered_;
    return done;
  }

  recover_run& run;
  const std::size_t room;
  session* line = nullptr;
  std::uint32_t number = 0, to_say = 0;
  std::deque<std::pair<std::uint32_t, std::int64_t>> waiting; ///< number and intended time of what has no answer yet
};

recover_run::recover_run(const options& how, const recovering& what, arena& server, const tell_progress& tell)
    : how_(how), what_(what), server_(server), tell_(tell), speech_(make_dialect(how.protocol)),
      ledger_(rooms_of(what)), listening_(loop_, server.at(), *speech_), posting_(loop_, server.at(), *speech_),
      random_(how.seed) {}

recover_run::~recover_run() = default;

void recover_run::connect() {
  place_ = speech_->prepare(server_.at(), what_.rooms);
  for (std::size_t i = 0; i < what_.connections; ++i) {
    const std::size_t room = i % what_.rooms;
    clients_.push_back(std::make_unique<client>(*this, room, i / what_.rooms));
    auto line = sit_with_position(loop_, server_.at(), {place_.tokens.front(), place_.channels[room], true, false, i},
                                  *clients_.back());
    clients_.back()->first = line.get();
    listening_.add(std::move(line));
  }
  for (std::size_t room = 0; room < what_.rooms; ++room) {
    posters_.push_back(std::make_unique<poster>(*this, room));
    posters_.back()->line =
        &posting_.add({place_.tokens.front(), place_.channels[room], false, true, room}, *posters_.back());
  }
  tell_("connecting", 0, std::to_string(listening_.size() + posting_.size()) + " connections");
  for (crowd* each : {&listening_, &posting_})
    if (!each->open_all(handshakes_at_once, loop_.tick() + connect_ns))
      throw std::runtime_error("only " + std::to_string(each->ready()) + " of " + std::to_string(each->size()) +
                               " connections are there" +
                               (each->dropped() ? "; the first that failed: " + each->first_reason() : ""));
}

bool recover_run::say_everywhere(std::uint32_t messages) {
  if (messages == 0) return true;
  for (auto& each : posters_) {
    each->to_say = messages;
    each->go_on();
  }
  return loop_.run_until(loop_.tick() + return_ns_max, [this] { return unanswered_ == 0 || posting_.dropped() > 0; });
}

/// At random times, as people do, in one room after the other.
void recover_run::say_what_is_due() {
  if (!returning_ || what_.rate == 0) return;
  std::exponential_distribution<double> gap(what_.rate);
  for (; next_post_ns_ <= loop_.now_ns(); next_post_ns_ += static_cast<std::int64_t>(gap(random_) * 1e9))
    posters_[next_poster_++ % posters_.size()]->say(next_post_ns_);
}

/// Until nothing is owed, or nothing comes any more.
bool recover_run::wait_until_quiet() {
  const auto patience = static_cast<std::int64_t>(how_.patience_s * 1e9);
  std::uint64_t seen = ledger_.deliveries() + unanswered_;
  std::int64_t last_ns = loop_.tick();
  while (!is_quiet() && loop_.now_ns() - last_ns < patience) {
    loop_.run_until(std::min(last_ns + patience, loop_.tick() + second_ns / 10), [this] { return is_quiet(); });
    if (std::exchange(seen, ledger_.deliveries() + unanswered_) != ledger_.deliveries() + unanswered_)
      last_ns = loop_.now_ns();
  }
  loop_.run_until(loop_.tick() + second_ns / 10); // what is repeated comes behind what is awaited
  return is_quiet();
}

void recover_run::go_away() {
  listening_.cut_all();
  for (auto& each : clients_) {
    const std::size_t room = each->room;
    const seat where{place_.tokens.front(), place_.channels[room], true, false, 0};
    each->second = sit_with_position(loop_, server_.at(), where, *each, each->first->position());
  }
}

/// As fast as it goes, but with an eye on those who are there already.
void recover_run::bring_back_more() {
  const std::size_t at_once = what_.at_once ? what_.at_once : clients_.size();
  const std::size_t until = std::min(clients_.size(), opened_ + opened_in_a_turn);
  while (opened_ < until && opened_ - whole_ - dropped_ < at_once) clients_[opened_++]->second->open();
}

void recover_run::come_back() {
  returning_ = true;
  return_ns_ = next_post_ns_ = loop_.tick();
  meter_.begin(return_ns_);
  for (auto& each : posters_) each->say(return_ns_);
  std::int64_t told = 0;
  loop_.run_until(return_ns_ + return_ns_max, [&] {
    meter_.tick(loop_.now_ns());
    bring_back_more();
    say_what_is_due();
    if (loop_.now_ns() - told > second_ns / 4) {
      told = loop_.now_ns();
      tell_("returning", static_cast<double>(whole_) / static_cast<double>(clients_.size()),
            std::to_string(whole_) + " are whole");
    }
    return whole_ + dropped_ == clients_.size();
  });
  meter_.end(loop_.tick());
}

run recover_run::measure() {
  connect();
  tell_("talking", 0, "");
  if (!say_everywhere(said_in_company)) failed("the posts before all left were not answered");
  wait_until_quiet(); // what is missing shows in the account
  go_away();
  tell_("away", 0, std::to_string(what_.missed) + " messages in each of " + std::to_string(what_.rooms) + " rooms");
  if (!say_everywhere(what_.missed)) failed("the posts while all were away were not answered");
  loop_.run_until(loop_.tick() + static_cast<std::int64_t>(how_.warm_up_s * 1e9));

  usage used(loop_, server_.processes());
  come_back();
  used.end();
  if (!say_everywhere(said_in_company)) failed("the posts after the return were not answered");
  wait_until_quiet();

  run done;
  done.generator = used.generator();
  fill_figures(done, used);
  meter_.fill(done);
  done.deliveries = ledger_.close();
  done.refused = refused_;
  if (whole_ < clients_.size())
    failed(std::to_string(clients_.size() - whole_) + " of " + std::to_string(clients_.size()) +
           " clients were not whole again after " + std::to_string(static_cast<int>(done.seconds)) + " s");
  if (unanswered_) failed(std::to_string(unanswered_) + " posts were never answered");
  if (!done.deliveries->whole()) failed("deliveries were lost, repeated or out of order");
  done.failures = std::move(failures_);
  return done;
}

void recover_run::failed(std::string why) {
  failures_.push_back(std::move(why));
}

void recover_run::fill_figures(run& to, const usage& used) const {
  const auto clients = static_cast<double>(clients_.size());
  const double recovered = clients * what_.missed;
  const double seconds = meter_.seconds();
  to.figures.push_back({"until all are whole", "s", better::lower, seconds});
  to.figures.push_back({"recovered messages", "/s", better::higher, recovered / seconds});
  if (!server_.processes()) return;
  if (what_.missed > 0)
    to.figures.push_back(
        {"server CPU per recovered message", "µs", better::lower, used.server_cpu_s() * 1e6 / recovered});
  to.figures.push_back({"server CPU per return", "µs", better::lower, used.server_cpu_s() * 1e6 / clients});
  to.figures.push_back({"server CPU", "cores", better::neither, used.server_cpu_s() / used.seconds()});
  to.figures.push_back(
      {"server memory", "MB", better::neither, static_cast<double>(server_.processes()->resident_bytes()) / 1e6});
}

} // namespace palabre::bench

#include "bench/scenarios/traffic_run.hpp"

#include "bench/scenarios/bounds.hpp"
#include "bench/scenarios/phase.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace palabre::bench {
namespace {

constexpr std::size_t in_flight_max = 200'000; // of an open loop: beyond, the server is not keeping up

std::vector<delivery_ledger::room> rooms_of(const traffic& what) {
  std::vector<delivery_ledger::room> rooms(what.rooms);
  for (std::size_t i = 0; i < what.rooms; ++i)
    rooms[i] = {what.listeners, what.senders / what.rooms + (i < what.senders % what.rooms ? 1 : 0)};
  return rooms;
}

} // namespace

struct traffic_run::sender final : participant {
  struct sent {
    std::uint32_t number;
    std::int64_t intended_ns;
  };

  sender(traffic_run& whole, std::size_t which) : run(whole), index(which), room(which % whole.what_.rooms) {}
  void ready() override { run.crowd_.one_is_ready(); }
  void delivered(std::string_view) override {} // of a protocol whose senders hear themselves
  void dropped(std::string_view why) override { run.crowd_.one_dropped(why); }
  void accepted() override {
    const sent done = take();
    run.ledger_.accepted(room, index / run.what_.rooms, done.number);
    run.took_accept(done.intended_ns);
    is_acked = true;
    go_on();
  }
  /// A listener has our message `which`.
  void heard(std::uint32_t which) {
    if (which == number && ++heard_by == run.what_.listeners) go_on();
  }
  void refused(std::string_view why) override {
    const sent done = take();
    run.ledger_.refused(room, index / run.what_.rooms, done.number);
    if (run.refused_++ == 0) run.first_refusal_ = why;
    heard_by = run.what_.listeners; // nobody will hear it
    is_acked = true;
    go_on();
  }
  sent take() {
    if (waiting.empty()) throw std::runtime_error("the server answers more posts than there were");
    const sent done = waiting.front();
    waiting.pop_front();
    --run.in_flight_;
    return done;
  }
  void go_on() {
    if (!run.posting_ || run.what_.rate > 0) return;
    if (run.what_.until_delivered && !(is_acked && heard_by == run.what_.listeners)) return;
    run.post_now(*this, run.loop_.now_ns());
  }

  traffic_run& run;
  const std::size_t index, room;
  session* line = nullptr;
  std::uint32_t number = 0;
  std::deque<sent> waiting;
  std::size_t heard_by = 0; ///< listeners that have the last one
  bool is_acked = false;    ///< the last one
};

struct traffic_run::listener final : participant {
  listener(traffic_run& whole, std::size_t in_room, std::size_t as) : run(whole), room(in_room), index(as) {}
  void ready() override { run.crowd_.one_is_ready(); }
  void accepted() override {}
  void refused(std::string_view) override {}
  void dropped(std::string_view why) override { run.crowd_.one_dropped(why); }
  void delivered(std::string_view body) override {
    const auto read = read_mark(body);
    if (!read || read->sender >= run.senders_.size() || read->sender % run.what_.rooms != room) {
      ++run.strayed_;
      return;
    }
    run.ledger_.delivered(room, index, read->sender / run.what_.rooms, read->number);
    if (run.headline_ == headline::delivered) run.meter_.operation();
    run.meter_.took(run.headline_ == headline::delivered ? 0 : 1, read->intended_ns, run.loop_.now_ns());
    run.delivered_ += run.meter_.is_measuring();
    if (run.what_.until_delivered) run.senders_[read->sender]->heard(read->number);
  }

  traffic_run& run;
  const std::size_t room, index;
};

traffic_run::traffic_run(const options& how, const traffic& what, headline counts, arena& server,
                         const tell_progress& tell)
    : how_(how), what_(what), headline_(counts), server_(server), tell_(tell), speech_(make_dialect(how.protocol)),
      crowd_(loop_, server.at(), *speech_), ledger_(rooms_of(what)),
      meter_(counts == headline::delivered ? std::vector<std::string>{"post to delivery", "post to ack"}
                                           : std::vector<std::string>{"post to ack", "post to delivery"}),
      random_(how.seed) {}

traffic_run::~traffic_run() = default;

void traffic_run::connect() {
  const place ready = speech_->prepare(server_.at(), what_.rooms);
  std::size_t number = 0;
  const auto sit = [&](std::size_t room, bool listens) {
    const std::string& token = ready.tokens[number % ready.tokens.size()];
    return seat{token, ready.channels[room], listens, !listens, number++};
  };
  for (std::size_t i = 0; i < what_.listeners; ++i)
    for (std::size_t room = 0; room < what_.rooms; ++room) {
      listeners_.push_back(std::make_unique<listener>(*this, room, i));
      crowd_.add(sit(room, true), *listeners_.back());
    }
  for (std::size_t i = 0; i < what_.senders; ++i) {
    senders_.push_back(std::make_unique<sender>(*this, i));
    senders_.back()->line = &crowd_.add(sit(i % what_.rooms, false), *senders_.back());
  }
  tell_("connecting", 0, std::to_string(crowd_.size()) + " connections");
  if (!crowd_.open_all(handshakes_at_once, loop_.tick() + connect_ns))
    throw std::runtime_error("only " + std::to_string(crowd_.ready()) + " of " + std::to_string(crowd_.size()) +
                             " connections are there" +
                             (crowd_.dropped() ? "; the first that failed: " + crowd_.first_reason() : ""));
}

void traffic_run::post_now(sender& from, std::int64_t intended_ns) {
  from.waiting.push_back({++from.number, intended_ns});
  ++in_flight_;
  from.heard_by = 0;
  from.is_acked = false;
  from.line->post(marked_body({static_cast<std::uint32_t>(from.index), from.number, intended_ns}, what_.body_bytes));
}

/// An open loop posts when it was meant to, however the server does; what it is late by counts as waiting.
void traffic_run::post_what_is_due() {
  if (!posting_) return;
  std::exponential_distribution<double> gap(what_.rate);
  while (next_post_ns_ <= loop_.now_ns()) {
    if (in_flight_ >= in_flight_max)
      throw std::runtime_error("the server does not keep up: " + std::to_string(in_flight_) +
                               " posts wait for an answer");
    post_now(*senders_[next_sender_++ % senders_.size()], next_post_ns_);
    next_post_ns_ += static_cast<std::int64_t>(gap(random_) * 1e9);
  }
}

void traffic_run::took_accept(std::int64_t intended_ns) {
  if (headline_ == headline::accepted) meter_.operation();
  meter_.took(headline_ == headline::accepted ? 0 : 1, intended_ns, loop_.now_ns());
  accepted_ += meter_.is_measuring();
}

void traffic_run::go_on(const std::string& phase, double seconds) {
  keep_going(loop_, meter_, tell_, phase, seconds, next_post_ns_, [this] {
    post_what_is_due();
    return crowd_.dropped() != 0;
  });
}

void traffic_run::drain() {
  posting_ = false;
  std::uint64_t seen = ledger_.deliveries() + in_flight_;
  std::int64_t last_ns = loop_.tick();
  while (!(in_flight_ == 0 && ledger_.settled()) && crowd_.dropped() == 0 &&
         loop_.now_ns() - last_ns < static_cast<std::int64_t>(how_.patience_s * 1e9)) {
    loop_.run_until(loop_.tick() + second_ns / 10, [this] { return in_flight_ == 0 && ledger_.settled(); });
    if (std::exchange(seen, ledger_.deliveries() + in_flight_) != ledger_.deliveries() + in_flight_)
      last_ns = loop_.now_ns();
  }
  // What is repeated comes behind what is awaited: listen a moment longer.
  loop_.run_until(loop_.tick() + second_ns / 10);
}

run traffic_run::measure() {
  connect();
  posting_ = true;
  next_post_ns_ = what_.rate > 0 ? loop_.tick() : never_due;
  if (what_.rate == 0)
    for (auto& each : senders_) post_now(*each, loop_.now_ns());
  go_on("warm-up", how_.warm_up_s);
  usage used(loop_, server_.processes());
  meter_.begin(loop_.tick());
  go_on("measuring", how_.duration_s);
  meter_.end(loop_.tick());
  used.end();
  run done;
  drain();
  done.generator = what_.rate > 0 ? used.generator(lag_max_ms) : used.generator();
  fill_figures(done, used.server_cpu_s());
  meter_.fill(done);
  if (what_.listeners) done.deliveries = ledger_.close();
  done.refused = refused_;
  if (done.deliveries && !done.deliveries->whole())
    done.failures.push_back("deliveries were lost, repeated or out of order");
  if (refused_) done.failures.push_back(std::to_string(refused_) + " posts were refused, the first: " + first_refusal_);
  if (strayed_)
    done.failures.push_back(std::to_string(strayed_) + " deliveries came to a room that they were not said in");
  if (in_flight_) done.failures.push_back(std::to_string(in_flight_) + " posts were never answered");
  if (crowd_.dropped()) done.failures.push_back("a connection was dropped: " + crowd_.first_reason());
  crowd_.cut_all();
  return done;
}

void traffic_run::fill_figures(run& to, double server_cpu_s) const {
  const double seconds = meter_.seconds();
  const auto rate = [&](const char* name, std::uint64_t count) {
    to.figures.push_back({name, "/s", better::higher, static_cast<double>(count) / seconds});
  };
  const auto cost = [&](const char* name, const char* unit, double scale, std::uint64_t count) {
    if (server_.processes() && count)
      to.figures.push_back({name, unit, better::lower, server_cpu_s * scale / static_cast<double>(count)});
  };
  if (headline_ == headline::delivered) {
    rate("delivered", delivered_);
    rate("accepted", accepted_);
    cost("server CPU per delivery", "ns", 1e9, delivered_);
    cost("server CPU per post", "µs", 1e6, accepted_);
  } else {
    rate("accepted", accepted_);
    if (what_.listeners) rate("delivered", delivered_);
    cost("server CPU per post", "µs", 1e6, accepted_);
  }
  if (!server_.processes()) return;
  to.figures.push_back({"server CPU", "cores", better::neither, server_cpu_s / seconds});
  to.figures.push_back(
      {"server memory", "MB", better::neither, static_cast<double>(server_.processes()->resident_bytes()) / 1e6});
}

} // namespace palabre::bench

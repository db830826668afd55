#include "bench/scenarios/mix_run.hpp"

#include "bench/scenarios/phase.hpp"

#include "bench/load/api_call.hpp"
#include "bench/load/marked_body.hpp"
#include "bench/scenarios/bounds.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <stdexcept>

namespace palabre::bench {
namespace {

constexpr std::size_t failures_max = 5;
constexpr std::size_t in_flight_max = 100'000;

double megabytes(const process_tree* server) {
  return server ? static_cast<double>(server->resident_bytes()) / 1e6 : 0;
}

} // namespace

struct mix_run::member final : community_member::owner {
  member(mix_run& whole, std::string token, std::vector<std::size_t> in)
      : run(whole), numbers(std::move(in)), accounts(numbers.size()),
        line(whole.loop_, whole.server_.at(), std::move(token), names(), *this) {}

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const std::size_t number : numbers) all.push_back(run.rooms_[number]);
    return all;
  }
  void begins(std::size_t index, std::uint64_t offset) override { accounts[index] = offset_account(offset); }
  void event(std::size_t index, std::uint64_t offset, std::string_view text) override {
    accounts[index].got(offset, run.counts_);
    auto& top = run.tops_[numbers[index]];
    top = std::max(top, offset);
    run.deliveries_ += run.meter_.is_measuring();
    if (left_ns) return; // what was missed: its wait is the return's
    const auto at = find_mark(text, hint);
    const auto read = at == std::string_view::npos ? std::nullopt : read_mark(text.substr(at));
    if (read && text.find(R"("type":"message.posted")") < at) run.meter_.took(1, read->intended_ns, run.loop_.now_ns());
  }
  void ready() override {
    if (left_ns) {
      run.meter_.took(5, left_ns, run.loop_.now_ns());
      run.meter_.operation();
      left_ns = 0;
      --run.in_flight_;
    }
    ++run.ready_;
  }
  void answered(std::uint64_t tag, std::int64_t intended_ns, bool wrong, std::string_view text) override {
    --run.in_flight_;
    if (!wrong) return run.answered(*this, static_cast<action>(tag), intended_ns, text);
    if (run.refused_++ == 0) run.failed("refused: " + std::string(text));
  }
  void dropped(std::string_view why) override {
    if (left_ns) left_ns = 0, --run.in_flight_;
    run.failed("a connection was dropped: " + std::string(why));
  }

  mix_run& run;
  const std::vector<std::size_t> numbers; ///< of its rooms
  std::vector<offset_account> accounts;
  community_member line;
  std::int64_t left_ns = 0; ///< when its line was lost; 0: it is here
  std::uint32_t posted = 0;
  std::size_t own_room = 0;     ///< index of the room of its last message
  std::string own, own_room_id; ///< its last message
  std::size_t hint = 0;
};

mix_run::mix_run(const options& how, const community& what, arena& server, const tell_progress& tell)
    : how_(how), what_(what), server_(server), tell_(tell), random_(how.seed) {}

mix_run::~mix_run() = default;

void mix_run::prepare() {
  const endpoint& at = server_.at();
  const std::string unique = std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
  for (std::size_t i = 0; i < what_.accounts; ++i) {
    tokens_.push_back(string_field(
        call_api(at, "POST", "/api/v1/auth/register", {},
                 R"({"login":"mix-)" + unique + "-" + std::to_string(i) + R"(","password":"a quiet afternoon"})"),
        "access_token"));
    tell_prepared(tokens_.size(), what_.accounts, "accounts");
  }
  double sum = 0;
  for (std::size_t i = 0; i < what_.rooms; ++i) {
    const std::string room = string_field(
        call_api(at, "POST", "/api/v1/rooms", tokens_.front(), R"({"name":"bench","visibility":"public"})"), "id");
    room_numbers_.emplace(room, i);
    rooms_.push_back(room);
    room_weights_.push_back(sum += 1 / static_cast<double>(i + 1)); // Zipf with exponent 1
    tell_prepared(rooms_.size(), what_.rooms, "rooms");
  }
  tops_.assign(what_.rooms, 0);
  choose_rooms();
}

/// Of each member, and their account joins them.
void mix_run::choose_rooms() {
  std::uniform_real_distribution<double> weight(0, room_weights_.back());
  std::set<std::pair<std::size_t, std::size_t>> joined; // account and room
  for (std::size_t i = 0; i < what_.members; ++i) {
    const std::size_t account = i % tokens_.size();
    std::vector<std::size_t> in;
    while (in.size() < std::min(what_.rooms_each, what_.rooms)) {
      const auto found = std::ranges::lower_bound(room_weights_, weight(random_));
      const auto number = static_cast<std::size_t>(found - room_weights_.begin());
      if (std::ranges::find(in, number) != in.end()) continue;
      in.push_back(number);
      if (account != 0 && joined.emplace(account, number).second) // the first owns them all
        call_api(server_.at(), "POST", "/api/v1/rooms/" + rooms_[number] + "/join", tokens_[account], "{}");
    }
    members_.push_back(std::make_unique<member>(*this, tokens_[account], std::move(in)));
    tell_prepared(members_.size(), what_.members, "people in their rooms");
  }
}

void mix_run::tell_prepared(std::size_t done, std::size_t all, const char* of_what) const {
  constexpr std::size_t step = 64;
  if (done % step != 0 && done != all) return;
  tell_(std::string("preparing ") + of_what, static_cast<double>(done) / static_cast<double>(all),
        std::to_string(done));
}

void mix_run::connect() {
  std::size_t opened = 0;
  const bool all = loop_.run_until(loop_.tick() + connect_ns, [&] {
    while (opened < members_.size() && opened - ready_ < handshakes_at_once) members_[opened++]->line.open();
    return ready_ == members_.size() || !failures_.empty();
  });
  if (!all || !failures_.empty())
    throw std::runtime_error("only " + std::to_string(ready_) + " of " + std::to_string(members_.size()) +
                             " connections are there" + (failures_.empty() ? "" : ": " + failures_.front()));
}

void mix_run::act_when_due() {
  if (!acting_) return;
  std::exponential_distribution<double> gap(what_.rate);
  while (next_ns_ <= loop_.now_ns()) {
    if (in_flight_ > in_flight_max)
      throw std::runtime_error("the server does not keep up: too much waits for an answer");
    act(next_ns_);
    next_ns_ += static_cast<std::int64_t>(gap(random_) * 1e9);
  }
}

mix_run::action mix_run::draw() {
  const auto n = random_() % 100;
  return n < 60 ? action::post : n < 80 ? action::react : n < 85 ? action::edit : n < 95 ? action::read : action::leave;
}

void mix_run::act(std::int64_t intended_ns) {
  const action what = draw();
  // Somebody who is here; if nobody is, that is the server's fault and told as an action that was skipped.
  for (int tries = 0; tries < 20; ++tries) {
    member& who = *members_[random_() % members_.size()];
    if (!who.line.is_ready()) continue;
    if (what == action::leave && who.line.unanswered() > 0) continue; // its answers would be lost with its line
    return do_it(who, what, intended_ns);
  }
  ++skipped_;
}

void mix_run::do_it(member& who, action what, std::int64_t intended_ns) {
  const auto call = [&](std::string_view method, const std::string& json) {
    ++in_flight_;
    who.line.call(method, json, static_cast<std::uint64_t>(what), intended_ns);
  };
  // The first rooms are the largest, and the most is said in them.
  const std::size_t index = random_() % who.numbers.size();
  const std::string& room = who.line.rooms()[index];
  if (what == action::post || ((what == action::react || what == action::edit) && who.own.empty())) {
    const mark m{static_cast<std::uint32_t>(index), ++who.posted, intended_ns};
    ++in_flight_;
    return who.line.call("message.post", R"({"room_id":")" + room + R"(","body":")" + marked_body(m, 128) + R"("})",
                         static_cast<std::uint64_t>(action::post), intended_ns);
  }
  const std::string own = R"({"room_id":")" + who.own_room_id + R"(","message_id":")" + who.own;
  switch (what) {
  case action::react: {
    static constexpr const char* emojis[] = {"👍", "🎉", "😂", "❤️"};
    return call("reaction.toggle", own + R"(","emoji":")" + emojis[random_() % 4] + R"("})");
  }
  case action::edit:
    return call("message.edit", own + R"(","body":"corrected: )" + std::to_string(intended_ns) + R"("})");
  case action::read: return call("room.history", R"({"room_id":")" + room + R"(","limit":50})");
  default:
    who.line.cut();
    who.left_ns = intended_ns;
    ++in_flight_;
    --ready_;
    return who.line.open();
  }
}

void mix_run::answered(member& who, action what, std::int64_t intended_ns, std::string_view line) {
  static constexpr std::size_t latency[] = {0, 2, 3, 4, 5};
  meter_.took(latency[static_cast<std::size_t>(what)], intended_ns, loop_.now_ns());
  meter_.operation();
  if (what != action::post) return;
  posts_ += meter_.is_measuring();
  const std::string text(line);
  who.own = string_field(text, "id");
  who.own_room_id = string_field(text, "room_id");
  std::uint64_t seq = 0;
  const auto at = text.find(R"("seq":)");
  if (at != std::string::npos) std::from_chars(text.data() + at + 6, text.data() + text.size(), seq);
  auto& top = tops_[room_numbers_.at(who.own_room_id)];
  top = std::max(top, seq);
}

void mix_run::go_on(const std::string& phase, double seconds) {
  keep_going(loop_, meter_, tell_, phase, seconds, next_ns_, [this] {
    act_when_due();
    return !failures_.empty();
  });
}

bool mix_run::is_settled() const {
  if (in_flight_) return false;
  return std::ranges::all_of(members_, [this](const auto& m) {
    for (std::size_t i = 0; i < m->numbers.size(); ++i)
      if (m->accounts[i].last() < tops_[m->numbers[i]]) return false;
    return true;
  });
}

void mix_run::drain() {
  acting_ = false;
  std::uint64_t seen = 0;
  std::int64_t last_ns = loop_.tick();
  while (!is_settled() && loop_.now_ns() - last_ns < static_cast<std::int64_t>(how_.patience_s * 1e9)) {
    loop_.run_until(loop_.tick() + second_ns / 20);
    if (std::exchange(seen, counts_.delivered + in_flight_) != counts_.delivered + in_flight_) last_ns = loop_.now_ns();
  }
  loop_.run_until(loop_.tick() + second_ns / 5); // what is repeated comes behind what is awaited
}

integrity mix_run::close_account() {
  for (const auto& m : members_)
    for (std::size_t i = 0; i < m->numbers.size(); ++i) m->accounts[i].close(tops_[m->numbers[i]], counts_);
  return counts_;
}

void mix_run::failed(std::string why) {
  if (failures_.size() < failures_max) failures_.push_back(std::move(why));
}

run mix_run::measure() {
  prepare();
  connect();
  acting_ = true;
  next_ns_ = loop_.tick();
  go_on("warm-up", how_.warm_up_s);
  const double memory_before = megabytes(server_.processes());
  usage used(loop_, server_.processes());
  meter_.begin(loop_.tick());
  go_on("measuring", how_.duration_s);
  meter_.end(loop_.tick());
  used.end();
  run done;
  fill_figures(done, used, memory_before);
  drain();
  done.generator = used.generator(5);
  meter_.fill(done);
  done.deliveries = close_account();
  done.refused = refused_;
  if (!done.deliveries->whole()) failed("deliveries were lost, repeated or out of order");
  if (in_flight_) failed(std::to_string(in_flight_) + " actions were never answered");
  if (skipped_) failed(std::to_string(skipped_) + " actions found nobody connected");
  done.failures = failures_;
  for (auto& m : members_) m->line.cut();
  return done;
}

void mix_run::fill_figures(run& to, const usage& used, double memory_before) const {
  const auto each_second = [&](const char* name, std::uint64_t count) {
    to.figures.push_back({name, "/s", better::higher, static_cast<double>(count) / used.seconds()});
  };
  each_second("actions", meter_.operations());
  each_second("posts", posts_);
  each_second("delivered", deliveries_);
  if (!server_.processes()) return;
  const double actions = std::max(1.0, static_cast<double>(meter_.operations()));
  to.figures.push_back({"server CPU per action", "µs", better::lower, used.server_cpu_s() * 1e6 / actions});
  to.figures.push_back({"server CPU", "cores", better::neither, used.server_cpu_s() / used.seconds()});
  to.figures.push_back({"server memory at first", "MB", better::neither, memory_before});
  to.figures.push_back({"server memory at last", "MB", better::neither, megabytes(server_.processes())});
}

} // namespace palabre::bench

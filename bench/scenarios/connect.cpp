#include "bench/scenarios/connect.hpp"

#include "bench/load/dialect.hpp"
#include "bench/measuring/meter.hpp"
#include "bench/scenarios/bounds.hpp"
#include "bench/scenarios/repeated.hpp"
#include "bench/scenarios/usage.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace palabre::bench {
namespace {

/// Threads: the loop's.
class connect_run {
public:
  connect_run(const options& how, const connecting& what, arena& server, const tell_progress& tell)
      : how_(how), what_(what), server_(server), tell_(tell), speech_(make_dialect(how.protocol)) {}
  run measure();

private:
  struct visitor;
  void open_next(visitor& who);
  void leave(visitor& who);
  void keep_going(const std::string& phase, double seconds);
  void fill_figures(run& to, const usage& used) const;

  const options& how_;
  const connecting what_;
  arena& server_;
  const tell_progress& tell_;
  loop loop_;
  std::unique_ptr<dialect> speech_;
  place place_;
  meter meter_{{"connect to ready"}};
  std::vector<std::unique_ptr<visitor>> visitors_;
  std::vector<std::unique_ptr<session>> gone_; ///< cut, and perhaps still on the stack
  std::size_t number_ = 0;                     ///< of connections so far
  std::string broken_;
};

struct connect_run::visitor final : participant {
  explicit visitor(connect_run& whole) : run(whole) {}
  void ready() override {
    run.meter_.operation();
    run.meter_.took(0, opened_ns, run.loop_.now_ns());
    run.leave(*this);
    run.open_next(*this);
  }
  void accepted() override {}
  void refused(std::string_view) override {}
  void delivered(std::string_view) override {}
  void dropped(std::string_view why) override {
    if (run.broken_.empty()) run.broken_ = why;
  }

  connect_run& run;
  std::unique_ptr<session> line;
  std::int64_t opened_ns = 0;
};

void connect_run::open_next(visitor& who) {
  const std::size_t n = number_++;
  const seat where{place_.tokens[n % place_.tokens.size()], place_.channels[n % place_.channels.size()],
                   what_.rooms > 0, false, n};
  who.line = speech_->sit(loop_, server_.at(), where, who);
  who.opened_ns = loop_.tick();
  who.line->open();
}

void connect_run::leave(visitor& who) {
  who.line->cut();
  gone_.push_back(std::move(who.line));
}

void connect_run::keep_going(const std::string& phase, double seconds) {
  const std::int64_t start = loop_.tick();
  const auto length = static_cast<std::int64_t>(seconds * 1e9);
  std::size_t before = number_;
  while (loop_.now_ns() < start + length && broken_.empty()) {
    loop_.run_until(std::min(start + length, loop_.now_ns() + second_ns / 4), [this] {
      gone_.clear();
      meter_.tick(loop_.now_ns());
      return !broken_.empty();
    });
    tell_(phase, static_cast<double>(loop_.now_ns() - start) / static_cast<double>(length),
          std::to_string(4 * (number_ - std::exchange(before, number_))) + " /s");
  }
}

run connect_run::measure() {
  place_ = speech_->prepare(server_.at(), std::max<std::size_t>(what_.rooms, 1));
  for (std::size_t i = 0; i < what_.connections; ++i) {
    visitors_.push_back(std::make_unique<visitor>(*this));
    open_next(*visitors_.back());
  }
  keep_going("warm-up", how_.warm_up_s);
  usage used(loop_, server_.processes());
  meter_.begin(loop_.tick());
  keep_going("measuring", how_.duration_s);
  meter_.end(loop_.tick());
  used.end();
  for (auto& each : visitors_) each->line->cut();

  run done;
  done.generator = used.generator();
  fill_figures(done, used);
  meter_.fill(done);
  if (!broken_.empty()) done.failures.push_back("a connection failed: " + broken_);
  return done;
}

void connect_run::fill_figures(run& to, const usage& used) const {
  const auto count = static_cast<double>(meter_.operations());
  to.figures.push_back({"connected", "/s", better::higher, count / meter_.seconds()});
  if (!server_.processes()) return;
  if (count > 0)
    to.figures.push_back({"server CPU per connection", "µs", better::lower, used.server_cpu_s() * 1e6 / count});
  to.figures.push_back({"server CPU", "cores", better::neither, used.server_cpu_s() / used.seconds()});
  to.figures.push_back(
      {"server memory", "MB", better::neither, static_cast<double>(server_.processes()->resident_bytes()) / 1e6});
}

} // namespace

result measure_connect(const options& how, const connecting& what, const tell_progress& tell) {
  auto into =
      begin_result(how, "connect", "What does it take to connect, log in and subscribe?",
                   {{"connections", std::to_string(what.connections) + " under way, each cut once it is ready"},
                    {"subscribed to", what.rooms ? "one of " + std::to_string(what.rooms) + " rooms" : "nothing"}});
  return repeated(how, std::move(into), tell, [&](arena& server, const tell_progress& nth) {
    return connect_run(how, what, server, nth).measure();
  });
}

} // namespace palabre::bench

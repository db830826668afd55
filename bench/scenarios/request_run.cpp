#include "bench/scenarios/request_run.hpp"

#include "bench/scenarios/phase.hpp"

#include "bench/scenarios/bounds.hpp"
#include "bench/scenarios/usage.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <stdexcept>

namespace palabre::bench {
namespace {

constexpr std::int64_t patience_ns = 10 * second_ns; // for the last answers
constexpr std::size_t waiting_max = 200'000;         // of an open loop: beyond, the server is not keeping up

} // namespace

std::vector<name_and_text> parameters_of(const request_load& load) {
  char rate[48] = "closed loop, one in flight for each connection";
  if (load.rate > 0) std::snprintf(rate, sizeof rate, "open loop, %g /s at random times", load.rate);
  return {{"connections", std::to_string(load.connections)}, {"requests", rate}};
}

std::string get_request(const endpoint& at, std::string_view path, std::string_view token) {
  std::string text = "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + at.host + ":" + std::to_string(at.port);
  if (!token.empty()) text += "\r\nAuthorization: Bearer " + std::string(token);
  return text + "\r\n\r\n";
}

struct request_run::client final : http_connection::events {
  explicit client(request_run& whole) : run(whole), line(whole.loop_, *this) {}
  void opened() override {
    if (!std::exchange(was_open, true)) ++run.ready_;
    run.is_free(*this);
  }
  void answered(const http_answer& answer) override {
    --run.in_flight_;
    busy = false;
    run.took(answer, kind, intended_ns);
    if (answer.last)
      line.open(run.server_.at());
    else
      run.is_free(*this);
  }
  void closed(std::string_view why) override {
    if (busy || !was_open || reopened_in_vain) return run.failed(std::string(why));
    reopened_in_vain = true; // an idle connection may be closed, but the next one must carry a request
    std::erase(run.free_, this);
    line.open(run.server_.at());
  }

  request_run& run;
  http_connection line;
  std::int64_t intended_ns = 0;
  std::size_t kind = 0; ///< of the question that is asked
  bool busy = false, was_open = false, reopened_in_vain = false;
};

request_run::request_run(const options& how, const request_load& load, questioner& ask, arena& server,
                         const tell_progress& tell)
    : how_(how), load_(load), questions_(ask), server_(server), tell_(tell), meter_(ask.kinds()), random_(how.seed) {}

request_run::~request_run() = default;

void request_run::failed(std::string why) {
  if (broken_.empty()) broken_ = why.empty() ? "for no reason that it told" : std::move(why);
}

void request_run::connect() {
  tell_("connecting", 0, std::to_string(load_.connections) + " connections");
  for (std::size_t i = 0; i < load_.connections; ++i) clients_.push_back(std::make_unique<client>(*this));
  const bool all = loop_.run_until(loop_.tick() + connect_ns, [this] {
    while (opened_ < clients_.size() && opened_ - ready_ < handshakes_at_once)
      clients_[opened_++]->line.open(server_.at());
    return ready_ == clients_.size() || !broken_.empty();
  });
  if (!all || !broken_.empty())
    throw std::runtime_error("only " + std::to_string(ready_) + " of " + std::to_string(clients_.size()) +
                             " connections are there" + (broken_.empty() ? "" : ": " + broken_));
}

void request_run::ask(client& free, std::int64_t intended_ns) {
  free.intended_ns = intended_ns;
  free.busy = true;
  free.reopened_in_vain = false;
  ++in_flight_;
  const question what = questions_.next();
  free.kind = what.kind;
  free.line.send(what.request);
}

void request_run::is_free(client& done) {
  if (!asking_ || (load_.rate > 0 && waiting_.empty())) return free_.push_back(&done);
  std::int64_t intended_ns = loop_.now_ns();
  if (load_.rate > 0) {
    intended_ns = waiting_.front();
    waiting_.pop_front();
  }
  ask(done, intended_ns);
}

/// An open loop asks when it was meant to; what finds every connection busy waits, and its time runs.
void request_run::ask_what_is_due() {
  if (load_.rate == 0 || !asking_) return;
  std::exponential_distribution<double> gap(load_.rate);
  for (; next_ns_ <= loop_.now_ns(); next_ns_ += static_cast<std::int64_t>(gap(random_) * 1e9)) {
    if (waiting_.size() >= waiting_max)
      throw std::runtime_error("the server does not keep up: " + std::to_string(waiting_.size()) +
                               " requests wait for a connection");
    if (free_.empty()) {
      waiting_.push_back(next_ns_);
      continue;
    }
    client& next = *free_.back();
    free_.pop_back();
    ask(next, next_ns_);
  }
}

void request_run::took(const http_answer& answer, std::size_t kind, std::int64_t intended_ns) {
  meter_.operation();
  meter_.took(kind, intended_ns, loop_.now_ns());
  if (meter_.is_measuring()) body_bytes_ += answer.body.size();
  if (answer.status < 200 || answer.status > 299) {
    if (refused_++ == 0) first_refusal_ = std::to_string(answer.status) + " " + std::string(answer.body.substr(0, 200));
    return;
  }
  std::string why = questions_.wrong(kind, answer);
  if (!why.empty() && wrong_++ == 0) first_wrong_ = std::move(why);
}

void request_run::go_on(const std::string& phase, double seconds) {
  keep_going(loop_, meter_, tell_, phase, seconds, next_ns_, [this] {
    ask_what_is_due();
    return !broken_.empty();
  });
}

/// What was due is asked and answered before anyone goes: a server that cannot keep up must not look as if it could.
void request_run::drain() {
  if (load_.rate == 0) asking_ = false;
  next_ns_ = never_due;
  loop_.run_until(loop_.tick() + patience_ns,
                  [this] { return (in_flight_ == 0 && waiting_.empty()) || !broken_.empty(); });
  asking_ = false;
}

run request_run::measure(bool with_bytes) {
  connect();
  asking_ = true;
  next_ns_ = load_.rate > 0 ? loop_.tick() : never_due;
  if (load_.rate == 0)
    for (client* each : std::exchange(free_, {})) ask(*each, loop_.now_ns());
  go_on("warm-up", how_.warm_up_s);
  usage used(loop_, server_.processes());
  meter_.begin(loop_.now_ns());
  go_on("measuring", how_.duration_s);
  used.end();
  meter_.end(loop_.now_ns());
  run done;
  drain();
  done.generator = load_.rate > 0 ? used.generator(lag_max_ms) : used.generator();
  fill_figures(done, used.server_cpu_s(), with_bytes);
  meter_.fill(done);
  add_failures(done);
  for (auto& each : clients_) each->line.cut();
  return done;
}

void request_run::fill_figures(run& to, double server_cpu_s, bool with_bytes) const {
  const double seconds = meter_.seconds();
  const auto count = static_cast<double>(meter_.operations());
  to.figures.push_back({"requests", "/s", better::higher, count / seconds});
  if (with_bytes)
    to.figures.push_back({"bodies", "MB/s", better::higher, static_cast<double>(body_bytes_) * 1e-6 / seconds});
  if (!server_.processes()) return;
  if (count > 0) to.figures.push_back({"server CPU per request", "µs", better::lower, server_cpu_s * 1e6 / count});
  to.figures.push_back({"server CPU", "cores", better::neither, server_cpu_s / seconds});
  to.figures.push_back(
      {"server memory", "MB", better::neither, static_cast<double>(server_.processes()->resident_bytes()) / 1e6});
}

void request_run::add_failures(run& to) const {
  to.refused = refused_;
  if (refused_)
    to.failures.push_back(std::to_string(refused_) + " requests were refused, the first: " + first_refusal_);
  if (wrong_) to.failures.push_back(std::to_string(wrong_) + " answers were wrong, the first: " + first_wrong_);
  if (!broken_.empty()) to.failures.push_back("a connection was dropped: " + broken_);
  if (in_flight_ + waiting_.size() > 0 && broken_.empty())
    to.failures.push_back(std::to_string(in_flight_ + waiting_.size()) + " requests were never answered");
}

} // namespace palabre::bench

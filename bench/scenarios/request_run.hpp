#pragma once
#include "bench/load/http_connection.hpp"
#include "bench/measuring/meter.hpp"
#include "bench/scenarios/options.hpp"

#include <deque>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::bench {

/// How much is asked.
struct request_load {
  std::size_t connections = 50; ///< each with at most one request in flight
  double rate = 0;              ///< requests per second of all together, at random times; 0 = closed loop
};
/// In words, for a result's parameters.
std::vector<name_and_text> parameters_of(const request_load& load);

/// A whole request, good until the next one is asked for.
struct question {
  std::string_view request;
  std::size_t kind = 0;
};

/// What is asked, and what a right answer is.
class questioner {
public:
  /// What latencies are called, one for each kind of question.
  virtual std::vector<std::string> kinds() const { return {"request to answer"}; }
  virtual question next() = 0;
  /// Why an answer with a status of 2xx to a question of that kind is wrong; empty if it is right.
  virtual std::string wrong(std::size_t kind, const http_answer& answer) = 0;

protected:
  ~questioner() = default;
};

/// A GET with all that a server wants to know.
std::string get_request(const endpoint& at, std::string_view path, std::string_view token);

/// One run of requests against one server over connections that stay open; one that the server closes after its answer
/// is opened again. At an open loop a request is due at a random time, and what it waits for a connection counts.
///
/// Threads: the loop's. Functions throw std::runtime_error if the load cannot be set up or kept up.
class request_run {
public:
  request_run(const options& how, const request_load& load, questioner& ask, arena& server, const tell_progress& tell);
  ~request_run();
  /// With the bodies' bytes per second among the figures, if they matter.
  run measure(bool with_bytes);

private:
  struct client;

  void connect();
  void ask_what_is_due();
  void ask(client& free, std::int64_t intended_ns);
  void is_free(client& done);
  void took(const http_answer& answer, std::size_t kind, std::int64_t intended_ns);
  void go_on(const std::string& phase, double seconds);
  void drain();
  void fill_figures(run& to, double server_cpu_s, bool with_bytes) const;
  void add_failures(run& to) const;
  void failed(std::string why);

  const options& how_;
  const request_load load_;
  questioner& questions_;
  arena& server_;
  const tell_progress& tell_;
  loop loop_;
  meter meter_;
  std::vector<std::unique_ptr<client>> clients_;
  std::size_t opened_ = 0, ready_ = 0;
  std::vector<client*> free_;        ///< of an open loop: connections with nothing in flight
  std::deque<std::int64_t> waiting_; ///< of an open loop: when what has no connection yet was due
  std::mt19937_64 random_;
  std::int64_t next_ns_ = 0; ///< of an open loop
  bool asking_ = false;
  std::uint64_t in_flight_ = 0, body_bytes_ = 0, refused_ = 0, wrong_ = 0;
  std::string first_refusal_, first_wrong_, broken_; ///< broken: a connection ended where it should not
};

} // namespace palabre::bench

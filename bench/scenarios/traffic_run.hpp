#pragma once
#include "bench/load/crowd.hpp"
#include "bench/load/marked_body.hpp"
#include "bench/measuring/delivery_ledger.hpp"
#include "bench/measuring/meter.hpp"
#include "bench/scenarios/traffic.hpp"
#include "bench/scenarios/usage.hpp"

#include <deque>
#include <memory>
#include <random>
#include <vector>

namespace palabre::bench {

/// One run of traffic against one server: everybody connects, then posts, and nobody is let go before all that was
/// accepted has arrived, or nothing comes any more.
///
/// Threads: the loop's. Functions throw std::runtime_error if the load cannot be set up.
class traffic_run {
public:
  enum class headline { accepted, delivered };

  traffic_run(const options& how, const traffic& what, headline counts, arena& server, const tell_progress& tell);
  ~traffic_run();
  run measure();

private:
  struct listener;
  struct sender;

  void connect();
  void post_now(sender& from, std::int64_t intended_ns);
  void post_what_is_due();
  void go_on(const std::string& phase, double seconds);
  void drain();
  void took_accept(std::int64_t intended_ns);
  void fill_figures(run& to, double server_cpu_s) const;

  const options& how_;
  const traffic what_;
  const headline headline_;
  arena& server_;
  const tell_progress& tell_;
  loop loop_;
  std::unique_ptr<dialect> speech_;
  crowd crowd_;
  delivery_ledger ledger_;
  meter meter_;
  std::vector<std::unique_ptr<listener>> listeners_;
  std::vector<std::unique_ptr<sender>> senders_;
  std::mt19937_64 random_;
  std::int64_t next_post_ns_ = 0; ///< of an open loop
  std::size_t next_sender_ = 0;
  bool posting_ = false;
  std::uint64_t in_flight_ = 0, accepted_ = 0, delivered_ = 0, refused_ = 0;
  std::uint64_t strayed_ = 0; ///< deliveries to the wrong room
  std::string first_refusal_;
};

} // namespace palabre::bench

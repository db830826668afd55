#pragma once
#include "bench/load/crowd.hpp"
#include "bench/load/palabre_dialect.hpp"
#include "bench/measuring/delivery_ledger.hpp"
#include "bench/measuring/meter.hpp"
#include "bench/scenarios/recover.hpp"
#include "bench/scenarios/usage.hpp"

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace palabre::bench {

/// One run of `recover` against one server.
///
/// Threads: the loop's. Functions throw std::runtime_error if the load cannot be set up.
class recover_run {
public:
  recover_run(const options& how, const recovering& what, arena& server, const tell_progress& tell);
  ~recover_run();
  run measure();

private:
  struct client;
  struct poster;

  void connect();
  /// Says so many messages in each room, one after the other; false: not all were answered in time.
  bool say_everywhere(std::uint32_t messages);
  void say_what_is_due();
  bool is_quiet() const { return unanswered_ == 0 && ledger_.settled(); }
  bool wait_until_quiet();
  void go_away();
  void come_back();
  void bring_back_more();
  void failed(std::string why);
  void fill_figures(run& to, const usage& used) const;

  const options& how_;
  const recovering what_;
  arena& server_;
  const tell_progress& tell_;
  loop loop_;
  std::unique_ptr<dialect> speech_;
  place place_;
  delivery_ledger ledger_;
  meter meter_{{"return to whole", "post to ack during the return"}};
  crowd listening_, posting_;
  std::vector<std::unique_ptr<client>> clients_;
  std::vector<std::unique_ptr<poster>> posters_; ///< one for each room
  std::uint64_t unanswered_ = 0, refused_ = 0;
  std::mt19937_64 random_;
  std::int64_t next_post_ns_ = 0; ///< during the return
  std::size_t next_poster_ = 0;
  bool returning_ = false;
  std::size_t opened_ = 0, whole_ = 0, dropped_ = 0; ///< of those who come back
  std::int64_t return_ns_ = 0;
  std::vector<std::string> failures_;
};

} // namespace palabre::bench

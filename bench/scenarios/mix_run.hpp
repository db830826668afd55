#pragma once
#include "bench/load/community_member.hpp"
#include "bench/measuring/meter.hpp"
#include "bench/measuring/offset_account.hpp"
#include "bench/scenarios/mix.hpp"
#include "bench/scenarios/usage.hpp"

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace palabre::bench {

/// One run of `mix` against one server.
///
/// Threads: the loop's. Functions throw std::runtime_error if the load cannot be set up.
class mix_run {
public:
  mix_run(const options& how, const community& what, arena& server, const tell_progress& tell);
  ~mix_run();
  run measure();

private:
  enum class action : std::uint64_t { post, react, edit, read, leave };
  struct member;

  void prepare();
  void choose_rooms();
  void tell_prepared(std::size_t done, std::size_t all, const char* of_what) const;
  void connect();
  void act_when_due();
  void act(std::int64_t intended_ns);
  action draw();
  void do_it(member& who, action what, std::int64_t intended_ns);
  void go_on(const std::string& phase, double seconds);
  void drain();
  bool is_settled() const;
  void failed(std::string why);
  void answered(member& who, action what, std::int64_t intended_ns, std::string_view line);
  void fill_figures(run& to, const usage& used, double memory_before) const;
  integrity close_account();

  const options& how_;
  const community what_;
  arena& server_;
  const tell_progress& tell_;
  loop loop_;
  meter meter_{
      {"post to ack", "post to delivery", "reaction to ack", "edit to ack", "history read", "return to whole"}};
  std::mt19937_64 random_;
  std::vector<std::string> tokens_;
  std::vector<std::string> rooms_;
  std::vector<double> room_weights_; ///< summed up, the last is the whole
  std::map<std::string, std::size_t, std::less<>> room_numbers_;
  std::vector<std::uint64_t> tops_; ///< the greatest offset of each room that anybody was told
  std::vector<std::unique_ptr<member>> members_;
  std::size_t ready_ = 0, in_flight_ = 0;
  std::uint64_t posts_ = 0, deliveries_ = 0, refused_ = 0, skipped_ = 0;
  std::int64_t next_ns_ = 0;
  bool acting_ = false;
  integrity counts_;
  std::vector<std::string> failures_;
};

} // namespace palabre::bench

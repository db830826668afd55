#pragma once
#include "bench/load/loop.hpp"
#include "bench/measuring/process_tree.hpp"
#include "bench/measuring/result.hpp"

namespace palabre::bench {

/// What the server and the generator use, from when this is made until end().
class usage {
public:
  /// `server`: null if its processes are not known: it uses nothing then.
  usage(loop& work, const process_tree* server);
  void end();

  double seconds() const { return static_cast<double>(end_ns_ - begin_ns_) * 1e-9; }
  double server_cpu_s() const { return server_s_; }
  /// Closed loops are limited by the generator's core alone; `lag_max_ms`: of others, the most that its timer may be
  /// late by in one of a hundred cases.
  generator_load generator(double lag_max_ms = 1e9) const;

private:
  double server_cpu_now() const { return server_ ? server_->cpu_seconds() : 0; }

  loop& loop_;
  const process_tree* server_;
  std::int64_t begin_ns_, end_ns_ = 0;
  double own_s_, server_s_;
  double lag_p99_ms_ = 0;
};

} // namespace palabre::bench

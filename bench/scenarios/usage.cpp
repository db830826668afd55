#include "bench/scenarios/usage.hpp"

namespace palabre::bench {

usage::usage(loop& work, const process_tree* server) : loop_(work), server_(server) {
  loop_.take_lag();
  begin_ns_ = loop_.tick();
  own_s_ = loop::cpu_seconds();
  server_s_ = server_cpu_now();
}

void usage::end() {
  server_s_ = server_cpu_now() - server_s_;
  own_s_ = loop::cpu_seconds() - own_s_;
  end_ns_ = loop_.tick();
  lag_p99_ms_ = static_cast<double>(loop_.take_lag().at(0.99)) * 1e-6;
}

generator_load usage::generator(double lag_max_ms) const {
  const double cpu = own_s_ / seconds();
  return {cpu, lag_p99_ms_, cpu > 0.95 || lag_p99_ms_ > lag_max_ms};
}

} // namespace palabre::bench

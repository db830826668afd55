#include "bench/measuring/meter.hpp"

#include <algorithm>

namespace palabre::bench {
namespace {

double milliseconds(std::uint64_t ns) {
  return static_cast<double>(ns) * 1e-6;
}

} // namespace

meter::meter(std::vector<std::string> latency_names) {
  for (auto& name : latency_names) latencies_.push_back({std::move(name), {}});
}

void meter::begin(std::int64_t now_ns) {
  measuring_ = true;
  begin_ns_ = sample_begin_ns_ = now_ns;
  sample_end_ns_ = now_ns + sample_ns;
}

void meter::end(std::int64_t now_ns) {
  if (now_ns - sample_begin_ns_ >= sample_ns / 2) close_sample(now_ns); // a shorter rest would be noise
  measuring_ = false;
  end_ns_ = now_ns;
}

void meter::add(std::size_t which, std::int64_t ns) {
  const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
  latencies_[which].times_ns.add(time);
  if (which == 0 && measuring_) recent_.add(time);
}

void meter::close_sample(std::int64_t now_ns) {
  const double seconds = static_cast<double>(now_ns - sample_begin_ns_) * 1e-9;
  timeline_.push_back({static_cast<double>(now_ns - begin_ns_) * 1e-9,
                       static_cast<double>(operations_ - operations_at_sample_) / seconds,
                       milliseconds(recent_.at(0.5)), milliseconds(recent_.at(0.99)), milliseconds(recent_.max())});
  recent_.clear();
  operations_at_sample_ = operations_;
  sample_begin_ns_ = now_ns;
  sample_end_ns_ = now_ns + sample_ns;
}

void meter::fill(run& to) {
  to.seconds = seconds();
  to.latencies = std::move(latencies_);
  to.timeline = std::move(timeline_);
}

} // namespace palabre::bench

#pragma once
#include "bench/measuring/histogram.hpp"

#include <array>
#include <utility>

namespace palabre::bench {

/// Those that every report shows. 1 is the maximum.
constexpr std::array<std::pair<const char*, double>, 6> percentiles{
    {{"p50", .5}, {"p90", .9}, {"p99", .99}, {"p99.9", .999}, {"p99.99", .9999}, {"max", 1}}};

/// Whether a value lies above this percentile, or it is the maximum of some: the 99.99th percentile of 300 values would
/// be their maximum under another name.
inline bool reaches(const histogram& times, double part) {
  constexpr double rounding = 1e-9;
  if (part >= 1) return times.count() > 0;
  return (1 - part) * static_cast<double>(times.count()) >= 1 - rounding;
}

} // namespace palabre::bench

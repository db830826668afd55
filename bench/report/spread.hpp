#pragma once
// What several runs say together.

#include "bench/measuring/result.hpp"

#include <limits>

namespace palabre::bench {

/// Of one value over the runs. The median speaks for it, the extremes say how far to trust it.
struct spread {
  double median = std::numeric_limits<double>::quiet_NaN();
  double lowest = median, highest = median;
  std::size_t runs = 0; ///< that have the value; 0: all else is NaN
  double width() const { return highest - lowest; }
};
spread spread_of(std::vector<double> values); ///< leaves out what is no number

/// The runs without failures; all if every run failed, so that there is something to look at.
std::vector<const run*> counting_runs(const result& r);

/// Of the counting runs, in which a figure is found by its name.
spread figure_spread(const result& r, const std::string& name);
/// The figures of the first counting run: names, units and directions for all.
std::vector<figure> figures_of(const result& r);
const figure* headline_of(const result& r); ///< none: no run has a figure

std::vector<std::string> latency_names(const result& r);
/// Of the `part` (0..1) percentile in ns; 1 is the maximum. A run counts if it reaches() that far (percentiles.hpp).
spread latency_spread(const result& r, const std::string& name, double part);

/// Whether the generator was what limited some run: then the figures are not the target's.
bool is_limited(const result& r);
const std::string* find(const std::vector<name_and_text>& entries, std::string_view name);

} // namespace palabre::bench

#pragma once
// How a family of metrics is put together for prometheus-cpp: one name, one help text, and a value for each set of
// labels.

#include "base/tally.hpp"

#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

namespace palabre::app {

class metric_family {
public:
  using labels = std::vector<std::pair<std::string, std::string>>;

  /// What only grows: its name ends in _total.
  static metric_family counter(std::string name, std::string help);
  /// What goes up and down.
  static metric_family gauge(std::string name, std::string help);
  /// A distribution.
  static metric_family histogram(std::string name, std::string help);

  metric_family& add(double value, const labels& of = {});
  metric_family& add(std::uint64_t value, const labels& of = {}) { return add(static_cast<double>(value), of); }
  /// `parts`: how many of what was counted make one unit, as 1e6 microseconds a second: divided by, a bound is printed
  /// as it is written. Requires: it is a histogram.
  metric_family& add(const distribution& all, double parts, const labels& of = {});

  prometheus::MetricFamily made() { return std::move(made_); }

private:
  metric_family(std::string name, std::string help, prometheus::MetricType type);
  prometheus::ClientMetric& next(const labels& of);

  prometheus::MetricFamily made_;
};

} // namespace palabre::app

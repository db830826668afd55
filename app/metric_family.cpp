#include "app/metric_family.hpp"

#include "base/assert.hpp"

#include <limits>

namespace palabre::app {

using prometheus::MetricType;

metric_family::metric_family(std::string name, std::string help, MetricType type) {
  made_.name = std::move(name);
  made_.help = std::move(help);
  made_.type = type;
}

metric_family metric_family::counter(std::string name, std::string help) {
  PALABRE_ASSERT(name.ends_with("_total"));
  return {std::move(name), std::move(help), MetricType::Counter};
}

metric_family metric_family::gauge(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Gauge};
}

metric_family metric_family::histogram(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Histogram};
}

prometheus::ClientMetric& metric_family::next(const labels& of) {
  prometheus::ClientMetric& metric = made_.metric.emplace_back();
  for (const auto& [name, value] : of) metric.label.push_back({name, value});
  return metric;
}

metric_family& metric_family::add(double value, const labels& of) {
  prometheus::ClientMetric& metric = next(of);
  if (made_.type == MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  return *this;
}

metric_family& metric_family::add(const distribution& all, double parts, const labels& of) {
  PALABRE_ASSERT(made_.type == MetricType::Histogram);
  prometheus::ClientMetric::Histogram& histogram = next(of).histogram;
  for (std::size_t i = 0; i < all.counts.size(); ++i) {
    histogram.sample_count += all.counts[i];
    const double bound =
        i < all.bounds.size() ? static_cast<double>(all.bounds[i]) / parts : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  histogram.sample_sum = static_cast<double>(all.sum) / parts;
  return *this;
}

} // namespace palabre::app

#include "bench/report/spread.hpp"

#include "bench/report/percentiles.hpp"

#include <algorithm>
#include <cmath>

namespace palabre::bench {
namespace {

const latency* find_latency(const run& of, const std::string& name) {
  const auto found = std::ranges::find(of.latencies, name, &latency::name);
  return found == of.latencies.end() ? nullptr : &*found;
}

} // namespace

spread spread_of(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  if (values.empty()) return {};
  std::ranges::sort(values);
  const auto middle = values.size() / 2;
  const double median = values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back(), values.size()};
}

std::vector<const run*> counting_runs(const result& r) {
  std::vector<const run*> counting, all;
  for (const auto& each : r.runs) {
    all.push_back(&each);
    if (each.failures.empty()) counting.push_back(&each);
  }
  return counting.empty() ? all : counting;
}

spread figure_spread(const result& r, const std::string& name) {
  std::vector<double> values;
  for (const auto* each : counting_runs(r)) {
    const auto found = std::ranges::find(each->figures, name, &figure::name);
    if (found != each->figures.end()) values.push_back(found->value);
  }
  return spread_of(std::move(values));
}

std::vector<figure> figures_of(const result& r) {
  for (const auto* each : counting_runs(r))
    if (!each->figures.empty()) return each->figures;
  return {};
}

const figure* headline_of(const result& r) {
  for (const auto* each : counting_runs(r))
    if (!each->figures.empty()) return &each->figures.front();
  return nullptr;
}

std::vector<std::string> latency_names(const result& r) {
  std::vector<std::string> names;
  for (const auto* each : counting_runs(r))
    for (const auto& of : each->latencies)
      if (std::ranges::find(names, of.name) == names.end()) names.push_back(of.name);
  return names;
}

spread latency_spread(const result& r, const std::string& name, double part) {
  std::vector<double> values;
  for (const auto* each : counting_runs(r)) {
    const auto* found = find_latency(*each, name);
    if (found && reaches(found->times_ns, part)) values.push_back(static_cast<double>(found->times_ns.at(part)));
  }
  return spread_of(std::move(values));
}

bool is_limited(const result& r) {
  return std::ranges::any_of(r.runs, [](const run& each) { return each.generator.limiting; });
}

const std::string* find(const std::vector<name_and_text>& entries, std::string_view name) {
  const auto found = std::ranges::find(entries, name, &name_and_text::first);
  return found == entries.end() ? nullptr : &found->second;
}

} // namespace palabre::bench

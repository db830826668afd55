#include "bench/report/result_charts.hpp"

#include "bench/report/numbers.hpp"
#include "bench/report/spread.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace palabre::bench {
namespace {

constexpr int colours = 4;

std::string whole_seconds(double value) {
  return grouped(value, value == std::floor(value) ? 0 : 1);
}

std::string rate(double value) {
  return grouped(value, value < 10 && value != std::floor(value) ? 1 : 0);
}

std::string tick_label(double value) {
  const auto text = duration(value * 1e6);
  // a tick is a round number: 2.00 ms is 2 ms
  const auto zeros = text.find(".0");
  if (zeros == std::string::npos) return text;
  return text.substr(0, zeros) + text.substr(text.find(' '));
}

/// The extremes of what is drawn, to choose an axis.
struct range {
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  void add(double value) {
    if (!std::isfinite(value)) return;
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
};

range range_of(const std::vector<chart_series>& all, bool of_y) {
  range of;
  for (const auto& one : all)
    for (const auto& line : one.lines)
      for (const auto& p : line.points) of.add(of_y ? p.y : p.x);
  return of;
}

std::string run_name(const result& r, const run& of) {
  return "run " + std::to_string(&of - r.runs.data() + 1) + (of.failures.empty() ? "" : ", failed");
}

chart_series over_time(const result& r, std::string name, int colour, double sample::*member, bool zero_is_none) {
  chart_series drawn{std::move(name), colour, {}};
  for (const auto& each : r.runs) {
    chart_line line{drawn.name + ", " + run_name(r, each), {}, !each.failures.empty()};
    for (const auto& s : each.timeline) {
      const double value = s.*member;
      line.points.push_back({s.at_s, zero_is_none && value <= 0 ? std::nan("") : value});
    }
    drawn.lines.push_back(std::move(line));
  }
  return drawn;
}

/// Forty points to each power of ten of 1 / (1 - p), up to where one value is left above.
chart_line percentile_line(std::string name, const run& of, const histogram& times) {
  chart_line line{std::move(name), {}, !of.failures.empty()};
  const double most = std::min(1e6, static_cast<double>(times.count()));
  constexpr double step = 1.0593; // 10 to the power of 1/40
  for (double x = 1; x < most; x *= step) line.points.push_back({x, static_cast<double>(times.at(1 - 1 / x)) / 1e6});
  if (most >= 1) line.points.push_back({most, static_cast<double>(times.at(1 - 1 / most)) / 1e6});
  return line;
}

std::string first_latency(const result& r) {
  const auto names = latency_names(r);
  return names.empty() ? "latency" : names.front();
}

} // namespace

chart throughput_chart(const result& r) {
  const auto* headline = headline_of(r);
  const std::string name = headline ? headline->name : "operations";
  std::vector<chart_series> all{over_time(r, name, 0, &sample::per_second, false)};
  const auto times = range_of(all, false), rates = range_of(all, true);
  return {name + " per second over time",
          "One line for each run; warm-up is not shown.",
          axis::linear(times.highest, whole_seconds),
          axis::linear(rates.highest, rate),
          "seconds since the measurement's start",
          std::move(all),
          false};
}

chart latency_chart(const result& r) {
  std::vector<chart_series> all{over_time(r, "p50", 0, &sample::p50_ms, true),
                                over_time(r, "p99", 1, &sample::p99_ms, true),
                                over_time(r, "max", 2, &sample::max_ms, true)};
  const auto times = range_of(all, false), values = range_of(all, true);
  return {first_latency(r) + " over time",
          "Median, 99th percentile and maximum of each moment, one line for each run, on a scale of powers of ten.",
          axis::linear(times.highest, whole_seconds),
          axis::logarithmic(values.lowest, values.highest, tick_label),
          "seconds since the measurement's start",
          std::move(all),
          false};
}

chart percentile_chart(const result& r) {
  std::vector<chart_series> all;
  for (const auto& name : latency_names(r)) {
    chart_series drawn{name, static_cast<int>(all.size()) % colours, {}};
    for (const auto& each : r.runs)
      for (const auto& of : each.latencies)
        if (of.name == name && of.times_ns.count() > 0)
          drawn.lines.push_back(percentile_line(name + ", " + run_name(r, each), each, of.times_ns));
    all.push_back(std::move(drawn));
  }
  const auto parts = range_of(all, false), values = range_of(all, true);
  return {"Percentiles",
          "Which part of the operations took at most how long. Each further nine on the right is ten times rarer.",
          axis::percentiles(parts.highest),
          axis::logarithmic(values.lowest, values.highest, tick_label),
          "part of the operations that took at most this long",
          std::move(all),
          true};
}

bool has_timeline(const result& r) {
  return std::ranges::any_of(r.runs, [](const run& each) { return each.timeline.size() > 1; });
}

bool has_latency_timeline(const result& r) {
  return has_timeline(r) && std::ranges::any_of(r.runs, [](const run& each) {
           return std::ranges::any_of(each.timeline, [](const sample& s) { return s.p50_ms > 0; });
         });
}

} // namespace palabre::bench

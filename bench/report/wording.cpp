#include "bench/report/wording.hpp"

#include "bench/report/numbers.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace palabre::bench {
namespace {

std::string count(std::uint64_t number) {
  return grouped(static_cast<double>(number), 0);
}

std::string run_number(const result& r, const run& of) {
  return std::to_string(&of - r.runs.data() + 1);
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string all;
  for (const auto& part : parts) {
    if (part.empty()) continue;
    if (!all.empty()) all += between;
    all += part;
  }
  return all;
}

/// Cores; less is what every machine's host takes.
constexpr double stolen_shown_min = 0.01;

const char* of_all_runs(const result& r) {
  return r.runs.size() > 1 ? " (highest of all runs)" : "";
}

} // namespace

std::string in_words(const std::vector<name_and_text>& entries) {
  std::string all;
  for (const auto& [name, text] : entries) all += (all.empty() ? "" : ", ") + name + " " + text;
  return all;
}

std::string runs_in_words(const result& r) {
  if (r.runs.empty()) return "none";
  std::vector<double> seconds;
  for (const auto& each : r.runs) seconds.push_back(each.seconds);
  const double typical = spread_of(seconds).median;
  auto words = std::to_string(r.runs.size()) + " × " + with_unit(grouped(typical, typical < 10 ? 1 : 0), "s");
  const auto bad = std::ranges::count_if(r.runs, [](const run& each) { return !each.failures.empty(); });
  if (bad) words += ", " + std::to_string(static_cast<long>(r.runs.size()) - bad) + " of them count";
  return words;
}

std::vector<std::string> failures_in_words(const result& r) {
  std::vector<std::string> all;
  if (r.runs.empty()) all.emplace_back("there was no run");
  for (const auto& each : r.runs)
    for (const auto& failure : each.failures) all.push_back("run " + run_number(r, each) + ": " + failure);
  return all;
}

std::optional<integrity> deliveries_of(const result& r) {
  std::optional<integrity> sum;
  for (const auto& each : r.runs) {
    if (!each.deliveries) continue;
    if (!sum) sum.emplace();
    sum->expected += each.deliveries->expected;
    sum->delivered += each.deliveries->delivered;
    sum->lost += each.deliveries->lost;
    sum->duplicated += each.deliveries->duplicated;
    sum->reordered += each.deliveries->reordered;
  }
  return sum;
}

std::string in_words(const integrity& d) {
  return count(d.expected) + " expected, " + count(d.delivered) + " delivered: " + count(d.lost) + " lost, " +
         count(d.duplicated) + " duplicated, " + count(d.reordered) + " reordered";
}

std::uint64_t refused_of(const result& r) {
  std::uint64_t sum = 0;
  for (const auto& each : r.runs) sum += each.refused;
  return sum;
}

std::string generator_in_words(const result& r) {
  generator_load most;
  for (const auto& each : r.runs) {
    most.cpu = std::max(most.cpu, each.generator.cpu);
    most.lag_p99_ms = std::max(most.lag_p99_ms, each.generator.lag_p99_ms);
  }
  return "CPU " + percent(most.cpu) + " of a core, lag p99 " + duration(most.lag_p99_ms * 1e6) + of_all_runs(r);
}

std::string stolen_in_words(const result& r) {
  double most = 0;
  for (const auto& each : r.runs) most = std::max(most, each.stolen_cores); // not a number: as it was
  if (most < stolen_shown_min) return {};
  return "took " + grouped(most, 2) + " cores from this machine" + of_all_runs(r) +
         ", and what waited for them waits longer";
}

std::string limited_in_words(const result& r) {
  std::vector<std::string> runs;
  for (const auto& each : r.runs)
    if (each.generator.limiting) runs.push_back(run_number(r, each));
  return (runs.size() > 1 ? "runs " : "run ") + joined(runs, ", ") + ". The target can do more than is shown.";
}

std::vector<std::string> machine_in_words(const std::vector<name_and_text>& environment) {
  constexpr std::array<std::string_view, 9> machine{"processor", "cores",      "memory",      "kernel", "system",
                                                    "clock",     "open files", "load before", "time"};
  std::vector<std::string> first, second;
  for (const auto name : {"processor", "cores", "memory", "kernel", "time"})
    if (const auto* text = find(environment, name))
      first.push_back(name == std::string_view("cores") ? *text + " cores" : *text);
  for (const auto& [name, text] : environment)
    if (std::ranges::find(machine, name) == machine.end()) second.push_back(name + " " + text);
  std::vector<std::string> lines{joined(first, ", "), joined(second, "; ")};
  std::erase(lines, "");
  return lines;
}

std::string name_and_unit(const std::string& name, const std::string& unit) {
  return unit.empty() ? name : name + (unit.starts_with('/') ? "" : ", ") + unit;
}

int decimals_of(const spread& s) {
  const bool whole =
      s.median == std::floor(s.median) && s.lowest == std::floor(s.lowest) && s.highest == std::floor(s.highest);
  return whole ? 0 : decimals_for(s.median);
}

std::string number_of(const spread& s) {
  return grouped(s.median, decimals_of(s));
}

} // namespace palabre::bench

#include "bench/scenarios/paired.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace palabre::bench {
namespace {

double cost_of(const options& how, const paired& what, const std::string& binary) {
  options one = how;
  one.binary = binary;
  one.runs = 1;
  const tell_progress silent = [](const std::string&, double, const std::string&) {};
  const result found =
      what.scenario == "fanout" ? measure_fanout(one, what.what, silent) : measure_post(one, what.what, silent);
  if (found.failed()) throw std::runtime_error(binary + ": a run failed: " + found.runs.front().failures.front());
  const auto& figures = found.runs.front().figures;
  const auto cost =
      std::ranges::find_if(figures, [](const figure& f) { return f.name.find("CPU per") != f.name.npos; });
  if (cost == figures.end()) throw std::runtime_error(binary + ": nothing was accepted");
  return cost->value;
}

} // namespace

std::vector<std::pair<double, double>> measure_pairs(const options& how, const paired& what,
                                                     const tell_progress& tell) {
  std::vector<std::pair<double, double>> costs;
  for (unsigned i = 0; i < what.pairs; ++i) {
    std::pair<double, double> costs_now;
    char words[64] = "";
    if (i) std::snprintf(words, sizeof words, "the last: B/A %.3f", costs.back().second / costs.back().first);
    tell("pairs", static_cast<double>(i) / what.pairs, words);
    const bool a_first = i % 2 == 0;
    if (a_first) costs_now.first = cost_of(how, what, what.binary_a);
    costs_now.second = cost_of(how, what, what.binary_b);
    if (!a_first) costs_now.first = cost_of(how, what, what.binary_a);
    costs.push_back(costs_now);
  }
  return costs;
}

} // namespace palabre::bench

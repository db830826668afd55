#include "bench/report/overview.hpp"

#include "bench/report/columns.hpp"
#include "bench/report/numbers.hpp"
#include "bench/report/spread.hpp"
#include "bench/report/wording.hpp"

#include <algorithm>

namespace palabre::bench {
namespace {

/// The entries that all results have alike.
std::vector<name_and_text> common(const std::vector<result>& all, std::vector<name_and_text> result::*which) {
  std::vector<name_and_text> alike;
  for (const auto& [name, text] : all.front().*which)
    if (std::ranges::all_of(all, [&](const result& r) {
          const auto* found = find(r.*which, name);
          return found && *found == text;
        }))
      alike.emplace_back(name, text);
  return alike;
}

std::string figures_in_words(const result& r) {
  std::string text;
  for (const auto& f : figures_of(r)) {
    const auto values = figure_spread(r, f.name);
    text += (text.empty() ? "" : "<br>") + f.name + ": " + with_unit(grouped(values.median), f.unit);
    if (values.runs > 1) text += " (" + grouped(values.lowest) + " … " + grouped(values.highest) + ")";
  }
  return text;
}

std::string latencies_in_words(const result& r) {
  std::string text;
  for (const auto& name : latency_names(r)) {
    const auto p50 = latency_spread(r, name, 0.5), p99 = latency_spread(r, name, 0.99);
    if (p50.runs == 0) continue;
    text += (text.empty() ? "" : "<br>") + name + ": " + duration(p50.median) + " / " + duration(p99.median);
  }
  return text.empty() ? "–" : text;
}

} // namespace

std::string overview_markdown(const std::vector<result>& all) {
  if (all.empty()) return {};
  const auto alike = common(all, &result::parameters);
  std::string text = "| | figures: median (lowest … highest run) | p50 / p99 |\n|---|---|---|\n";
  for (const auto& r : all) {
    std::vector<name_and_text> own;
    for (const auto& entry : r.parameters)
      if (std::ranges::find(alike, entry) == alike.end()) own.push_back(entry);
    text += "| **" + r.scenario + "**: " + r.question + "<br>" + in_words(own) + (r.failed() ? "<br>**FAILED**" : "") +
            (is_limited(r) ? "<br>limited by the generator: the target can do more" : "") + " | " +
            figures_in_words(r) + " | " + latencies_in_words(r) + " |\n";
  }
  text += "\n" + all.front().target + "; " + in_words(alike);
  for (const auto& [name, value] : common(all, &result::environment)) text += "; " + name + " " + value;
  return text + ".\n";
}

} // namespace palabre::bench

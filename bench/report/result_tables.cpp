#include "bench/report/result_tables.hpp"

#include "bench/report/html.hpp"
#include "bench/report/numbers.hpp"
#include "bench/report/percentiles.hpp"
#include "bench/report/spread.hpp"

#include <algorithm>
#include <functional>

namespace palabre::bench {
namespace {

std::string table_of(const std::vector<std::string>& head, const std::string& rows) {
  std::string cells;
  for (const auto& text : head) cells += text_tag("th", "scope=\"col\"", text);
  return tag("div", "class=\"scroll\"",
             tag("table", "", tag("thead", "", tag("tr", "", cells)) + tag("tbody", "", rows)));
}

std::string row_of(std::string_view head, const std::vector<std::string>& cells) {
  std::string row = text_tag("th", "scope=\"row\"", head);
  for (const auto& text : cells) row += text_tag("td", "", text);
  return tag("tr", "", row);
}

/// A row for each moment of the longest run; `cells_of` says what a sample shows.
std::string timeline_table(const result& r, const std::vector<std::string>& columns,
                           const std::function<std::vector<std::string>(const sample&)>& cells_of) {
  std::vector<std::string> head{"until"};
  std::size_t moments = 0;
  const run* longest = nullptr;
  for (const auto& each : r.runs) {
    const auto name = "run " + std::to_string(&each - r.runs.data() + 1);
    for (const auto& column : columns) head.push_back(column.empty() ? name : name + " " + column);
    if (each.timeline.size() <= moments) continue;
    moments = each.timeline.size();
    longest = &each;
  }
  std::string rows;
  for (std::size_t i = 0; i < moments; ++i) {
    std::vector<std::string> cells;
    for (const auto& each : r.runs) {
      auto more = i < each.timeline.size() ? cells_of(each.timeline[i]) : std::vector<std::string>(columns.size());
      std::ranges::move(more, std::back_inserter(cells));
    }
    rows += row_of(grouped(longest->timeline[i].at_s, 1) + " s", cells);
  }
  return table_of(head, rows);
}

std::string shown_time(double value) {
  return value > 0 ? duration(value * 1e6) : "–";
}

} // namespace

std::string latency_table(const result& r) {
  std::vector<std::string> head{""};
  for (const auto& [label, part] : percentiles) head.emplace_back(label);
  std::string rows;
  for (const auto& name : latency_names(r)) {
    std::string row = text_tag("th", "scope=\"row\"", name);
    for (const auto& [label, part] : percentiles) {
      const auto over_runs = latency_spread(r, name, part);
      const auto extremes = duration(over_runs.lowest) + " … " + duration(over_runs.highest);
      row += tag("td", "",
                 escaped(duration(over_runs.median)) +
                     (over_runs.runs > 1 ? text_tag("span", "class=\"spread\"", extremes) : ""));
    }
    rows += tag("tr", "", row);
  }
  return table_of(head, rows);
}

std::string percentile_table(const result& r) {
  std::vector<std::string> head{"percentile"};
  for (const auto& each : r.runs)
    for (const auto& of : each.latencies)
      head.push_back("run " + std::to_string(&each - r.runs.data() + 1) + ", " + of.name);
  std::string rows;
  for (const auto& [label, part] : percentiles) {
    std::vector<std::string> cells;
    for (const auto& each : r.runs)
      for (const auto& of : each.latencies) {
        const bool known = reaches(of.times_ns, part);
        cells.push_back(known ? duration(static_cast<double>(of.times_ns.at(part))) : "–");
      }
    rows += row_of(label, cells);
  }
  return table_of(head, rows);
}

std::string throughput_table(const result& r) {
  return timeline_table(r, {""}, [](const sample& s) { return std::vector{grouped(s.per_second, 0)}; });
}

std::string latency_timeline_table(const result& r) {
  return timeline_table(r, {"p50", "p99", "max"}, [](const sample& s) {
    return std::vector{shown_time(s.p50_ms), shown_time(s.p99_ms), shown_time(s.max_ms)};
  });
}

} // namespace palabre::bench

#include "bench/report/page.hpp"

#include "bench/report/html.hpp"
#include "bench/report/numbers.hpp"
#include "bench/report/result_charts.hpp"
#include "bench/report/result_tables.hpp"
#include "bench/report/spread.hpp"
#include "bench/report/wording.hpp"

#include <algorithm>

namespace palabre::bench {
namespace {

std::string value_with_unit(const figure& f, const spread& over_runs) {
  const auto number = escaped(grouped(over_runs.median, decimals_of(over_runs)));
  if (f.unit.empty()) return number;
  const bool is_rate = f.unit.starts_with('/');
  return number + (is_rate ? "" : "&nbsp;") + "<span class=\"unit\">" + escaped(f.unit) + "</span>";
}

std::string spread_words(const spread& over_runs) {
  if (over_runs.runs < 2) return "one run";
  const int decimals = decimals_of(over_runs);
  return grouped(over_runs.lowest, decimals) + " … " + grouped(over_runs.highest, decimals);
}

std::string strip_of(const result& r, const figure& f) {
  std::vector<double> values;
  for (const auto* each : counting_runs(r))
    for (const auto& other : each->figures)
      if (other.name == f.name) values.push_back(other.value);
  return spread_strip(values, f.name);
}

std::string headline(const result& r) {
  const auto* f = headline_of(r);
  if (!f) return {};
  const auto over_runs = figure_spread(r, f->name);
  const auto of_runs = over_runs.runs < 2 ? "" : "median of " + std::to_string(over_runs.runs) + " runs, ";
  const auto numbers = text_tag("div", "class=\"name\"", f->name) +
                       tag("div", "class=\"value\"", value_with_unit(*f, over_runs)) +
                       text_tag("div", "class=\"spread\"", of_runs + spread_words(over_runs));
  return tag("div", "class=\"card headline\"", tag("div", "", numbers) + strip_of(r, *f));
}

std::string further_figures(const result& r) {
  const auto all = figures_of(r);
  std::string cards;
  for (std::size_t i = 1; i < all.size(); ++i) {
    const auto over_runs = figure_spread(r, all[i].name);
    cards += tag("div", "class=\"card\"",
                 text_tag("div", "class=\"name\"", all[i].name) +
                     tag("div", "class=\"value\"", value_with_unit(all[i], over_runs)) +
                     text_tag("div", "class=\"spread\"", spread_words(over_runs)) + strip_of(r, all[i]));
  }
  return cards.empty() ? cards : tag("div", "class=\"cards\"", cards);
}

std::string notices(const result& r) {
  std::string whole, lines;
  for (const auto& failure : failures_in_words(r)) lines += text_tag("p", "", failure);
  if (!lines.empty())
    whole +=
        tag("div", "class=\"notice bad\" role=\"note\"", text_tag("p", "", "✗ This measurement has failed.") + lines);
  if (is_limited(r))
    whole +=
        text_tag("div", "class=\"notice warn\" role=\"note\"", "⚠ Limited by the generator in " + limited_in_words(r));
  return whole;
}

std::string chart_card(const chart& c, const std::string& id, const std::string& table) {
  const auto numbers = tag("details", "", text_tag("summary", "", "The numbers as a table") + table);
  return tag("div", "class=\"card\"",
             text_tag("h3", "", c.title) + tag("div", "class=\"scroll\"", to_svg(c, id)) + numbers);
}

std::string charts(const result& r, const std::string& id) {
  std::string whole;
  if (!latency_names(r).empty()) whole += chart_card(percentile_chart(r), id + "-percentiles", percentile_table(r));
  std::string over_time;
  if (has_timeline(r)) over_time += chart_card(throughput_chart(r), id + "-throughput", throughput_table(r));
  if (has_latency_timeline(r)) over_time += chart_card(latency_chart(r), id + "-latency", latency_timeline_table(r));
  if (!over_time.empty()) whole += tag("div", "class=\"grid-2\"", over_time);
  return whole;
}

std::string deliveries(const result& r) {
  const auto d = deliveries_of(r);
  if (!d) return {};
  const auto row = [](const char* name, std::uint64_t count, bool is_bad) {
    return text_tag("dt", "", name) +
           text_tag("dd", is_bad ? "class=\"bad\"" : "class=\"number\"", grouped(static_cast<double>(count), 0));
  };
  std::string rows = row("expected", d->expected, false) + row("delivered", d->delivered, false);
  rows += row("lost", d->lost, d->lost > 0) + row("duplicated", d->duplicated, d->duplicated > 0);
  rows += row("reordered", d->reordered, d->reordered > 0);
  if (const auto refused = refused_of(r)) rows += row("answers that were errors", refused, true);
  const auto verdict =
      d->whole()
          ? text_tag("p", "class=\"verdict good\"", "✓ Each message came once to each who was owed it, in order.")
          : text_tag("p", "class=\"verdict bad\"", "✗ Not every message came once and in order.");
  return tag("div", "class=\"card\"",
             text_tag("h3", "", "Deliveries, all runs, warm-up included") + tag("dl", "", rows) + verdict);
}

std::string generator(const result& r) {
  std::string rows;
  for (const auto& each : r.runs)
    rows += tag(
        "tr", "",
        text_tag("th", "scope=\"row\"", "run " + std::to_string(&each - r.runs.data() + 1)) +
            text_tag("td", "", percent(each.generator.cpu)) +
            text_tag("td", "", duration(each.generator.lag_p99_ms * 1e6)) +
            text_tag("td", each.generator.limiting ? "class=\"warn\"" : "", each.generator.limiting ? "yes" : "no") +
            text_tag("td", "", grouped(each.stolen_cores, 2)));
  const auto head =
      tag("thead", "",
          tag("tr", "",
              text_tag("th", "scope=\"col\"", "") + text_tag("th", "scope=\"col\"", "CPU of a core") +
                  text_tag("th", "scope=\"col\"", "lag p99") + text_tag("th", "scope=\"col\"", "the limit?") +
                  text_tag("th", "scope=\"col\"", "cores the host took")));
  return tag("div", "class=\"card\"",
             text_tag("h3", "", "Was it the generator that was measured?") +
                 tag("div", "class=\"scroll\"", tag("table", "", head + tag("tbody", "", rows))));
}

std::string entries(const char* title, const std::vector<name_and_text>& all) {
  if (all.empty()) return {};
  std::string rows;
  for (const auto& [name, text] : all) rows += text_tag("dt", "", name) + text_tag("dd", "", text);
  return tag("div", "class=\"card\"", text_tag("h3", "", title) + tag("dl", "", rows));
}

std::string section(const result& r, const std::string& id) {
  std::string whole = text_tag("div", "class=\"scenario\"", r.scenario) + text_tag("h2", "", r.question);
  whole += tag("p", "class=\"target\"",
               text_tag("strong", "", r.target) + escaped(", " + runs_in_words(r) + ", " + in_words(r.parameters)));
  whole += notices(r) + headline(r) + further_figures(r);
  if (!latency_names(r).empty())
    whole += tag("div", "class=\"card\"", text_tag("h3", "", "Latency") + latency_table(r));
  whole += charts(r, id);
  const auto left = deliveries(r) + entries("Parameters", r.parameters);
  const auto right = generator(r) + entries("Environment", r.environment);
  whole += tag("div", "class=\"grid-2 stacks\"", tag("div", "", left) + tag("div", "", right));
  return tag("section", "class=\"result\" id=\"" + id + "\"", whole);
}

std::string contents(const std::vector<result>& results) {
  std::string items;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto& r = results[i];
    const auto* f = headline_of(r);
    const auto number = f ? with_unit(number_of(figure_spread(r, f->name)), f->unit) + " " + f->name : "";
    const auto link = text_tag("a", "href=\"#r" + std::to_string(i + 1) + "\"", r.scenario);
    items += tag(
        "li", "",
        tag("span", "", link + escaped(", " + r.target)) +
            text_tag("span", r.failed() ? "class=\"number bad\"" : "class=\"number\"", r.failed() ? "failed" : number));
  }
  return tag("nav", "aria-label=\"contents\"",
             text_tag("h1", "", "Benchmarks") + tag("ul", "class=\"contents\"", items));
}

} // namespace

std::string page(const std::vector<result>& results) {
  std::string body = results.size() > 1 ? contents(results) : "";
  for (std::size_t i = 0; i < results.size(); ++i) body += section(results[i], "r" + std::to_string(i + 1));
  body += text_tag("footer", "",
                   "Made by palabre bench. A figure is the median over the runs that count, with the lowest and the "
                   "highest of them.");
  const auto title = results.size() == 1 ? results.front().scenario + ", " + results.front().target : "palabre bench";
  return document(title, tag("main", "", body));
}

} // namespace palabre::bench

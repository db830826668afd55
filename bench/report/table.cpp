#include "bench/report/table.hpp"

#include "bench/report/columns.hpp"
#include "bench/report/numbers.hpp"
#include "bench/report/percentiles.hpp"
#include "bench/report/spread.hpp"
#include "bench/report/wording.hpp"

namespace palabre::bench {
namespace {

constexpr std::size_t label_width = 12;
constexpr const char* indent = "  ";

/// A labelled paragraph, its further lines under the first one's text.
std::string labelled(std::string_view label, std::string_view text, colour c, bool colours) {
  std::string whole;
  for (const auto& line : wrapped(text, line_width_max - label_width - 2)) {
    whole += indent + coloured(left_in(whole.empty() ? label : "", label_width), colour::dim, colours);
    whole += coloured(line, c, colours) + "\n";
  }
  return whole;
}

std::string title(const result& r, bool colours) {
  std::string whole = "\n" + coloured(printable(r.scenario), colour::bold, colours) + "\n";
  for (const auto& line : wrapped(r.question, line_width_max - 2)) whole += indent + line + "\n";
  whole += "\n" + labelled("target", r.target, colour::bold, colours);
  if (!r.parameters.empty()) whole += labelled("parameters", in_words(r.parameters), colour::none, colours);
  return whole + labelled("runs", runs_in_words(r), colour::none, colours);
}

std::string figure_rows(const result& r, bool colours) {
  const bool one_run = counting_runs(r).size() == 1;
  text_table table(indent);
  if (!one_run) table.add({"", "median", "lowest", "highest", ""});
  for (const auto& f : figures_of(r)) {
    const auto over_runs = figure_spread(r, f.name);
    const int decimals = decimals_of(over_runs);
    std::vector<std::string> row{shortened(f.name, 40), grouped(over_runs.median, decimals)};
    if (!one_run) row.insert(row.end(), {grouped(over_runs.lowest, decimals), grouped(over_runs.highest, decimals)});
    row.push_back(left_in(f.unit, 8)); // filled up: a unit stands left in a column whose cells stand right
    table.add(row);
  }
  return table.text(colours && !one_run);
}

std::string latency_rows(const result& r, bool colours) {
  text_table table(indent);
  std::vector<std::string> head{"latency"};
  for (const auto& [name, part] : percentiles) head.emplace_back(name);
  table.add(head);
  for (const auto& name : latency_names(r)) {
    std::vector<std::string> median{shortened(name, 36)}, lowest{"  lowest run"}, highest{"  highest run"};
    for (const auto& [label, part] : percentiles) {
      const auto over_runs = latency_spread(r, name, part);
      median.push_back(duration(over_runs.median));
      lowest.push_back(duration(over_runs.lowest));
      highest.push_back(duration(over_runs.highest));
    }
    table.add(median);
    if (counting_runs(r).size() < 2) continue;
    table.add(lowest);
    table.add(highest);
  }
  return table.text(colours);
}

std::string failures(const result& r, bool colours) {
  std::string whole;
  for (const auto& text : failures_in_words(r)) whole += labelled("FAILED", text, colour::red, colours);
  return whole;
}

std::string trust(const result& r, bool colours) {
  std::string whole;
  const auto deliveries = deliveries_of(r);
  if (deliveries)
    whole += labelled("deliveries", in_words(*deliveries), deliveries->whole() ? colour::green : colour::red, colours);
  if (const auto refused = refused_of(r))
    whole +=
        labelled("refused", grouped(static_cast<double>(refused)) + " answers were errors", colour::yellow, colours);
  whole += labelled("generator", generator_in_words(r), colour::none, colours);
  if (const auto stolen = stolen_in_words(r); !stolen.empty()) whole += labelled("host", stolen, colour::none, colours);
  if (is_limited(r)) whole += labelled("", "LIMITED BY THE GENERATOR: " + limited_in_words(r), colour::red, colours);
  return whole;
}

std::string environment(const result& r, bool colours) {
  std::string whole;
  for (const auto& line : machine_in_words(r.environment))
    whole += indent + coloured(shortened(line, line_width_max - 2), colour::dim, colours) + "\n";
  return whole;
}

} // namespace

std::string to_table(const result& r, bool colours) {
  const auto failed = failures(r, colours);
  std::string whole = title(r, colours) + failed;
  if (!figures_of(r).empty()) whole += "\n" + figure_rows(r, colours);
  if (!latency_names(r).empty()) whole += "\n" + latency_rows(r, colours);
  whole += "\n" + trust(r, colours) + failed;
  const auto machine = environment(r, colours);
  return machine.empty() ? whole : whole + "\n" + machine;
}

} // namespace palabre::bench

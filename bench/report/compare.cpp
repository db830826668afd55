#include "bench/report/compare.hpp"

#include "bench/report/columns.hpp"
#include "bench/report/numbers.hpp"
#include "bench/report/wording.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace palabre::bench {
namespace {

/// Why no figure of these two can be judged; empty: they can.
std::string reason_for_both(const result& a, const result& b) {
  for (const auto* r : {&a, &b}) {
    const std::string which = r == &a ? "the first" : "the second";
    if (r->failed()) return which + " has failed runs";
    if (is_limited(*r)) return which + " met its generator's limit";
    if (r->runs.size() < compared_runs_min)
      return which + " has less than " + std::to_string(compared_runs_min) + " runs";
  }
  return {};
}

bool all_within(const spread& a, const spread& b, double threshold) {
  return std::max(a.highest, b.highest) - std::min(a.lowest, b.lowest) <= threshold * std::abs(a.median);
}

void judge(compared_figure& f, better direction, double threshold) {
  const auto& [before, after] = std::tie(f.before, f.after);
  if (before.runs == 0 || after.runs == 0) {
    f.reason = "not in both";
    return;
  }
  const double difference = after.median - before.median;
  f.share = before.median != 0 ? difference / std::abs(before.median) : 0;
  if (!f.reason.empty()) return;
  if (all_within(before, after, threshold)) {
    f.verdict = change::same;
  } else if (before.lowest <= after.highest && after.lowest <= before.highest) {
    f.reason = "the runs overlap";
  } else if (std::max(before.width(), after.width()) >= std::abs(difference)) {
    f.reason = "the runs differ as much";
  } else if (std::abs(difference) <= threshold * std::abs(before.median)) {
    f.verdict = change::same;
  } else {
    f.verdict = (difference > 0) == (direction == better::higher) ? change::better : change::worse;
  }
}

std::vector<compared_figure> compared(const result& a, const result& b, double threshold) {
  std::vector<compared_figure> all;
  const auto reason = reason_for_both(a, b);
  const auto add = [&](compared_figure f, better direction) {
    f.reason = reason;
    judge(f, direction, threshold);
    all.push_back(std::move(f));
  };
  for (const auto& f : figures_of(a))
    if (f.direction != better::neither)
      add({f.name, f.unit, figure_spread(a, f.name), figure_spread(b, f.name), 0, change::cannot_tell, {}},
          f.direction);
  constexpr std::array<std::pair<const char*, double>, 2> parts{{{", p50", .5}, {", p99", .99}}};
  for (const auto& name : latency_names(a))
    for (const auto& [label, part] : parts)
      add({name + label,
           "ns",
           latency_spread(a, name, part),
           latency_spread(b, name, part),
           0,
           change::cannot_tell,
           {}},
          better::lower);
  return all;
}

/// The names whose texts differ, each with both.
std::vector<std::string> differences(const std::vector<name_and_text>& a, const std::vector<name_and_text>& b) {
  const auto text_in = [](const std::vector<name_and_text>& entries, const std::string& name) {
    const auto* text = find(entries, name);
    return text ? "\"" + *text + "\"" : std::string("absent");
  };
  std::vector<std::string> all;
  for (const auto* entries : {&a, &b})
    for (const auto& [name, text] : *entries) {
      if (entries == &b && find(a, name)) continue; // seen already
      const auto in_a = text_in(a, name), in_b = text_in(b, name);
      if (in_a != in_b) all.push_back(name + ": " + in_a + " and " + in_b);
    }
  return all;
}

std::vector<name_and_text> what_lasts(std::vector<name_and_text> environment) {
  constexpr std::array<std::string_view, 3> of_the_moment{"time", "load before", "open files"};
  std::erase_if(environment, [&](const name_and_text& entry) {
    return std::ranges::find(of_the_moment, entry.first) != of_the_moment.end();
  });
  return environment;
}

std::string refusal(const result& a, const result& b) {
  if (a.scenario != b.scenario) return "two scenarios: " + a.scenario + " and " + b.scenario;
  std::string all;
  for (const auto& difference : differences(a.parameters, b.parameters)) all += (all.empty() ? "" : ", ") + difference;
  return all.empty() ? all : "other parameters: " + all;
}

// ---- as text

std::string shown(double value, const compared_figure& f) {
  return f.unit == "ns" ? duration(value) : grouped(value, decimals_of(f.before));
}

std::string shown(const spread& s, const compared_figure& f) {
  return shown(s.median, f) + " [" + shown(s.lowest, f) + " … " + shown(s.highest, f) + "]";
}

std::pair<std::string, colour> verdict_of(const compared_figure& f) {
  switch (f.verdict) {
  case change::better: return {"better", colour::green};
  case change::worse: return {"WORSE", colour::red};
  case change::same: return {"same", colour::none};
  case change::cannot_tell: break;
  }
  return {"cannot tell: " + f.reason, colour::yellow};
}

std::string overall(const comparison& c) {
  switch (c.exit_code()) {
  case 0: return "nothing is worse";
  case 1: return "WORSE";
  default: return "cannot tell";
  }
}

} // namespace

int comparison::exit_code() const {
  const auto any = [&](change verdict) {
    return std::ranges::find(figures, verdict, &compared_figure::verdict) != figures.end();
  };
  return any(change::worse) ? 1 : any(change::cannot_tell) || figures.empty() ? 2 : 0;
}

palabre::result<comparison> compare_files(const result& a, const result& b, double threshold) {
  if (auto why = refusal(a, b); !why.empty()) return error{errc::invalid, why};
  comparison c{a.scenario, a.target, b.target, compared(a, b, threshold), {}};
  for (const auto& difference : differences(what_lasts(a.environment), what_lasts(b.environment)))
    c.warnings.push_back("another environment: " + difference);
  return c;
}

std::string to_text(const comparison& c, bool colours) {
  std::string whole = "\n" + coloured(printable(c.scenario), colour::bold, colours) + "\n";
  whole += "  before  " + shortened(c.before, line_width_max - 10) + "\n";
  whole += "  after   " + shortened(c.after, line_width_max - 10) + "\n";
  for (const auto& warning : c.warnings) {
    const auto lines = wrapped("WARNING " + warning, line_width_max - 2);
    for (const auto& line : lines) whole += "  " + coloured(line, colour::yellow, colours) + "\n";
  }
  for (const auto& f : c.figures) {
    const auto name = name_and_unit(f.name, f.unit == "ns" ? "" : f.unit);
    const auto [verdict, c_of] = verdict_of(f);
    whole += "\n  " + coloured(left_in(name, 36), colour::bold, colours) + right_in(change_in_percent(f.share), 9);
    whole += "   " + coloured(verdict, c_of, colours) + "\n";
    whole += "    " + left_in(shown(f.before, f), 44) + "→  " + shown(f.after, f) + "\n";
  }
  return whole + "\n  " + coloured(overall(c), colour::bold, colours) + "\n";
}

} // namespace palabre::bench

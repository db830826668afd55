#include "bench/report/peers.hpp"

#include "bench/report/columns.hpp"
#include "bench/report/numbers.hpp"
#include "bench/report/wording.hpp"

#include <algorithm>
#include <cmath>

namespace palabre::bench {
namespace {

peer_row row_of(const result& r, const peer_group& group) {
  peer_row row;
  row.target = r.target;
  row.headline = figure_spread(r, group.headline.name);
  row.p50_ns = latency_spread(r, group.latency, 0.5);
  row.p99_ns = latency_spread(r, group.latency, 0.99);
  row.cpu = figure_spread(r, group.cpu.name);
  row.limited = is_limited(r);
  row.failed = r.failed();
  return row;
}

/// What the first result that knows it says; a target that failed early may know nothing.
void learn_names(peer_group& group, const result& r) {
  if (group.headline.name.empty())
    if (const auto* f = headline_of(r)) group.headline = *f;
  if (const auto names = latency_names(r); group.latency.empty() && !names.empty()) group.latency = names.front();
  for (const auto& f : figures_of(r))
    if (group.cpu.name.empty() && f.name.find("CPU per") != std::string::npos) group.cpu = f;
}

bool is_better(const peer_row& a, const peer_row& b, better direction) {
  if (a.failed != b.failed) return b.failed;
  if (a.headline.runs == 0 || b.headline.runs == 0) return a.headline.runs > b.headline.runs;
  return direction == better::lower ? a.headline.median < b.headline.median : a.headline.median > b.headline.median;
}

std::string group_text(const peer_group& group, bool colours) {
  std::string whole = "\n" + coloured(shortened(group.scenario, 30), colour::bold, colours) + "\n";
  for (const auto& line : wrapped(group.question, line_width_max - 2)) whole += "  " + line + "\n";
  for (const auto& line : wrapped(in_words(group.parameters), line_width_max - 2)) whole += "  " + line + "\n";
  text_table table("  ");
  std::vector<std::string> head{"", shortened(name_and_unit(group.headline.name, group.headline.unit), 22),
                                "lowest … highest"};
  if (!group.latency.empty()) head.insert(head.end(), {"p50", "p99"});
  if (!group.cpu.name.empty()) head.push_back("CPU" + (group.cpu.unit.empty() ? "" : ", " + group.cpu.unit));
  table.add(head);
  for (const auto& row : group.rows) {
    const int decimals = decimals_of(row.headline);
    std::vector<std::string> cells{shortened(row.target, 28), marked_headline(row),
                                   grouped(row.headline.lowest, decimals) + " … " +
                                       grouped(row.headline.highest, decimals)};
    if (!group.latency.empty()) cells.insert(cells.end(), {duration(row.p50_ns.median), duration(row.p99_ns.median)});
    if (!group.cpu.name.empty()) cells.push_back(number_of(row.cpu));
    table.add(cells);
  }
  return whole + "\n" + table.text(colours);
}

std::string cell(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    if (c == '|' || c == '<' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe;
}

std::string group_markdown(const peer_group& group) {
  std::string text =
      "**" + cell(group.question) + "** `" + cell(group.scenario) + "`: " + cell(in_words(group.parameters)) + "\n\n";
  std::string head = "| | " + cell(name_and_unit(group.headline.name, group.headline.unit)) + " |", rule = "|---|--:|";
  if (!group.latency.empty()) {
    head += " " + cell(group.latency) + ", p50 | p99 |";
    rule += "--:|--:|";
  }
  if (!group.cpu.name.empty()) {
    head += " " + cell(group.cpu.name) + " |";
    rule += "--:|";
  }
  text += head + "\n" + rule + "\n";
  for (const auto& row : group.rows) {
    text += "| " + cell(row.target) + " | " + marked_headline(row) + " |";
    if (!group.latency.empty()) text += " " + duration(row.p50_ns.median) + " | " + duration(row.p99_ns.median) + " |";
    if (!group.cpu.name.empty()) text += " " + with_unit(number_of(row.cpu), group.cpu.unit) + " |";
    text += "\n";
  }
  return text + "\n";
}

} // namespace

const char* const what_marks_mean = "¹ limited by the generator: the target can do more   ² has failed runs";

std::string marked_headline(const peer_row& row) {
  return number_of(row.headline) + (row.limited ? " ¹" : "") + (row.failed ? " ²" : "");
}

std::vector<std::string> targets_of(const std::vector<result>& all) {
  std::vector<std::string> targets;
  for (const auto& r : all)
    if (std::ranges::find(targets, r.target) == targets.end()) targets.push_back(r.target);
  return targets;
}

std::vector<peer_group> group_peers(const std::vector<result>& all) {
  std::vector<peer_group> groups;
  std::vector<std::vector<const result*>> members;
  for (const auto& r : all) {
    const auto found = std::ranges::find_if(
        groups, [&](const auto& g) { return g.scenario == r.scenario && g.parameters == r.parameters; });
    const auto index = static_cast<std::size_t>(found - groups.begin());
    if (index == groups.size()) {
      groups.push_back({r.scenario, r.question, r.parameters, {}, {}, {}, {}});
      members.emplace_back();
    }
    std::erase_if(members[index], [&](const result* other) { return other->target == r.target; });
    members[index].push_back(&r);
    learn_names(groups[index], r);
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (const auto* r : members[i]) groups[i].rows.push_back(row_of(*r, groups[i]));
    std::ranges::stable_sort(groups[i].rows, [&](const peer_row& a, const peer_row& b) {
      return is_better(a, b, groups[i].headline.direction);
    });
  }
  return groups;
}

std::vector<name_and_text> what_acks_mean(const std::vector<result>& all) {
  std::vector<name_and_text> meanings;
  for (const auto& r : all) {
    const auto* text = find(r.environment, "ack means");
    if (text && !find(meanings, r.target)) meanings.emplace_back(r.target, *text);
  }
  return meanings;
}

std::string peers_table(const std::vector<result>& all, bool colours) {
  std::string whole;
  for (const auto& group : group_peers(all)) whole += group_text(group, colours);
  whole += "\n" + coloured(std::string("  ") + what_marks_mean, colour::dim, colours) + "\n";
  if (const auto meanings = what_acks_mean(all); !meanings.empty()) {
    whole += "\n  What an acknowledgement means\n";
    for (const auto& [target, text] : meanings) {
      const auto lines = wrapped(text, line_width_max - 34);
      for (std::size_t i = 0; i < lines.size(); ++i)
        whole += "  " + left_in(i ? "" : target, 30) + "  " + lines[i] + "\n";
    }
  }
  return whole;
}

std::string peers_markdown(const std::vector<result>& all) {
  std::string text;
  for (const auto& group : group_peers(all)) text += group_markdown(group);
  text += std::string("Medians over the runs. ") + what_marks_mean + "\n";
  const auto meanings = what_acks_mean(all);
  if (meanings.empty()) return text;
  text += "\n| | an ack means |\n|---|---|\n";
  for (const auto& [target, meaning] : meanings) text += "| " + cell(target) + " | " + cell(meaning) + " |\n";
  return text;
}

} // namespace palabre::bench

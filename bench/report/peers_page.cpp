#include "bench/report/peers_page.hpp"

#include "bench/report/html.hpp"
#include "bench/report/numbers.hpp"
#include "bench/report/peers.hpp"
#include "bench/report/wording.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace palabre::bench {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::string rectangle(double width, std::string_view kind) {
  return "<rect y=\"2\" height=\"18\" width=\"" + number(width) + "\" class=\"" + std::string(kind) + "\"/>";
}

std::string whisker(double from, double to) {
  return "<path class=\"whisker\" d=\"M" + number(from) + " 11H" + number(to) + "\"/>";
}

/// One bar of `share` of the width, and a line from the lowest to the highest run.
std::string bar(const spread& s, double most, bool stands_out) {
  const auto at = [&](double value) {
    return std::isfinite(value) && most > 0 ? 100 * std::max(0.0, value) / most : 0;
  };
  std::string inner = rectangle(at(s.median), stands_out ? "bar" : "bar other");
  if (s.runs > 1) inner += whisker(at(s.lowest), at(s.highest));
  return tag("svg", "viewBox=\"0 0 100 22\" preserveAspectRatio=\"none\" aria-hidden=\"true\"", inner);
}

using value_of = std::function<spread(const peer_row&)>;
using text_of = std::function<std::string(const peer_row&)>;

std::string bars(const peer_group& group, const std::string& title, const std::string& subject, const value_of& value,
                 const text_of& text) {
  double most = 0;
  for (const auto& row : group.rows)
    if (const auto s = value(row); s.runs) most = std::max(most, s.highest);
  std::string rows;
  for (const auto& row : group.rows) {
    const auto s = value(row);
    rows += text_tag("div", "class=\"label\"", row.target) + bar(s, most, row.target == subject);
    rows += text_tag("div", "class=\"number\"", text(row));
  }
  return tag("div", "class=\"card\"", text_tag("h3", "", title) + tag("div", "class=\"bars\"", rows));
}

const char* good_direction(better direction) {
  switch (direction) {
  case better::higher: return " (more is better)";
  case better::lower: return " (less is better)";
  case better::neither: break;
  }
  return "";
}

std::string section(const peer_group& group, const std::string& subject, const std::string& id) {
  std::string whole = text_tag("div", "class=\"scenario\"", group.scenario) + text_tag("h2", "", group.question);
  whole += text_tag("p", "class=\"target\"", in_words(group.parameters));
  whole += bars(
      group, name_and_unit(group.headline.name, group.headline.unit) + good_direction(group.headline.direction),
      subject, [](const peer_row& row) { return row.headline; },
      [](const peer_row& row) { return marked_headline(row); });
  std::string small;
  const auto latency = [&](const char* label, spread peer_row::*member) {
    small += bars(
        group, group.latency + ", " + label + " (less is better)", subject,
        [=](const peer_row& row) { return row.*member; },
        [=](const peer_row& row) { return duration((row.*member).median); });
  };
  if (!group.latency.empty()) {
    latency("p50", &peer_row::p50_ns);
    latency("p99", &peer_row::p99_ns);
  }
  if (!group.cpu.name.empty())
    small += bars(
        group, name_and_unit(group.cpu.name, group.cpu.unit) + " (less is better)", subject,
        [](const peer_row& row) { return row.cpu; }, [](const peer_row& row) { return number_of(row.cpu); });
  if (!small.empty()) whole += tag("div", "class=\"grid-3\"", small);
  return tag("section", "class=\"result\" id=\"" + id + "\"", whole);
}

std::string head_of(const std::vector<peer_group>& groups) {
  std::string above = text_tag("th", "scope=\"col\" rowspan=\"2\"", "target, and what its ack means"), below;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    above += tag("th", "scope=\"colgroup\" colspan=\"4\" class=\"group\"",
                 text_tag("a", "href=\"#g" + std::to_string(i + 1) + "\"", groups[i].scenario));
    below += text_tag("th", "scope=\"col\" class=\"first\"",
                      name_and_unit(groups[i].headline.name, groups[i].headline.unit)) +
             text_tag("th", "scope=\"col\"", "p50") + text_tag("th", "scope=\"col\"", "p99") +
             text_tag("th", "scope=\"col\"", groups[i].cpu.unit.empty() ? "CPU" : "CPU, " + groups[i].cpu.unit);
  }
  return tag("thead", "", tag("tr", "", above) + tag("tr", "", below));
}

std::string cells_of(const peer_group& group, const std::string& target) {
  const auto row = std::ranges::find(group.rows, target, &peer_row::target);
  if (row == group.rows.end()) return "<td class=\"first\">–</td><td>–</td><td>–</td><td>–</td>";
  return text_tag("td", "class=\"first\"", marked_headline(*row)) + text_tag("td", "", duration(row->p50_ns.median)) +
         text_tag("td", "", duration(row->p99_ns.median)) + text_tag("td", "", number_of(row->cpu));
}

std::string summary(const std::vector<peer_group>& groups, const std::vector<result>& all) {
  const auto meanings = what_acks_mean(all);
  std::string rows;
  for (const auto& target : targets_of(all)) {
    const auto* meaning = find(meanings, target);
    const auto promise = meaning ? text_tag("span", "class=\"spread\"", *meaning) : "";
    std::string row = tag("th", "scope=\"row\"", escaped(target) + promise);
    for (const auto& group : groups) row += cells_of(group, target);
    rows += tag("tr", "", row);
  }
  const auto table = tag("table", "class=\"peers\"", head_of(groups) + tag("tbody", "", rows));
  return tag("div", "class=\"card\"",
             tag("div", "class=\"scroll\"", table) +
                 text_tag("p", "class=\"note\"", std::string("Medians over the runs. ") + what_marks_mean));
}

std::string machine(const std::vector<result>& all) {
  const auto lines = machine_in_words(all.front().environment);
  return lines.empty() ? "" : text_tag("p", "class=\"target\"", lines.front());
}

} // namespace

std::string peers_page(const std::vector<result>& all) {
  std::string body = text_tag("h1", "", "Compared with others");
  if (all.empty()) return document("palabre bench", tag("main", "", body));
  const auto groups = group_peers(all);
  body += machine(all) + summary(groups, all);
  for (std::size_t i = 0; i < groups.size(); ++i)
    body += section(groups[i], all.front().target, "g" + std::to_string(i + 1));
  body += text_tag("footer", "",
                   "Made by palabre bench: the same generator asked every target the same, one after the other on the "
                   "same machine. A bar is the median over the runs, the line on it reaches from the lowest to the "
                   "highest.");
  return document("palabre bench: compared with others", tag("main", "", body));
}

} // namespace palabre::bench

// The dashboard and the alarms ask for nothing that the server does not count, and docs/operations.md says of each
// alarm what to do.
#include "exposition.hpp"
#include "person.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <fstream>
#include <regex>
#include <set>

namespace palabre::testing {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(std::string(PALABRE_SOURCE_DIR) + path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

struct alarm {
  std::string name, expression;
};

/// Of a file that is written as ours is: each `alert:` with its `expr:` in the next line.
std::vector<alarm> alarms() {
  static const std::regex shape(R"(- alert: (\w+)\n +expr: ([^\n]+)\n)");
  const std::string text = read_file("/deploy/prometheus/alerts.yml");
  std::vector<alarm> all;
  for (std::sregex_iterator each(text.begin(), text.end(), shape), end; each != end; ++each)
    all.push_back({(*each)[1], (*each)[2]});
  static const std::regex any("alert:");
  EXPECT_EQ(std::distance(std::sregex_iterator(text.begin(), text.end(), any), std::sregex_iterator()),
            static_cast<std::ptrdiff_t>(all.size()))
      << "one is written in another way";
  return all;
}

/// Every "expr" of the dashboard.
void collect_expressions(const boost::json::value& in, std::vector<std::string>& all) {
  if (const auto* object = in.if_object()) {
    for (const auto& member : *object) {
      if (member.key() == "expr") all.emplace_back(member.value().as_string());
      collect_expressions(member.value(), all);
    }
  } else if (const auto* array = in.if_array()) {
    for (const auto& each : *array) collect_expressions(each, all);
  }
}

/// What a server shows of which everything has happened that a dashboard looks for.
exposition scrape() {
  running_server server;
  person ada(server, "ada");
  ada.say(ada.make_room("Salon"), "hello");
  http_client client(server.port());
  return exposition(client.request("GET", "/metrics").body);
}

/// What is wrong with a PromQL expression as far as names of metrics and labels go; empty: nothing. Ours begin with
/// palabre_ or process_, and nothing else in PromQL does.
std::string complaint_about(const std::string& expression, const exposition& shown) {
  static const std::regex metric(R"((?:palabre|process)_\w+)"), label(R"re((\w+)=~?")re"),
      grouping(R"((?:by|without) \(([^)]*)\))"), word(R"(\w+)"), value(R"re((\w+)="([^"$]+)")re");
  const std::set<std::string> of_scraping{"job", "instance"};
  const auto begin = std::sregex_iterator(expression.begin(), expression.end(), metric), end = std::sregex_iterator();
  if (begin == end) return expression == R"(up{job="palabre"} == 0)" ? "" : "no metric of ours";
  std::set<std::string> known = of_scraping;
  std::vector<std::string> names;
  for (auto each = begin; each != end; ++each) {
    names.push_back(each->str());
    if (!shown.has(names.back())) return "there is no " + names.back();
    for (const auto& sample : shown.samples())
      if (sample.name == names.back())
        for (const auto& [name, text] : sample.of) known.insert(name);
  }
  for (std::sregex_iterator each(expression.begin(), expression.end(), label); each != end; ++each)
    if (!known.contains((*each)[1])) return "there is no label " + (*each)[1].str();
  for (std::sregex_iterator each(expression.begin(), expression.end(), grouping); each != end; ++each) {
    const std::string list = (*each)[1];
    for (std::sregex_iterator name(list.begin(), list.end(), word); name != end; ++name)
      if (!known.contains(name->str())) return "there is no label " + name->str();
  }
  for (std::sregex_iterator each(expression.begin(), expression.end(), value); each != end; ++each) {
    if (of_scraping.contains((*each)[1])) continue;
    const auto has_it = [&](const std::string& name) { return shown.count(name, {{(*each)[1], (*each)[2]}}) > 0; };
    if (std::ranges::none_of(names, has_it)) return "nothing has " + each->str();
  }
  return "";
}

TEST(MetricsDocuments, AreHeldAgainstWhatIsShown) {
  const exposition shown = scrape();
  EXPECT_EQ(complaint_about(R"(rate(palabre_commands_total{outcome="accepted"}[5m]) > 1)", shown), "");
  EXPECT_EQ(complaint_about("palabre_no_such_thing > 1", shown), "there is no palabre_no_such_thing");
  EXPECT_EQ(complaint_about("sum by (colour) (palabre_commands_total)", shown), "there is no label colour");
  EXPECT_EQ(complaint_about(R"(palabre_commands_total{colour="red"})", shown), "there is no label colour");
  EXPECT_EQ(complaint_about(R"(palabre_commands_total{outcome="lost"})", shown), R"(nothing has outcome="lost")");
  EXPECT_EQ(complaint_about("vector(1)", shown), "no metric of ours");
}

TEST(MetricsDocuments, DashboardAsksForWhatThereIs) {
  const exposition shown = scrape();
  std::vector<std::string> expressions;
  collect_expressions(boost::json::parse(read_file("/deploy/grafana/palabre.json")), expressions);
  EXPECT_GT(expressions.size(), 40u);
  for (const auto& each : expressions) EXPECT_EQ(complaint_about(each, shown), "") << each;

  std::set<std::string> unseen;
  for (const auto& sample : shown.samples())
    if (std::ranges::none_of(expressions, [&](const auto& e) { return e.find(sample.name) != e.npos; }))
      unseen.insert(sample.name);
  for (const auto& name : unseen)
    EXPECT_TRUE(name.ends_with("_count") || name.ends_with("_sum")) << name << " stands in no panel";
}

TEST(MetricsDocuments, AlarmsAskForWhatThereIsAndAreExplained) {
  const exposition shown = scrape();
  const std::string manual = read_file("/docs/operations.md");
  const auto all = alarms();
  EXPECT_GT(all.size(), 8u);
  for (const alarm& each : all) {
    EXPECT_EQ(complaint_about(each.expression, shown), "") << each.name;
    EXPECT_NE(manual.find("| `" + each.name + "` |"), manual.npos) << each.name << " is not in docs/operations.md";
  }
  static const std::regex named(R"((?:palabre|process)_[a-z_]+\b)");
  for (std::sregex_iterator at(manual.begin(), manual.end(), named), end; at != end; ++at)
    EXPECT_TRUE(shown.has(at->str())) << at->str() << " in docs/operations.md";
}

} // namespace
} // namespace palabre::testing

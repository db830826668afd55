#include "bench/report/table.hpp"

#include "bench/report/columns.hpp"
#include "bench/report/peers.hpp"
#include "made_result.hpp"

#include <gmock/gmock.h>

#include <sstream>

namespace palabre::bench {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;

std::vector<std::size_t> widths_of(const std::string& text) {
  std::vector<std::size_t> widths;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) widths.push_back(width_of(line));
  return widths;
}

std::string line_with(const std::string& text, const std::string& part) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.find(part) != std::string::npos) return line;
  return {};
}

TEST(Table, ShowsMediansAndExtremesOfTheRuns) {
  auto r = made_result({.runs = 3});
  r.runs[0].figures[0].value = 20'000;
  r.runs[1].figures[0].value = 30'000;
  r.runs[2].figures[0].value = 25'431;
  EXPECT_EQ(line_with(to_table(r, false), "acked "), "  acked                 25,431   20,000   30,000  /s");
}

TEST(Table, LeavesOutExtremesOfASingleRun) {
  const auto text = to_table(made_result({.noise = 0, .runs = 1}), false);
  EXPECT_EQ(line_with(text, "acked "), "  acked                 25,000  /s");
  EXPECT_THAT(text, Not(HasSubstr("lowest")));
}

TEST(Table, ShowsNoPercentileThatNothingLiesAbove) {
  const auto text = to_table(made_result({.runs = 1, .operations = 150}), false);
  EXPECT_THAT(line_with(text, "intended start to ack"), HasSubstr("  –       –  "));
}

TEST(Table, LeavesRunsThatFailedOutOfTheFiguresAndSaysSo) {
  auto r = made_result({.noise = 0, .runs = 3});
  r.runs[1].figures[0].value = 1;
  r.runs[1].failures = {"the server went away"};
  const auto text = to_table(r, false);
  EXPECT_EQ(line_with(text, "acked "), "  acked                 25,000   25,000   25,000  /s");
  EXPECT_THAT(text, HasSubstr("3 × 20 s, 2 of them count"));
  EXPECT_THAT(text, HasSubstr("FAILED      run 2: the server went away"));
}

TEST(Table, SaysWhatWasLostAndWhatTheGeneratorDid) {
  auto r = made_result({.runs = 2});
  r.runs[0].deliveries = integrity{1'000, 990, 10, 0, 3};
  r.runs[1].deliveries = integrity{1'000, 1'001, 0, 1, 0};
  r.runs[1].generator = {0.98, 7, true};
  r.runs[1].stolen_cores = 0.25;
  r.runs[0].refused = 5;
  const auto text = to_table(r, false);
  EXPECT_THAT(text, HasSubstr("2,000 expected, 1,991 delivered: 10 lost, 1 duplicated, 3 reordered"));
  EXPECT_THAT(text, HasSubstr("CPU 98 % of a core, lag p99 7.00 ms"));
  EXPECT_THAT(text, HasSubstr("LIMITED BY THE GENERATOR: run 2."));
  EXPECT_THAT(text, HasSubstr("host        took 0.25 cores from this machine (highest of all runs)"));
  EXPECT_THAT(text, HasSubstr("5 answers were errors"));
}

TEST(Table, DoesNotSpeakOfAHostThatTookNextToNothing) {
  auto r = made_result({.runs = 2});
  EXPECT_EQ(line_with(to_table(r, false), "host "), ""); // not known
  r.runs[0].stolen_cores = 0.004;
  EXPECT_EQ(line_with(to_table(r, false), "host "), "");
  r.runs[0].stolen_cores = 0.01;
  EXPECT_THAT(line_with(to_table(r, false), "host "), HasSubstr("0.01 cores"));
}

TEST(Table, FitsIntoAHundredColumnsWhateverTheNames) {
  auto r = made_result({});
  const std::string name = "a name that somebody must have thought about for longer than was good for it";
  r.target = r.question = r.scenario + name + name + name;
  r.environment.emplace_back(name, name);
  r.parameters.emplace_back(name, name + name);
  for (auto& each : r.runs) {
    each.figures[1].name = name;
    each.latencies[0].name = name;
    each.failures.push_back(name + name);
  }
  EXPECT_THAT(widths_of(to_table(r, false)), Each(Le(line_width_max)));
  EXPECT_THAT(widths_of(peers_table({r, made_result({})}, false)), Each(Le(line_width_max)));
}

TEST(Table, SendsNoControlCharactersToATerminal) {
  auto r = made_result({});
  r.target = "bell \a, red \x1b[31m, C1 \xc2\x9b";
  r.environment.emplace_back("name\r", "text\x1b[2J");
  for (const auto& text : {to_table(r, false), peers_table({r}, false), peers_markdown({r})}) {
    EXPECT_EQ(text.find_first_of("\a\x1b\r"), std::string::npos);
    EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
  }
  EXPECT_THAT(to_table(r, true), HasSubstr("\x1b[1m"));
}

TEST(Table, StandsAResultWithoutRuns) {
  EXPECT_THAT(to_table({}, false), HasSubstr("there was no run"));
}

TEST(Columns, AreMeasuredInCodePoints) {
  EXPECT_EQ(width_of("µs …"), 4u);
  EXPECT_EQ(right_in("µs", 4), "  µs");
  EXPECT_EQ(shortened("ümläut", 4), "üml…");
  EXPECT_EQ(shortened("four", 4), "four");
  EXPECT_THAT(wrapped("one two  three", 7), testing::ElementsAre("one two", "three"));
}

TEST(Peers, AreGroupedByQuestionAndSortedByTheHeadline) {
  auto slow = made_result({.target = "slow", .per_second = 1'000});
  auto fast = made_result({.target = "fast", .per_second = 90'000});
  auto other = made_result({.target = "slow"});
  other.parameters[0].second = "1";
  const auto groups = group_peers({slow, fast, other});
  ASSERT_EQ(groups.size(), 2u);
  ASSERT_EQ(groups[0].rows.size(), 2u);
  EXPECT_EQ(groups[0].rows[0].target, "fast");
  EXPECT_EQ(groups[0].cpu.name, "server CPU per post");
  EXPECT_EQ(groups[1].rows.size(), 1u);
}

TEST(Peers, CountTheLaterOfTwoResultsOfATarget) {
  const auto groups =
      group_peers({made_result({.per_second = 10, .noise = 0}), made_result({.per_second = 20, .noise = 0})});
  ASSERT_EQ(groups[0].rows.size(), 1u);
  EXPECT_EQ(groups[0].rows[0].headline.median, 20);
}

TEST(Peers, PutWhatFailedLastAndMarkIt) {
  auto broken = made_result({.target = "broken", .per_second = 90'000});
  broken.runs[0].failures = {"x"};
  const auto groups = group_peers({broken, made_result({.target = "sound"})});
  EXPECT_EQ(groups[0].rows[1].target, "broken");
  EXPECT_THAT(marked_headline(groups[0].rows[1]), HasSubstr("²"));
}

TEST(Peers, AreMarkdownTablesWithWhatAnAckMeans) {
  auto odd = made_result({.target = "a|b <i>", .noise = 0});
  const auto text = peers_markdown({made_result({.noise = 0}), odd});
  EXPECT_THAT(text, HasSubstr("| palabre 0.1.0 (0448e68) | 25,000 | "));
  EXPECT_THAT(text, HasSubstr("| palabre 0.1.0 (0448e68) | on the disk: an fdatasync returned |"));
  EXPECT_THAT(text, HasSubstr("| a\\|b \\<i> | "));
}

} // namespace
} // namespace palabre::bench

// `palabre diff` against what happened.

#include "conversation.hpp"
#include "lines_of.hpp"
#include "monday.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <iostream>

namespace palabre::testing {
namespace {

class Diff : public ::testing::Test {
protected:
  Diff() {
    std::cout << "seed " << seed_ << std::endl;
    for (int step = 0; step < 120; ++step) talk_.go_on();
  }
  finished_program diff(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"diff", "--data", server_.data(), "--room", talk_.room()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_palabre(std::move(arguments));
  }
  std::vector<std::string> changes(std::vector<std::string> more) const {
    more.push_back("--json");
    const auto ran = diff(more);
    EXPECT_EQ(ran.status, 0) << ran.complained;
    return lines_of(ran.printed);
  }

  const std::uint64_t seed_ = std::random_device{}();
  const ::testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
  std::mt19937_64 random_{seed_};
  running_server server_;
  conversation talk_{server_, seed_};
};

TEST_F(Diff, EachChangeBeginsWhereTheOneBeforeItEndedAndTheLastIsWhatTheApiShows) {
  simdjson::dom::parser parser;
  std::map<std::string, std::string> values; // of a message, or a setting, as JSON
  std::uint64_t seq = 0;
  for (const std::string& line : changes({})) {
    simdjson::dom::element change;
    ASSERT_EQ(parser.parse(line).get(change), simdjson::SUCCESS) << line;
    EXPECT_EQ(std::uint64_t(change["seq"]), ++seq);
    std::string_view message;
    if (change.at_pointer("/message/id").get(message) != simdjson::SUCCESS) message = {};
    for (const simdjson::dom::element field : change["changes"].get_array()) {
      const std::string name{std::string_view(field["field"])};
      if (name != "body" && name != "name" && name != "description" && name != "pinned") continue;
      const char* const at_first = name == "pinned" ? "false" : "null";
      std::string& now = values.try_emplace(std::string(message) + name, at_first).first->second;
      EXPECT_EQ(simdjson::minify(field["before"].value()), now) << line;
      now = simdjson::minify(field["after"].value());
    }
  }
  EXPECT_EQ(seq, talk_.seen().rbegin()->first);
  const room_as_seen& last = talk_.seen().rbegin()->second;
  simdjson::dom::element shown;
  ASSERT_EQ(parser.parse(last.messages).get(shown), simdjson::SUCCESS);
  std::size_t messages = 0;
  for (const simdjson::dom::element message : shown.get_array()) {
    ++messages;
    EXPECT_EQ(simdjson::minify(message["body"].value()), values[std::string(std::string_view(message["id"])) + "body"]);
  }
  EXPECT_GT(messages, 5u);
  std::size_t pins = 0, pinned = 0;
  for (const auto& [what, value] : values) pinned += what.ends_with("pinned") && value == "true";
  ASSERT_EQ(parser.parse(last.pins).get(shown), simdjson::SUCCESS);
  for (const simdjson::dom::element pin : shown.get_array()) {
    ++pins;
    EXPECT_EQ(values[std::string(std::string_view(pin["message"]["id"])) + "pinned"], "true");
  }
  EXPECT_EQ(pinned, pins) << "those that were deleted are told to be none any more";
  ASSERT_EQ(parser.parse(last.room).get(shown), simdjson::SUCCESS);
  EXPECT_EQ(simdjson::minify(shown["name"].value()), values["name"]);
}

TEST_F(Diff, OfARangeIsThatPartOfTheWhole) {
  const auto all = changes({});
  for (int tries = 0; tries < 6; ++tries) {
    std::size_t from = random_() % all.size(), to = random_() % (all.size() + 1);
    if (to < from) std::swap(from, to);
    EXPECT_EQ(changes({"--from", std::to_string(from), "--to", std::to_string(to)}),
              std::vector<std::string>(all.begin() + static_cast<std::ptrdiff_t>(from),
                                       all.begin() + static_cast<std::ptrdiff_t>(to)))
        << from << " to " << to;
  }
}

TEST_F(Diff, OfAMessageHasAllThatWasDoneToItAndNothingElse) {
  const auto all = changes({});
  simdjson::dom::parser parser;
  std::set<std::string> ids;
  for (const std::string& line : all) {
    std::string_view id;
    if (parser.parse(line).at_pointer("/message/id").get(id) == simdjson::SUCCESS) ids.insert(std::string(id));
  }
  ASSERT_FALSE(ids.empty());
  int tries = 0;
  for (const std::string& id : ids) {
    if (++tries > 5) break;
    std::vector<std::string> expected;
    for (const std::string& line : all)
      if (line.find(R"("message":{"id":")" + id) != std::string::npos) expected.push_back(line);
    EXPECT_EQ(changes({"--message", id}), expected) << id;
  }
}

TEST_F(Diff, RefusesWhatItCannotCompare) {
  struct {
    std::vector<std::string> arguments;
    int status;
    std::string says;
  } const table[] = {
      {{"--room", "0190b1f0-7c3a-7000-8000-000000000000"}, 1, "there is no room"},
      {{"--room", "salon"}, 2, "not an id"},
      {{"--room", talk_.room(), "--from", "monday"}, 2, "--from monday: write a seq, or a time"},
      {{"--room", talk_.room(), "--to", "-1"}, 2, "--to -1: write a seq, or a time"},
      {{"--room", talk_.room(), "--message", "hello"}, 2, "--message hello: not an id"},
      {{}, 2, "--room"},
  };
  for (const auto& row : table) {
    std::vector<std::string> arguments{"diff", "--data", server_.data()};
    arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
    const auto ran = run_palabre(arguments);
    EXPECT_EQ(ran.status, row.status) << row.says << ": " << ran.complained;
    EXPECT_EQ(ran.printed, "");
    EXPECT_NE(ran.complained.find(row.says), std::string::npos) << ran.complained;
  }
}

TEST(DiffOfAMonday, NamesPeopleAsTheyWereCalledThen) {
  const monday morning;
  const std::string room = "019b8d0f-0000-7000-8000-000000000100";
  const auto printed =
      run_palabre({"diff", "--data", morning.data(), "--room", room, "--from", "2026-01-05T09:35:00Z"}).printed;
  EXPECT_NE(printed.find("message.posted  by Bob ("), std::string::npos) << printed;
  EXPECT_NE(printed.find("message.posted  by Robert ("), std::string::npos) << printed;
  EXPECT_EQ(printed.find("09:30:00"), printed.rfind("09:30:00")) << printed;
}

} // namespace
} // namespace palabre::testing

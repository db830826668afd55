// `palabre replay` against what the API answered when it was so.

#include "conversation.hpp"
#include "event_lines.hpp"
#include "monday.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

namespace palabre::testing {
namespace {

class Replay : public ::testing::Test {
protected:
  Replay() { std::cout << "seed " << seed_ << std::endl; }

  finished_program replay(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"replay", "--data", server_.data(), "--room", talk_.room()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_palabre(std::move(arguments));
  }

  void expect_replayed(const room_as_seen& then, const std::vector<std::string>& more) const {
    SCOPED_TRACE(more.empty() ? "at the end" : more[1]);
    const auto ran = replay(more);
    ASSERT_EQ(ran.status, 0) << ran.complained;
    EXPECT_EQ(ran.complained, "");
    http_answer was;
    was.body = ran.printed;
    EXPECT_EQ(was.json("/room"), then.room);
    EXPECT_EQ(was.json("/members"), then.members);
    EXPECT_EQ(was.json("/messages"), then.messages);
    EXPECT_EQ(was.json("/pins"), then.pins);
  }
  void expect_replayed_at(std::uint64_t seq) const {
    expect_replayed(talk_.seen().at(seq), {"--at", std::to_string(seq)});
  }
  /// Any seq at which the room was looked at.
  std::uint64_t any_seq() {
    auto any = talk_.seen().begin();
    std::advance(any, random_() % talk_.seen().size());
    return any->first;
  }

  const std::uint64_t seed_ = std::random_device{}();
  const ::testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
  std::mt19937_64 random_{seed_};
  running_server server_;
  conversation talk_{server_, seed_};
};

TEST_F(Replay, ShowsTheRoomAsTheApiShowedItThen) {
  for (int step = 0; step < 150; ++step) talk_.go_on();
  const std::uint64_t first = talk_.seen().begin()->first, last = talk_.seen().rbegin()->first;
  EXPECT_GT(last, 100u);
  for (const std::uint64_t seq : {first, any_seq(), any_seq(), any_seq(), any_seq(), last}) expect_replayed_at(seq);
  expect_replayed(talk_.seen().at(last), {});
  EXPECT_EQ(server_.stop(), 0);
  for (const std::uint64_t seq : {first, any_seq(), any_seq(), any_seq(), any_seq(), last}) expect_replayed_at(seq);
  expect_replayed(talk_.seen().at(last), {});
}

TEST_F(Replay, OfATimeShowsTheLastEventAtOrBeforeIt) {
  for (int step = 0; step < 40; ++step) talk_.go_on();
  const auto events = read_events(server_.data(), {"--room", talk_.room()});
  for (int tries = 0; tries < 4; ++tries) {
    const auto& any = events[random_() % events.size()];
    const auto later = std::upper_bound(events.begin(), events.end(), any.at,
                                        [](const std::string& at, const event_line& event) { return at < event.at; });
    const auto seen = talk_.seen().find((later - 1)->seq);
    if (seen != talk_.seen().end()) expect_replayed(seen->second, {"--at", any.at});
  }
  const auto before = replay({"--at", "1999-12-31T23:59:59Z"});
  EXPECT_EQ(before.status, 1);
  EXPECT_NE(before.complained.find("did not exist"), std::string::npos) << before.complained;
}

TEST_F(Replay, ShowsWordsThatWereDeletedSinceAndNoSecrets) {
  const auto message = talk_.owner().say(talk_.room(), "a canary that is deleted");
  const auto seq = std::to_string(message.number("/seq"));
  EXPECT_EQ(talk_.owner().del(message_path(talk_.room(), message)).status, 204);
  const auto then = replay({"--at", seq}), now = replay();
  EXPECT_NE(then.printed.find("a canary that is deleted"), std::string::npos);
  EXPECT_EQ(now.printed.find("a canary that is deleted"), std::string::npos);
  const std::string code = talk_.owner().get("/api/v1/rooms/" + talk_.room()).text("/share_code");
  EXPECT_EQ(then.printed.find(code), std::string::npos);
}

TEST_F(Replay, ShowsPeopleAsTheyAreNow) {
  talk_.owner().say(talk_.room(), "by whatever name");
  EXPECT_EQ(talk_.owner().patch("/api/v1/me", R"({"display_name":"Augusta"})").status, 200);
  talk_.look();
  const auto seq = talk_.seen().rbegin()->first;
  EXPECT_NE(talk_.seen().at(seq).messages.find("Augusta"), std::string::npos);
  expect_replayed_at(seq);
}

TEST_F(Replay, BeyondTheEndShowsTheEnd) {
  expect_replayed(talk_.seen().rbegin()->second, {"--at", "1000000"});
}

/// Of a Monday that is long over.
TEST(ReplayOfAnEarlierDay, CountsTheMessagesOfThatDay) {
  const monday morning;
  const auto messages_today = [&](const std::vector<std::string>& at) {
    std::vector<std::string> arguments{"replay", "--data", morning.data(), "--room",
                                       "019b8d0f-0000-7000-8000-000000000100"};
    arguments.insert(arguments.end(), at.begin(), at.end());
    const auto ran = run_palabre(arguments);
    EXPECT_EQ(ran.status, 0) << ran.complained;
    http_answer printed;
    printed.body = ran.printed;
    return printed.number("/room/messages_today");
  };
  EXPECT_EQ(messages_today({"--at", "8"}), 2);
  EXPECT_EQ(messages_today({"--at", "2026-01-05T10:00:00Z"}), 2);
  EXPECT_EQ(messages_today({"--at", "2026-01-06T10:00:00Z"}), 0);
  EXPECT_EQ(messages_today({}), 0);
}

TEST_F(Replay, RefusesWhatItCannotShow) {
  struct {
    std::vector<std::string> arguments;
    int status;
    std::string says;
  } const table[] = {
      {{"--room", talk_.room(), "--at", "0"}, 1, "did not exist"},
      {{"--room", "0190b1f0-7c3a-7000-8000-000000000000"}, 1, "did not exist"},
      {{"--room", talk_.owner().id()}, 1, "did not exist"},
      {{"--room", "salon"}, 2, "not an id"},
      {{"--room", talk_.room(), "--at", "yesterday"}, 2, "write a seq, or a time"},
      {{"--room", talk_.room(), "--at", "-1"}, 2, "write a seq, or a time"},
      {{}, 2, "--room"},
  };
  for (const auto& row : table) {
    std::vector<std::string> arguments{"replay", "--data", server_.data()};
    arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
    const auto ran = run_palabre(arguments);
    EXPECT_EQ(ran.status, row.status) << row.says << ": " << ran.complained;
    EXPECT_EQ(ran.printed, "");
    EXPECT_NE(ran.complained.find(row.says), std::string::npos) << ran.complained;
  }
}

} // namespace
} // namespace palabre::testing

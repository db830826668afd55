// Listeners with a position, and the scenarios that open and cut connections, against a server of our own.

#include "bench/scenarios/recover.hpp"

#include "bench/load/marked_body.hpp"
#include "bench/load/palabre_dialect.hpp"
#include "bench/load/target.hpp"
#include "bench/scenarios/connect.hpp"
#include "bench/scenarios/idle.hpp"
#include "silence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace palabre::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Someone who remembers what happened.
struct witness final : participant {
  void ready() override { is_ready = true; }
  void accepted() override { ++acks; }
  void refused(std::string_view why) override { end = why; }
  void delivered(std::string_view body) override { numbers.push_back(read_mark(body)->number); }
  void dropped(std::string_view why) override { end = why; }

  bool is_ready = false;
  unsigned acks = 0;
  std::vector<std::uint32_t> numbers;
  std::string end;
};

class Position : public ::testing::Test {
protected:
  seat listens() const { return {room_.tokens.front(), room_.channels.front(), true, false, 0}; }
  seat posts() const { return {room_.tokens.front(), room_.channels.front(), false, true, 1}; }
  template <class Done>
  void wait_until(Done done) {
    ASSERT_TRUE(loop_.run_until(loop_.tick() + 10'000'000'000, done));
  }
  void open(session& line, const witness& who) {
    line.open();
    wait_until([&] { return who.is_ready || !who.end.empty(); });
  }
  /// Numbered from 1 over the whole test.
  void say(session& line, const witness& who, unsigned messages) {
    for (unsigned i = 0; i < messages; ++i) line.post(marked_body({0, ++said_, 0}, 64));
    wait_until([&] { return who.acks == said_; });
  }

  temporary_directory directory_;
  own_server server_{PALABRE_BINARY, directory_.path() + "/data", {}};
  loop loop_;
  std::unique_ptr<dialect> speech_ = make_dialect("palabre");
  place room_ = speech_->prepare(server_.at(), 1);
  unsigned said_ = 0;
};

TEST_F(Position, BringsBackWhatWasMissed) {
  witness speaker, before, after;
  const auto speaking = speech_->sit(loop_, server_.at(), posts(), speaker);
  open(*speaking, speaker);
  const auto first = sit_with_position(loop_, server_.at(), listens(), before);
  open(*first, before);
  const auto joined_at = first->position().offset;
  say(*speaking, speaker, 2);
  wait_until([&] { return before.numbers.size() == 2; });
  EXPECT_EQ(first->position().offset, joined_at + 2);
  first->cut();

  say(*speaking, speaker, 3);
  const auto second = sit_with_position(loop_, server_.at(), listens(), after, first->position());
  open(*second, after);
  EXPECT_THAT(after.numbers, ElementsAre(3, 4, 5)); // before it is ready
  EXPECT_EQ(second->position().offset, joined_at + 5);
  EXPECT_EQ(second->position().epoch, first->position().epoch);

  say(*speaking, speaker, 1);
  wait_until([&] { return after.numbers.size() == 4; });
  EXPECT_THAT(after.numbers, ElementsAre(3, 4, 5, 6));
}

TEST_F(Position, OfAnotherHistoryIsNotRecovered) {
  witness who;
  const auto line = sit_with_position(loop_, server_.at(), listens(), who, room_position{1, "elsewhere"});
  open(*line, who);
  EXPECT_FALSE(who.is_ready);
  EXPECT_THAT(who.end, HasSubstr(R"("was_recovering":true)"));
}

options own_run() {
  options how;
  how.binary = PALABRE_BINARY;
  how.duration_s = 0.4;
  how.warm_up_s = 0.1;
  how.runs = 1;
  return how;
}

TEST(Recover, EveryoneIsWholeAgain) {
  const result found = measure_recover(own_run(), {.connections = 100, .rooms = 5}, silence);
  const run& only = found.runs.at(0);
  EXPECT_THAT(only.failures, IsEmpty());
  EXPECT_TRUE(only.deliveries->whole());
  // 20 that were missed, 3 before, 3 after, 1 at the moment of the return, and those that come by chance.
  EXPECT_GE(only.deliveries->expected, 100u * 27);
  EXPECT_EQ(only.latencies.at(0).times_ns.count(), 100u);
}

TEST(Recover, ComesBackInPortions) {
  const result found = measure_recover(own_run(), {.connections = 50, .rooms = 2, .at_once = 5}, silence);
  EXPECT_THAT(found.runs.at(0).failures, IsEmpty());
  EXPECT_TRUE(found.runs.at(0).deliveries->whole());
}

TEST(Recover, RefusesProtocolsWithoutPositionsByName) {
  options how = own_run();
  how.protocol = "nchan";
  try {
    measure_recover(how, {}, silence);
    FAIL() << "it was not refused";
  } catch (const std::runtime_error& why) {
    EXPECT_THAT(why.what(), HasSubstr("nchan"));
  }
}

TEST(Connect, CountsThoseThatAreReady) {
  const result found = measure_connect(own_run(), {.connections = 8, .rooms = 2}, silence);
  const run& only = found.runs.at(0);
  EXPECT_THAT(only.failures, IsEmpty());
  EXPECT_EQ(only.figures.front().name, "connected");
  EXPECT_GT(only.latencies.at(0).times_ns.count(), 8u);
}

TEST(Connect, FailsWhereNobodyListens) {
  options how = own_run();
  how.url = "http://127.0.0.1:1";
  how.protocol = "nchan";
  const result found = measure_connect(how, {.connections = 1}, silence);
  EXPECT_THAT(found.runs.at(0).failures, ElementsAre(HasSubstr("cannot connect")));
}

TEST(Idle, EveryoneListens) {
  const result found = measure_idle(own_run(), {.connections = 50, .rooms = 3}, silence);
  const run& only = found.runs.at(0);
  EXPECT_THAT(only.failures, IsEmpty());
  EXPECT_EQ(only.deliveries->delivered, 50u);
}

} // namespace
} // namespace palabre::bench

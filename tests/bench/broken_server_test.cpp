// A benchmark that cannot tell a server that loses messages from one that does not is worth nothing: here a real server
// stands behind a proxy that loses, repeats and swaps, and each scenario has to say how often.

#include "bench/load/target.hpp"
#include "bench/scenarios/idle.hpp"
#include "bench/scenarios/mix.hpp"
#include "bench/scenarios/recover.hpp"
#include "bench/scenarios/traffic.hpp"
#include "breaking_proxy.hpp"
#include "silence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace palabre {
namespace {

using bench::integrity;
using bench::options;
using bench::result;
using kind = testing::fault::kind;
using place = testing::fault::place;

options behind(const testing::breaking_proxy& proxy) {
  options how;
  how.url = "http://127.0.0.1:" + std::to_string(proxy.port());
  how.warm_up_s = 0.1;
  how.patience_s = 0.5;
  how.runs = 1;
  return how;
}

// One sender in each room: whose messages are swapped, they are the same sender's.
result fanout(const options& how) {
  return measure_fanout(how, {.rooms = 2, .listeners = 10, .senders = 2, .body_bytes = 64}, bench::silence);
}
result post(const options& how) {
  return measure_post(how, {.rooms = 3, .listeners = 2, .senders = 3, .body_bytes = 64}, bench::silence);
}
constexpr std::uint64_t returning_clients = 20;
result recover(const options& how) {
  return measure_recover(
      how, {.connections = returning_clients, .rooms = 2, .missed = 5, .rate = 200, .body_bytes = 64}, bench::silence);
}
result idle(const options& how) {
  return measure_idle(how, {.connections = 20, .rooms = 2}, bench::silence);
}

/// Everybody in one room, so that swapped messages are of the same room.
result mix(const options& how) {
  return measure_mix(how, {.rooms = 1, .members = 100, .accounts = 2, .rooms_each = 1, .rate = 300}, bench::silence);
}

struct outcome {
  result found;
  std::uint64_t strikes;
  const integrity& account() const { return *found.runs.at(0).deliveries; }
};

outcome measure_for(double seconds, const std::function<result(const options&)>& scenario, const testing::fault& what) {
  const bench::temporary_directory directory;
  const bench::own_server server(PALABRE_BINARY, directory.path() + "/data", {});
  const testing::breaking_proxy proxy(server.at().port, what);
  options how = behind(proxy);
  how.duration_s = seconds;
  result found = scenario(how);
  return {std::move(found), proxy.strikes()};
}

/// On a machine that is busy a short run may end before the fault has had its turn: then a longer one.
outcome measure(const std::function<result(const options&)>& scenario, const testing::fault& what) {
  outcome seen = measure_for(0.4, scenario, what);
  for (const double seconds : {2.0, 10.0})
    if (what.what != kind::none && seen.strikes == 0) seen = measure_for(seconds, scenario, what);
  return seen;
}

void expect_whole(const outcome& seen) {
  EXPECT_FALSE(seen.found.failed());
  EXPECT_THAT(seen.found.runs.at(0).failures, ::testing::IsEmpty());
  EXPECT_TRUE(seen.account().whole());
  EXPECT_EQ(seen.account().delivered, seen.account().expected);
  EXPECT_GT(seen.account().delivered, 0u);
}

void expect_account(const outcome& seen, std::uint64_t lost, std::uint64_t duplicated, std::uint64_t reordered) {
  EXPECT_TRUE(seen.found.failed());
  EXPECT_GT(seen.strikes, 0u);
  EXPECT_EQ(seen.account().lost, lost);
  EXPECT_EQ(seen.account().duplicated, duplicated);
  EXPECT_EQ(seen.account().reordered, reordered);
}

void expect_lost(const outcome& seen) {
  expect_account(seen, seen.strikes, 0, 0);
}
void expect_duplicated(const outcome& seen) {
  expect_account(seen, 0, seen.strikes, 0);
}
void expect_reordered(const outcome& seen) {
  expect_account(seen, 0, 0, seen.strikes);
}

constexpr testing::fault no_fault{};
constexpr testing::fault drop_one{kind::drop, place::pushes, 500};
constexpr testing::fault repeat_one{kind::repeat, place::pushes, 500};
constexpr testing::fault swap_two{kind::swap, place::pushes, 500};

TEST(BrokenServer, FanoutIsWholeBehindAnHonestProxy) {
  expect_whole(measure(fanout, no_fault));
}
TEST(BrokenServer, FanoutTellsOneLostDelivery) {
  expect_lost(measure(fanout, drop_one));
}
TEST(BrokenServer, FanoutTellsEveryLostDelivery) {
  expect_lost(measure(fanout, {kind::drop, place::pushes, 100, 1'000}));
}
TEST(BrokenServer, FanoutTellsARepeatedDelivery) {
  expect_duplicated(measure(fanout, repeat_one));
}
TEST(BrokenServer, FanoutTellsSwappedDeliveries) {
  expect_reordered(measure(fanout, swap_two));
}

TEST(BrokenServer, FanoutTellsADeliveryToTheWrongRoom) {
  const auto seen = measure(fanout, {kind::stray, place::pushes, 500});
  expect_account(seen, 1, 0, 0);
  EXPECT_THAT(seen.found.runs.at(0).failures, ::testing::Contains(::testing::HasSubstr("1 deliveries came to a room")));
}

TEST(BrokenServer, PostIsWholeBehindAnHonestProxy) {
  expect_whole(measure(post, no_fault));
}
TEST(BrokenServer, PostTellsOneLostDelivery) {
  expect_lost(measure(post, drop_one));
}
TEST(BrokenServer, PostTellsARepeatedDelivery) {
  expect_duplicated(measure(post, repeat_one));
}
TEST(BrokenServer, PostTellsSwappedDeliveries) {
  expect_reordered(measure(post, swap_two));
}

TEST(BrokenServer, IdleIsWholeBehindAnHonestProxy) {
  expect_whole(measure(idle, no_fault));
}
TEST(BrokenServer, IdleTellsWhoDoesNotListen) {
  expect_lost(measure(idle, {kind::drop, place::pushes, 7}));
}

TEST(BrokenServer, RecoverIsWholeBehindAnHonestProxy) {
  expect_whole(measure(recover, no_fault));
}
TEST(BrokenServer, RecoverTellsALostMessageOfThoseThatWereMissed) {
  expect_lost(measure(recover, {kind::drop, place::recoveries, 8}));
}
TEST(BrokenServer, RecoverTellsThatEveryTenthWasNotRecovered) {
  expect_lost(measure(recover, {kind::drop, place::recoveries, 1, 10}));
}
TEST(BrokenServer, RecoverTellsAMessageThatIsRecoveredTwice) {
  expect_duplicated(measure(recover, {kind::repeat, place::recoveries, 8}));
}
TEST(BrokenServer, RecoverTellsMessagesThatAreRecoveredInTheWrongOrder) {
  expect_reordered(measure(recover, {kind::swap, place::recoveries, 8}));
}
// Each client gets three pushes before it leaves: what is dropped later is brought back by nothing.
TEST(BrokenServer, RecoverTellsAPushThatIsLostAfterTheReturn) {
  expect_lost(measure(recover, {kind::drop, place::pushes, 3 * returning_clients + 5}));
}
TEST(BrokenServer, RecoverTellsARepeatedPush) {
  expect_duplicated(measure(recover, {kind::repeat, place::pushes, 5}));
}
// The last push of all before the cut: whoever should have got it has a position before it.
TEST(BrokenServer, RecoverHealsAPushThatWasLostBeforeTheCut) {
  const outcome seen = measure(recover, {kind::drop, place::pushes, 3 * returning_clients});
  EXPECT_EQ(seen.strikes, 1u);
  expect_whole(seen);
}

/// In a mix lines are lost all the time: a few of many strikes hit what a return brings back.
std::uint64_t healed_max(std::uint64_t strikes) {
  return 2 + strikes / 20;
}

TEST(BrokenServer, MixIsWholeBehindAnHonestProxy) {
  expect_whole(measure(mix, no_fault));
}
TEST(BrokenServer, MixTellsLostDeliveries) {
  const outcome seen = measure(mix, {kind::drop, place::pushes, 100, 97});
  EXPECT_TRUE(seen.found.failed());
  EXPECT_GT(seen.strikes, 2 * healed_max(seen.strikes));
  EXPECT_LE(seen.account().lost, seen.strikes);
  EXPECT_GE(seen.account().lost + healed_max(seen.strikes), seen.strikes);
}
TEST(BrokenServer, MixTellsARepeatedDelivery) {
  expect_duplicated(measure(mix, repeat_one));
}
TEST(BrokenServer, MixTellsSwappedDeliveries) {
  const outcome seen = measure(mix, {kind::swap, place::pushes, 100, 97});
  EXPECT_TRUE(seen.found.failed());
  EXPECT_GT(seen.strikes, 2 * healed_max(seen.strikes));
  EXPECT_LE(seen.account().reordered, seen.strikes);
  EXPECT_GE(seen.account().reordered + healed_max(seen.strikes), seen.strikes);
}

} // namespace
} // namespace palabre

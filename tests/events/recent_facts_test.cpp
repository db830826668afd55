#include "given.hpp"

#include "base/limits.hpp"

#include <random>

namespace palabre::events {
namespace {

using namespace testing;

/// A room of three people and few messages does anything at all; facts looked up at any earlier seq, and corrected,
/// must decide what facts of now decide.
TEST(RecentFacts, MakeOldFactsDecideAsNewOnes) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto roll = [&](std::uint64_t sides) { return random() % sides; };
  const std::vector<std::string> emoji = {"👍", "🎉", "😀"};

  const auto any_command = [&]() -> room_command {
    const auto n = static_cast<std::uint8_t>(1 + roll(6));
    switch (roll(7)) {
    case 0: return post(static_cast<std::uint8_t>(n + roll(200)));
    case 1: return edit_message{message(n), "edited"};
    case 2: return delete_message{message(n)};
    case 3: return join_room{"ABCDEFGHJK", "x"};
    case 4: return leave_room{};
    default: return react{message(n), emoji[roll(3)], static_cast<reaction_change>(roll(3))};
    }
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<room_story> history{given_a_room(visibility::open)};
    recent_facts recent(history.back().state().version);
    for (int step = 0; step < 60; ++step) {
      room_story now = history.back();
      const user_id actor = person(static_cast<std::uint8_t>(1 + roll(3)));
      const room_command command = any_command();
      const room_facts fresh = now.facts_for(actor, command);
      room_facts corrected = history[roll(history.size())].facts_for(actor, command);
      ASSERT_TRUE(recent.correct(corrected, command, actor));
      const command_meta meta{actor, noon};
      const auto by_fresh = decide(now.state(), fresh, command, meta);
      const auto by_corrected = decide(now.state(), corrected, command, meta);
      ASSERT_EQ(by_fresh.has_value(), by_corrected.has_value());
      if (!by_fresh) {
        ASSERT_EQ(by_fresh.error().code, by_corrected.error().code);
        continue;
      }
      ASSERT_EQ(by_fresh.value().events.size(), by_corrected.value().events.size());
      for (const room_event& e : by_fresh.value().events) {
        recent.evolve(e, {now.state().version + 1, noon, actor});
        std::visit([&](const auto& what) { now.by(actor).happened(what); }, e);
      }
      history.push_back(now);
    }
  }
}

TEST(RecentFacts, AreBoundedAndSaySoWhenTheyForgot) {
  auto room = given_a_room();
  recent_facts recent(room.state().version);
  const room_command command = post(1);
  const room_facts early = room.facts_for(bob, command);
  stream_version version = room.state().version;
  for (std::size_t n = 0; n <= limits::recent_facts_max; ++n) {
    room_facts facts = early;
    ASSERT_TRUE(recent.correct(facts, command, bob)) << n;
    recent.evolve(posted(static_cast<std::uint8_t>(n)), {++version, noon, bob});
  }
  room_facts facts = early;
  const auto refused = recent.correct(facts, command, bob);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::stale_facts);
  EXPECT_EQ(recent.floor(), early.true_at + 1);
}

} // namespace
} // namespace palabre::events

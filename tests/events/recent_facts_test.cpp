#include "given.hpp"

#include "events/recent_facts.hpp"

#include "base/limits.hpp"

#include <random>

namespace palabre::events {
namespace {

using namespace testing;

update_room slower(std::uint64_t seconds) {
  update_room c;
  c.settings.name = "Garden";
  c.settings.visibility = visibility::open;
  c.settings.slow_mode_seconds = static_cast<std::uint32_t>(seconds);
  return c;
}

/// A room of three people and few messages does anything at all; facts looked up at any earlier seq, and corrected,
/// must decide what facts of now decide.
TEST(RecentFacts, MakeOldFactsDecideAsNewOnes) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto roll = [&](std::uint64_t sides) { return random() % sides; };
  const std::vector<std::string> emoji = {"👍", "🎉", "😀"};

  std::uint8_t next = 1; // the message that will be posted next
  const auto any_command = [&]() -> room_command {
    const auto n = static_cast<std::uint8_t>(next - std::min<std::uint64_t>(roll(6), next));
    const user_id who = person(static_cast<std::uint8_t>(1 + roll(3)));
    const std::optional<timestamp> until = roll(2) ? std::optional(timestamp{noon.ms + 1'000'000}) : std::nullopt;
    switch (roll(19)) {
    case 7: return kick_member{who};
    case 8: return ban_user{who, until, std::nullopt};
    case 9: return unban_user{who};
    case 10: return mute_user{who, until, "noise"};
    case 11: return unmute_user{who};
    case 12: return change_role{who, static_cast<role>(roll(3))};
    case 13: return transfer_room{who};
    case 14: return roll(4) ? room_command(restore_room{}) : room_command(archive_room{});
    case 15: return slower(roll(2) ? 30 : 0);
    case 16: return report_message{message(n), "why"};
    case 17: return review_message{message(n)};
    case 18: return post(next++, "@ada, @bob and @eve");
    case 0: return post(next++);
    case 1: return edit_message{message(n), roll(2) ? "edited" : "for @bob and @eve"};
    case 2: return delete_message{message(n)};
    case 3: return join_room{"ABCDEFGHJK", "x"};
    case 4: return leave_room{};
    default: return react{message(n), emoji[roll(3)], static_cast<reaction_change>(roll(3))};
    }
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<room_story> history{given_a_room(visibility::open)};
    recent_facts recent(history.back().state().version);
    next = 1;
    for (int step = 0; step < 60; ++step) {
      room_story now = history.back();
      const user_id actor = person(static_cast<std::uint8_t>(1 + roll(3)));
      const room_command command = any_command();
      const room_facts fresh = now.facts_for(actor, command);
      room_facts corrected = history[roll(history.size())].facts_for(actor, command);
      const bool knew_the_message = corrected.message.has_value();
      if (const auto done = recent.correct(corrected, command, actor); !done) {
        ASSERT_EQ(done.error().code, errc::stale_facts);
        ASSERT_TRUE(std::holds_alternative<delete_message>(command) && !knew_the_message);
        continue;
      }
      const command_meta meta{actor, noon};
      const auto by_fresh = decide(now.state(), fresh, command, meta);
      const auto by_corrected = decide(now.state(), corrected, command, meta);
      ASSERT_EQ(by_fresh.has_value(), by_corrected.has_value());
      if (!by_fresh) {
        ASSERT_EQ(by_fresh.error().code, by_corrected.error().code);
        continue;
      }
      ASSERT_EQ(by_fresh.value().events.size(), by_corrected.value().events.size());
      for (std::size_t i = 0; i < by_fresh.value().events.size(); ++i)
        ASSERT_EQ(encode(by_fresh.value().events[i]).payload, encode(by_corrected.value().events[i]).payload);
      ASSERT_EQ(by_fresh.value().notes.size(), by_corrected.value().notes.size());
      for (const room_event& e : by_fresh.value().events) {
        recent.evolve(e, {now.state().version + 1, noon, actor});
        std::visit([&](const auto& what) { now.by(actor).happened(what); }, e);
      }
      history.push_back(now);
    }
  }
}

/// The message is newer than the facts, its author's role is older: neither says that the author stands higher.
TEST(RecentFacts, DoNotLetAHigherRolesNewMessageBeDeleted) {
  auto room = given_a_room();
  room.happened(member_role_changed{bob, role::moderator});
  const room_command command = delete_message{message(1)};
  const room_facts early = room.facts_for(bob, command);
  recent_facts recent(room.state().version);
  recent.evolve(posted(1), {room.state().version + 1, noon, ada});
  room_facts facts = early;
  const auto refused = recent.correct(facts, command, bob);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::stale_facts);

  recent.evolve(posted(2), {room.state().version + 2, noon, bob});
  facts = early;
  EXPECT_TRUE(recent.correct(facts, delete_message{message(2)}, bob)) << "their own needs no role";
  recent.evolve(room_owner_changed{bob, ada}, {room.state().version + 3, noon, ada});
  facts = early;
  ASSERT_TRUE(recent.correct(facts, command, bob)) << "the author's role is known by now";
  ASSERT_TRUE(facts.other_standing);
  EXPECT_EQ(facts.other_standing->as, role::admin);
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

#include "world.hpp"

#include "events/streams.hpp"

#include <random>
#include <set>

namespace palabre::projections {
namespace {

using namespace testing;
using events::presence_status;

constexpr timestamp start{1'700'000'000'000};

uuid boot(std::uint8_t n) {
  uuid id;
  id.bytes[0] = 7;
  id.bytes[15] = n;
  return id;
}

class Presence : public ::testing::Test {
protected:
  void changed(user_id user, presence_status status, int second, std::optional<std::string> text = {}) {
    const events::presence_changed e{status, status, std::nullopt, {std::move(text)}, std::nullopt, boot(1)};
    append(events::stream_of(user), user, e, {start.ms + second * 1'000});
  }
  void created(room_id room, user_id owner) {
    events::room_created e;
    e.settings.name = "a room";
    append(events::stream_of(room), owner, e);
    joined(room, owner);
  }
  void joined(room_id room, user_id user) {
    events::member_joined e;
    e.user = user;
    append(events::stream_of(room), user, e);
  }
  template <class Event>
  void append(const stream_id& stream, user_id actor, const Event& event, timestamp time = start) {
    w.append(stream, actor, event, time);
    ASSERT_TRUE(w.projector->catch_up());
  }
  presence_row row(user_id user) { return presence_queries(*w.views).presence_of({&user, 1}).value().front(); }
  std::vector<bool> shared(user_id viewer, std::vector<user_id> others) {
    return presence_queries(*w.views).share_a_room(viewer, others).value();
  }

  world w;
};

TEST_F(Presence, OfSomeoneUnknownIsOffline) {
  const presence_row unknown = row(person(1));
  EXPECT_EQ(unknown.status, presence_status::offline);
  EXPECT_FALSE(unknown.changed_at || unknown.last_seen_at || unknown.text || unknown.manual);
}

TEST_F(Presence, RemembersWhenSomeoneWasThereLast) {
  struct step {
    presence_status status;
    int second;
    std::optional<int> last_seen;
  };
  const std::vector<step> steps{
      {presence_status::offline, 1, {}}, // never seen
      {presence_status::online, 2, 2},   {presence_status::away, 3, 3},     {presence_status::busy, 4, 4},
      {presence_status::offline, 5, 5},  {presence_status::offline, 60, 5}, {presence_status::online, 61, 61},
  };
  for (const step& s : steps) {
    changed(person(1), s.status, s.second);
    const presence_row now = row(person(1));
    EXPECT_EQ(now.status, s.status);
    EXPECT_EQ(now.changed_at, (timestamp{start.ms + s.second * 1'000}));
    ASSERT_EQ(now.last_seen_at.has_value(), s.last_seen.has_value()) << s.second;
    if (s.last_seen) {
      EXPECT_EQ(*now.last_seen_at, (timestamp{start.ms + *s.last_seen * 1'000})) << s.second;
    }
  }
}

TEST_F(Presence, KeepsEveryFieldOfTheLastEvent) {
  const events::presence_changed e{presence_status::busy, presence_status::away,   presence_status::busy,
                                   {"deep \"work\""},     timestamp{start.ms + 9}, boot(3)};
  append(events::stream_of(person(1)), person(1), events::presence_configured{600});
  append(events::stream_of(person(1)), person(1), e);
  const presence_row now = row(person(1));
  EXPECT_EQ(now.manual, presence_status::busy);
  EXPECT_EQ(now.text, "deep \"work\"");
  EXPECT_EQ(now.expires_at, (timestamp{start.ms + 9}));
  EXPECT_EQ(now.boot, boot(3));
  EXPECT_EQ(now.auto_away_after, 600u);
}

TEST_F(Presence, ListsWhoIsNotOffline) {
  for (std::uint8_t n = 1; n <= 5; ++n) changed(person(n), presence_status::online, n);
  changed(person(3), presence_status::offline, 9);
  const presence_queries queries(*w.views);
  EXPECT_EQ(queries.not_offline(std::nullopt, 2).value(), (std::vector{person(1), person(2)}));
  EXPECT_EQ(queries.not_offline(person(2), 9).value(), (std::vector{person(4), person(5)}));
}

TEST_F(Presence, IsForPeopleWhoShareARoom) {
  created(room_number(1), person(1));
  joined(room_number(1), person(2));
  created(room_number(2), person(3));
  EXPECT_EQ(shared(person(1), {person(2), person(3), person(9), person(2)}),
            (std::vector<bool>{true, false, false, true}));
  EXPECT_EQ(shared(person(9), {person(1)}), std::vector<bool>{false});
  append(events::stream_of(room_number(1)), person(1), events::room_archived{});
  EXPECT_EQ(shared(person(1), {person(2)}), std::vector<bool>{false}) << "an archived room does not count";
}

/// Two ways to look, by the sizes of the two; both have to say what a naive intersection says.
TEST_F(Presence, SharingIsTheSameWhicheverSideIsLooked) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::map<user_id, std::set<int>> rooms;
  std::vector<user_id> people;
  for (std::uint8_t n = 1; n <= 12; ++n) people.push_back(person(n));
  for (int n = 1; n <= 60; ++n) {
    const room_id room = room_number(static_cast<std::uint8_t>(n));
    created(room, person(200));
    for (const user_id& user : people)
      if (random() % 60 < (user.bytes[15] % 4 == 0 ? 40u : 2u)) { // some are in most rooms, most in few
        joined(room, user);
        rooms[user].insert(n);
      }
    if (random() % 3 == 0) {
      append(events::stream_of(room), person(200), events::room_archived{});
      for (auto& [user, in] : rooms) in.erase(n);
    }
  }
  for (const user_id& viewer : people) {
    std::vector<bool> expected;
    for (const user_id& other : people)
      expected.push_back(std::any_of(rooms[viewer].begin(), rooms[viewer].end(),
                                     [&](int room) { return rooms[other].contains(room); }));
    EXPECT_EQ(shared(viewer, people), expected) << to_text(viewer);
  }
}

TEST_F(Presence, RebuiltFromZeroGivesTheSameRows) {
  created(room_number(1), person(1));
  for (int i = 0; i < 20; ++i) changed(person(1), i % 3 ? presence_status::away : presence_status::offline, i);
  const all_rows before = w.rows();
  w.open_views("again");
  ASSERT_TRUE(w.projector->catch_up());
  EXPECT_EQ(w.rows(), before);
}

} // namespace
} // namespace palabre::projections

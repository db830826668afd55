// Drafts, choices and reports, against models of a few lines.

#include "world.hpp"

#include <map>
#include <random>

namespace palabre::projections {
namespace {

using namespace testing;
using events::notification_level;

TEST(Belongings, AreWhatWasSaidLast) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  world w;
  const user_id ada = person(1), bob = person(2);
  std::map<std::pair<user_id, room_id>, belongings_row> model;
  std::map<user_id, stream_version> versions;
  for (std::uint64_t n = 1; n <= 5; ++n) w.append(events::stream_of(room_number(n)), ada, events::room_created{});
  for (int step = 0; step < 300; ++step) {
    const user_id who = random() % 2 ? ada : bob;
    const room_id here = room_number(1 + random() % 5);
    auto& row = model[{who, here}];
    switch (random() % 5) {
    case 4: {
      events::message_posted said;
      said.message = message_number(1'000 + static_cast<std::uint64_t>(step));
      w.append(events::stream_of(here), who, said);
      row.draft = 0;
      break;
    }
    case 0:
      row.level = static_cast<notification_level>(random() % 3);
      w.append(events::inbox_of(who), who, events::notifications_chosen{here, row.level});
      break;
    case 1:
      row.draft = 0;
      w.append(events::inbox_of(who), who, events::draft_changed{here, 0});
      break;
    default:
      row.draft = ++versions[who];
      w.append(events::stream_of(who), who, events::draft_saved{here, {"words"}, {}});
      if (random() % 4 == 0) w.append(events::inbox_of(who), who, events::draft_changed{here, 0}); // decided between
      w.append(events::inbox_of(who), who, events::draft_changed{here, row.draft});
    }
  }
  ASSERT_TRUE(w.projector->catch_up());
  const belongings_queries queries(*w.views);
  std::vector<room_id> rooms;
  for (std::uint64_t n = 1; n <= 6; ++n) rooms.push_back(room_number(n));
  std::size_t kept = 0;
  for (const user_id who : {ada, bob}) {
    const auto rows = queries.in_rooms(who, rooms).value();
    std::vector<std::pair<room_id, stream_version>> drafts, listed;
    for (std::size_t i = 0; i < rooms.size(); ++i) {
      const belongings_row& is = model[{who, rooms[i]}];
      EXPECT_EQ(rows[i].level, is.level);
      EXPECT_EQ(rows[i].draft, is.draft);
      EXPECT_EQ(queries.in_room(who, rooms[i]).value().draft, is.draft);
      if (is.draft != 0) drafts.emplace_back(rooms[i], is.draft);
      kept += is.draft != 0 || is.level != notification_level::all;
    }
    std::optional<room_id> after;
    do {
      const auto page = queries.drafts(who, after, 2).value();
      for (const auto& each : page.items) listed.emplace_back(each.room, each.version);
      after = page.next;
    } while (after);
    EXPECT_EQ(listed, drafts);
  }
  EXPECT_EQ(w.rows_of_table(tables::belongings).size(), kept) << "who keeps nothing has no row";
}

TEST(Reports, StandUntilSomebodyLooksOrTheMessageGoes) {
  world w;
  const room_id room = room_number(1), other = room_number(2);
  const stream_id stream = events::stream_of(room);
  const user_id ada = person(1), bob = person(2), eve = person(3);
  w.append(stream, ada, events::room_created{});
  w.append(events::stream_of(other), ada, events::room_created{});
  for (std::uint64_t n = 2; n <= 4; ++n) {
    events::message_posted posted;
    posted.message = message_number(n);
    w.append(stream, ada, posted);
  }
  w.append(stream, bob, events::message_reported{message_number(2), 2, {"a"}}, {1'700'000'000'005});
  w.append(stream, eve, events::message_reported{message_number(2), 2, {}}, {1'700'000'000'006});
  w.append(stream, eve, events::message_reported{message_number(2), 2, {"again"}}, {1'700'000'000'007});
  w.append(stream, bob, events::message_reported{message_number(3), 3, {}});
  w.append(stream, bob, events::message_reported{message_number(4), 4, {}});
  ASSERT_TRUE(w.projector->catch_up());
  const report_queries queries(*w.views);
  const auto seqs = [&] {
    std::vector<stream_version> found;
    stream_version after = 0;
    for (bool more = true; more;) {
      const auto page = queries.of_room(room, after, 2).value();
      for (const auto& each : page.items) found.push_back(each.seq);
      more = page.next.has_value();
      after = page.next.value_or(0);
    }
    return found;
  };
  EXPECT_EQ(seqs(), (std::vector<stream_version>{2, 3, 4}));
  EXPECT_TRUE(queries.of_room(other, 0, 10).value().items.empty());
  const auto first = queries.of_message(room, 2).value();
  ASSERT_EQ(first.size(), 2u) << "one of each";
  EXPECT_EQ(first[0].by, bob);
  EXPECT_EQ(first[0].seq, 5u);
  EXPECT_EQ(first[1].by, eve);
  EXPECT_EQ(first[1].at.ms, 1'700'000'000'006);

  w.append(stream, ada, events::message_reviewed{message_number(2), 2});
  w.append(stream, ada, events::message_deleted{message_number(4), 4, ada});
  ASSERT_TRUE(w.projector->catch_up());
  EXPECT_EQ(seqs(), std::vector<stream_version>{3});
  w.append(stream, eve, events::message_reported{message_number(2), 2, {}});
  ASSERT_TRUE(w.projector->catch_up());
  EXPECT_EQ(seqs(), (std::vector<stream_version>{2, 3}));
  EXPECT_EQ(queries.of_message(room, 2).value().size(), 1u);
}

} // namespace
} // namespace palabre::projections

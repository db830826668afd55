// Pages of the log, against a look at all of it.

#include "projections/event_search.hpp"

#include "varied_history.hpp"
#include "world.hpp"

#include <iostream>

namespace palabre::projections {
namespace {

using namespace testing;
using enum event_search::direction;

class EventSearch : public ::testing::Test {
protected:
  using positions = std::vector<std::uint64_t>;

  positions naive(const event_filter& wanted) const {
    positions found;
    EXPECT_TRUE(w.log->scan_in_place({}, w.log->head(), [&](const storage::record& r, std::string_view) {
      if (wanted.takes(r)) found.push_back(r.at.value);
      return true;
    }));
    return found;
  }
  event_search searching(const event_filter& wanted, event_search::direction way, position from, std::size_t count) {
    return {reader, wanted, {way, from, count, w.log->head()}};
  }
  /// One page: the positions that it has; `from` becomes where the next one begins.
  positions page(const event_filter& wanted, event_search::direction way, std::optional<position>& from,
                 std::size_t count) {
    event_search search = searching(wanted, way, *from, count);
    for (bool more = true; more;) more = search.step().value();
    positions found;
    for (const auto& each : search.found()) {
      EXPECT_EQ(each.hash, w.log->read(each.view.at).value().hash);
      found.push_back(each.view.at.value);
    }
    EXPECT_LE(found.size(), count);
    from = search.next().value();
    return found;
  }
  /// All pages; how many they were.
  std::pair<positions, std::size_t> walk(const event_filter& wanted, event_search::direction way, std::size_t count) {
    positions all;
    std::size_t pages = 0;
    for (std::optional<position> from = way == older ? w.log->head().next() : position{}; from; ++pages) {
      const positions some = page(wanted, way, from, count);
      all.insert(all.end(), some.begin(), some.end());
    }
    return {all, pages};
  }
  void expect_as_naive(const event_filter& wanted, std::size_t count) {
    positions expected = naive(wanted);
    EXPECT_EQ(walk(wanted, newer, count).first, expected);
    std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(walk(wanted, older, count).first, expected);
  }

  world w;
  const log_reader reader{*w.log};
};

/// Something of each kind, or not.
event_filter any_filter(std::mt19937_64& dice, const storage::event_log& log) {
  const auto record = log.read({1 + dice() % log.head().value}).value();
  const storage::record& r = record.view;
  event_filter f;
  const auto maybe = [&] { return dice() % 4 == 0; };
  if (maybe()) f.stream = r.stream;
  if (maybe()) f.user = r.actor;
  if (maybe()) f.ask_about(dice() % 2 == 0 ? uuid{r.actor} : r.stream.id);
  if (maybe()) f.type = std::string(r.type);
  if (maybe()) f.since = r.time;
  if (maybe()) f.until = r.time;
  return f;
}

TEST_F(EventSearch, FindsWhatALookAtAllOfTheLogFinds) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::cout << "seed " << seed << std::endl;
  varied_history history(w, seed);
  history.go_on(2'500);
  std::mt19937_64 dice(seed);
  expect_as_naive({}, 7);
  expect_as_naive({}, 200);
  for (int i = 0; i < 60; ++i) expect_as_naive(any_filter(dice, *w.log), 1 + dice() % 60);
}

TEST_F(EventSearch, HasPlacesBeforeTheBeginningAndBehindTheEnd) {
  varied_history history(w, 1);
  history.go_on(100);
  const std::uint64_t head = w.log->head().value;
  event_filter of_room;
  of_room.stream = events::stream_of(room_number(1));
  for (const event_filter& wanted : {event_filter{}, of_room}) {
    const positions all = naive(wanted);
    struct {
      event_search::direction way;
      std::uint64_t from;
      positions finds;
    } const table[] = {
        {older, 0, {}},
        {older, 1, {}},
        {older, all.front() + 1, {all.front()}},
        {older, head + 9, {all.back()}},
        {newer, 0, {all.front()}},
        {newer, all.back() - 1, {all.back()}},
        {newer, head, {}},
        {newer, head + 9, {}},
    };
    for (const auto& row : table) {
      std::optional<position> from = position{row.from};
      EXPECT_EQ(page(wanted, row.way, from, 1), row.finds) << row.from;
      EXPECT_FALSE(from && row.finds.empty()) << row.from;
    }
  }
}

TEST_F(EventSearch, APageIsShortWhereItHasLookedAtEnough) {
  constexpr std::size_t looked_at_max = event_search::records_looked_at_max;
  const user_id ada = person(1), bob = person(2);
  const auto say = [&](user_id who, std::uint8_t room) {
    w.submit(events::stream_of(room_number(room)), who, events::room_updated{}, {1'700'000'000'000});
  };
  say(bob, 1);
  for (std::size_t i = 0; i < 2 * looked_at_max + 500; ++i) {
    say(ada, 2);
    if (i % 500 == 0) w.journal->step();
  }
  say(bob, 1);
  while (w.journal->step()) {
  }
  const std::uint64_t head = w.log->head().value;
  event_filter by_bob;
  by_bob.user = bob;
  std::optional<position> from = position{head + 1};
  EXPECT_EQ(page(by_bob, older, from, 2), positions{head});
  EXPECT_EQ(from, position{head + 1 - looked_at_max});
  EXPECT_EQ(page(by_bob, older, from, 2), positions{});
  EXPECT_EQ(from, position{head + 1 - 2 * looked_at_max});
  EXPECT_EQ(page(by_bob, older, from, 2), positions{1});
  EXPECT_FALSE(from);

  event_filter of_room = by_bob;
  of_room.stream = events::stream_of(room_number(1));
  EXPECT_EQ(walk(of_room, older, 3), (std::pair<positions, std::size_t>{{head, 1}, 1})) << "by its index";
}

TEST_F(EventSearch, FirstLooksAtNoMoreThanAreWanted) {
  varied_history history(w, 2);
  history.go_on(3'000);
  event_search search = searching({}, older, w.log->head().next(), 50);
  EXPECT_FALSE(search.step().value()) << "one step is enough";
  EXPECT_EQ(search.found().size(), 50u);
  EXPECT_EQ(search.looked_at(), 50u);
}

TEST_F(EventSearch, DoesNotSeeWhatCameMeanwhile) {
  varied_history history(w, 3);
  history.go_on(20);
  const position head = w.log->head();
  event_search search{reader, {}, {newer, {}, 200, head}};
  history.go_on(20);
  while (search.step().value()) {
  }
  EXPECT_EQ(search.found().back().view.at, head);
  EXPECT_FALSE(search.next().value());
}

} // namespace
} // namespace palabre::projections

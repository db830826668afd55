#include "storage/hot_rows.hpp"

#include "log_fixture.hpp"
#include "storage/views_batch.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>

namespace palabre::storage {
namespace {

TEST(HotRows, FollowWhatIsCommitted) {
  const temporary_directory directory;
  auto views = views_store::open(directory / "views", {{"a"}, {"b", true}}, "test").value();
  views->keep_hot(0, 2);
  views_batch rows(*views);
  for (const char* key : {"one", "two", "three"}) rows.put(0, key, std::string("first ") + key);
  ASSERT_TRUE(rows.commit({1}));
  for (int round = 0; round < 2; ++round)
    for (const char* key : {"one", "two", "three"}) EXPECT_EQ(views->get(0, key).value(), std::string("first ") + key);
  EXPECT_FALSE(views->get(0, "four").value());
  rows.put(0, "three", "second three");
  rows.put(0, "four", "new");
  rows.erase(0, "one");
  ASSERT_TRUE(rows.commit({2}));
  EXPECT_EQ(views->get(0, "three").value(), "second three");
  EXPECT_EQ(views->get(0, "four").value(), "new");
  EXPECT_FALSE(views->get(0, "one").value());
  EXPECT_EQ(views->get(0, "two").value(), "first two");
}

TEST(HotRows, AreAnsweredTogetherWithThoseThatAreNot) {
  const temporary_directory directory;
  auto views = views_store::open(directory / "views", {{"a"}}, "test").value();
  views->keep_hot(0, 100);
  views_batch rows(*views);
  for (const char* key : {"one", "two", "three"}) rows.put(0, key, std::string("first ") + key);
  ASSERT_TRUE(rows.commit({1}));
  using answers = std::vector<std::optional<std::string>>;
  EXPECT_EQ(views->get_many(0, {"two", "four"}).value(), (answers{"first two", {}})) << "from the store";
  EXPECT_EQ(views->get_many(0, {"one", "two", "four", "one"}).value(),
            (answers{"first one", "first two", {}, "first one"}));
  rows.put(0, "four", "new");
  rows.erase(0, "two");
  ASSERT_TRUE(rows.commit({2}));
  EXPECT_EQ(views->get_many(0, {"four", "three", "two"}).value(), (answers{"new", "first three", {}}));
}

TEST(HotRows, AreChosenAmongThoseThatAreNot) {
  const temporary_directory directory;
  auto views = views_store::open(directory / "views", {{"a"}, {"b"}}, "test").value();
  views->keep_hot(0, 100);
  for (const table t : {table{0}, table{1}}) {
    views_batch rows(*views);
    flat_strings keys;
    std::vector<std::size_t> even;
    for (std::size_t i = 0; i < 200; ++i) {
      const std::string key = std::to_string(1000 + i);
      if (i != 7) rows.put(t, key, std::to_string(i));
      if (i % 2 == 0 || i == 7) even.push_back(i);
      keys.push_back(key);
    }
    ASSERT_TRUE(rows.commit({2 * t + 1}));
    const auto is_even_or_none = [](std::optional<std::string_view> row) {
      return !row || (row->back() - '0') % 2 == 0;
    };
    EXPECT_FALSE(views->get(t, "1007").value());
    for (int round = 0; round < 2; ++round) // from the store, then from memory
      EXPECT_EQ(views->choose(t, keys, is_even_or_none).value(), even);
    views_batch changes(*views);
    changes.put(t, keys[0], "1");
    changes.put(t, keys[199], "2");
    changes.erase(t, keys[101]);
    ASSERT_TRUE(changes.commit({2 * t + 2}));
    even.erase(even.begin());
    even.push_back(199);
    even.insert(std::ranges::lower_bound(even, 101), 101);
    for (int round = 0; round < 2; ++round) EXPECT_EQ(views->choose(t, keys, is_even_or_none).value(), even);
  }
  EXPECT_EQ(views->choose(0, {}, [](auto) { return true; }).value(), std::vector<std::size_t>{});
}

TEST(HotRows, AreLookedAtInTheOrderOfTheirKeysKeptOrNot) {
  hot_rows rows(100);
  flat_strings keys;
  std::vector<std::string> expected, seen;
  for (std::size_t i = 0; i < 100; ++i) {
    const std::string key = std::to_string(1000 + i);
    keys.push_back(key);
    if (i % 3 == 0) rows.keep(key, key, 0);
    if (i % 3 == 1) rows.keep(key, {}, 0);
    expected.push_back(i % 3 == 0 ? key : i % 3 == 1 ? "no row" : "not kept");
  }
  rows.look_at(keys, [&](std::size_t place, const hot_rows::maybe_row* kept) {
    EXPECT_EQ(place, seen.size());
    seen.push_back(kept == nullptr ? "not kept" : kept->value_or("no row"));
  });
  EXPECT_EQ(seen, expected);
}

TEST(HotRows, ReadTogetherDoNotPushOutThoseReadAlone) {
  hot_rows rows(3);
  rows.keep("one", "1", 0);
  rows.keep({"two", "three", "four"}, {{"2"}, {}, {"4"}}, 0);
  EXPECT_EQ(*rows.find("two"), "2");
  ASSERT_TRUE(rows.find("three"));
  EXPECT_FALSE(*rows.find("three"));
  EXPECT_EQ(rows.find("four"), nullptr) << "it is full";
  rows.keep("five", {}, 0);
  EXPECT_EQ(*rows.find("one"), "1") << "nor does what is not there";
  rows.keep("two", "2", 0);
  EXPECT_EQ(*rows.find("one"), "1") << "it was kept already";
  rows.keep("six", "6", 0);
  EXPECT_EQ(*rows.find("six"), "6");
  EXPECT_EQ(rows.find("one"), nullptr);
}

/// Every commit writes the same number into all rows: who reads several never gets two numbers.
TEST(HotRows, OfOneTableAreReadAsOfOneMoment) {
  const temporary_directory directory;
  auto views = views_store::open(directory / "views", {{"a"}}, "test").value();
  views->keep_hot(0, 5); // is emptied again and again
  const std::vector<std::string> keys{"1", "2", "3", "4", "5", "6", "7", "8"};
  std::atomic<bool> ended{false}, wrong{false};
  std::vector<std::thread> readers;
  for (std::size_t n = 0; n < 2; ++n)
    readers.emplace_back([&, n] {
      flat_strings mine;
      for (std::size_t i = n; i < keys.size() - 2; ++i) mine.push_back(keys[i]);
      while (!ended) {
        const auto found = views->get_many(0, mine).value();
        for (const auto& each : found)
          if (each != found.front()) wrong = true;
      }
    });
  views_batch rows(*views);
  for (std::uint64_t round = 1; round <= 3'000; ++round) {
    for (const std::string& key : keys) rows.put(0, key, std::to_string(round));
    EXPECT_TRUE(rows.commit({round}));
  }
  ended = true;
  for (auto& reader : readers) reader.join();
  EXPECT_FALSE(wrong);
}

/// Whoever reads after a commit sees it, whatever others read at the same time.
TEST(HotRows, NeverGoBackInTime) {
  const temporary_directory directory;
  auto views = views_store::open(directory / "views", {{"a"}}, "test").value();
  views->keep_hot(0, 3);
  constexpr int keys = 8, rounds = 2'000;
  std::atomic<int> committed{0};
  std::atomic<bool> wrong{false};
  std::vector<std::thread> readers;
  for (int n = 0; n < 2; ++n)
    readers.emplace_back([&, n] {
      for (unsigned i = static_cast<unsigned>(n); committed < rounds; ++i) {
        const int before = committed;
        const auto row = views->get(0, "key " + std::to_string(i % keys)).value();
        if (before > 0 && (!row || std::stoi(*row) < before)) wrong = true;
      }
    });
  views_batch rows(*views);
  for (int round = 1; round <= rounds; ++round) {
    for (int key = 0; key < keys; ++key) rows.put(0, "key " + std::to_string(key), std::to_string(round));
    EXPECT_TRUE(rows.commit({static_cast<std::uint64_t>(round)}));
    committed = round;
  }
  for (auto& reader : readers) reader.join();
  EXPECT_FALSE(wrong);
}

/// Commits 5,000 times the same number into two tables, while somebody reads the lower and then the higher one: is
/// the higher one's ever the older one? `lower_rows` of the lower table are kept in memory, and 21 are read.
bool is_read_in_order(std::size_t lower_rows) {
  const temporary_directory directory;
  auto views = views_store::open(directory / "views", {{"a"}, {"b", true}}, "test").value();
  views->keep_hot(0, lower_rows);
  views->keep_hot(1, 10);
  views_batch rows(*views);
  std::atomic<bool> done{false}, wrong{false};
  const auto commit = [&](int round) {
    rows.put(0, "seq", std::to_string(round));
    for (int filler = 0; filler < 20; ++filler) rows.put(0, "filler " + std::to_string(filler), "x");
    rows.put(1, "seq", std::to_string(round));
    EXPECT_TRUE(rows.commit({static_cast<std::uint64_t>(round) + 1}));
  };
  commit(0);
  std::thread reader([&] {
    for (int turn = 0; !done; ++turn) {
      const int lower = std::stoi(*views->get(0, "seq").value());
      const int higher = std::stoi(*views->get(1, "seq").value());
      if (higher < lower) wrong = true;
      EXPECT_TRUE(views->get(0, "filler " + std::to_string(turn % 20)).value());
    }
  });
  for (int round = 1; round <= 5'000; ++round) commit(round);
  done = true;
  reader.join();
  return !wrong;
}

/// Who reads the lower table first never pairs its new row with the higher table's old one.
TEST(HotRows, OfTwoTablesAreReadInOrder) {
  EXPECT_TRUE(is_read_in_order(50));
}

/// The lower one's row comes from the store nearly always, where it is new before the higher one's is in memory.
TEST(HotRows, AreReadInOrderBehindARowThatIsNotKept) {
  EXPECT_TRUE(is_read_in_order(1));
}

TEST(HotRows, AreNotKeptNorFoundWhileTheyChange) {
  hot_rows rows(10);
  rows.keep("a", "old", rows.changes());
  rows.keep("b", "old", rows.changes());
  rows.begin_changes();
  rows.begin_change("a");
  EXPECT_EQ(rows.find("a"), nullptr);
  EXPECT_EQ(*rows.find("b"), "old");
  const auto read_meanwhile = rows.changes();
  rows.keep("a", "old", read_meanwhile);
  EXPECT_EQ(rows.find("a"), nullptr);
  rows.change("a", "new");
  EXPECT_EQ(*rows.find("a"), "new");
  rows.end_changes();
  rows.keep("b", "too late", read_meanwhile);
  EXPECT_EQ(*rows.find("b"), "old");
  rows.begin_changes();
  rows.begin_change("a");
  rows.end_changes(); // the commit failed
  EXPECT_EQ(rows.find("a"), nullptr);
  rows.keep("a", "read again", rows.changes());
  EXPECT_EQ(*rows.find("a"), "read again");
  rows.keep("c", {}, rows.changes());
  rows.begin_changes();
  for (const char* key : {"a", "c"}) rows.begin_change_if_absent(key);
  EXPECT_EQ(*rows.find("a"), "read again");
  EXPECT_EQ(rows.find("c"), nullptr);
  rows.change("c", "made");
  rows.end_changes();
  EXPECT_EQ(*rows.find("c"), "made");
}

} // namespace
} // namespace palabre::storage

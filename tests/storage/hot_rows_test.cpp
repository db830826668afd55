#include "storage/hot_rows.hpp"

#include "log_fixture.hpp"
#include "storage/views_batch.hpp"

#include <atomic>
#include <thread>

namespace palabre::storage {
namespace {

TEST(HotRows, FollowWhatIsCommitted) {
  const temporary_directory directory;
  auto views = views_store::open(directory / "views", {"a", "b"}, "test").value();
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

/// Whoever reads after a commit sees it, whatever others read at the same time.
TEST(HotRows, NeverGoBackInTime) {
  const temporary_directory directory;
  auto views = views_store::open(directory / "views", {"a"}, "test").value();
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

/// Who reads the lower table first never pairs its new row with the higher table's old one.
TEST(HotRows, OfTwoTablesAreReadInOrder) {
  const temporary_directory directory;
  auto views = views_store::open(directory / "views", {"a", "b"}, "test").value();
  views->keep_hot(0, 10);
  views->keep_hot(1, 10);
  views_batch rows(*views);
  std::atomic<bool> done{false}, wrong{false};
  rows.put(0, "seq", "0");
  rows.put(1, "seq", "0");
  ASSERT_TRUE(rows.commit({1}));
  std::thread reader([&] {
    while (!done) {
      const int lower = std::stoi(*views->get(0, "seq").value());
      const int higher = std::stoi(*views->get(1, "seq").value());
      if (higher < lower) wrong = true;
    }
  });
  for (int round = 1; round <= 5'000; ++round) {
    rows.put(0, "seq", std::to_string(round));
    for (int filler = 0; filler < 20; ++filler) rows.put(0, "filler " + std::to_string(filler), "x");
    rows.put(1, "seq", std::to_string(round));
    EXPECT_TRUE(rows.commit({static_cast<std::uint64_t>(round) + 1}));
  }
  done = true;
  reader.join();
  EXPECT_FALSE(wrong);
}

} // namespace
} // namespace palabre::storage

// Views that are computed beside those in use, and the exchange of the one for the other.
#include "storage/views_batch.hpp"

#include "log_fixture.hpp"
#include "two_tables.hpp"

#include <atomic>
#include <thread>

namespace palabre::storage {
namespace {

const std::vector<table_form> forms{{"rooms", true}, {"messages"}};

class ViewsBuilding : public ::testing::Test {
protected:
  std::string directory(const std::string& name) const { return root_ / name; }
  std::unique_ptr<views_store> open(const std::string& name, const std::string& fingerprint = "one") {
    auto opened = views_store::open(directory(name), forms, fingerprint);
    EXPECT_TRUE(opened) << opened.error().context;
    return std::move(opened).value();
  }
  static void put(views_store& into, table t, const std::string& key, const std::string& row,
                  std::uint64_t checkpoint) {
    views_batch batch{into};
    batch.put(t, key, row);
    ASSERT_TRUE(batch.commit({checkpoint}));
  }
  static std::optional<std::string> row(const views_store& views, table t, const std::string& key) {
    return views.get(t, key).value();
  }

  temporary_directory root_;
};

TEST_F(ViewsBuilding, IsTheStoreThatWasFinished) {
  auto built = views_store::begin(directory("next"), forms).value();
  views_batch a{*built}, b{*built}; // of different tables
  for (int i = 0; i < 100; ++i) {
    a.put(rooms, "room" + std::to_string(i), std::to_string(i));
    b.put(messages, "message" + std::to_string(i), std::to_string(i));
    if (i % 7 == 0) {
      ASSERT_TRUE(a.commit_rows());
    }
  }
  a.erase(rooms, "room3");
  ASSERT_TRUE(a.commit_rows());
  ASSERT_TRUE(b.commit_rows());
  ASSERT_TRUE(built->put_snapshot({'r', {}}, {7, {}, "state"}));
  ASSERT_TRUE(views_store::finish(std::move(built), {9}, "one"));
  const auto views = open("next");
  EXPECT_FALSE(views->was_emptied());
  EXPECT_EQ(views->checkpoint().value().value, 9u);
  EXPECT_EQ(row(*views, rooms, "room99"), "99");
  EXPECT_EQ(row(*views, rooms, "room3"), std::nullopt);
  EXPECT_EQ(row(*views, messages, "message0"), "0");
  EXPECT_EQ(views->find_snapshot({'r', {}}).value()->state, "state");
}

TEST_F(ViewsBuilding, KnowsItsRowsOverCommits) {
  auto built = views_store::begin(directory("next"), forms).value();
  views_batch going_on{*built}, waiting{*built};
  for (int round = 0; round < 5; ++round) {
    for (const auto& [batch, t] : {std::pair{&going_on, rooms}, {&waiting, messages}}) {
      for (int i = 0; i < 20; ++i) {
        const std::string key = "key" + std::to_string(i);
        if (std::string* const row = batch->edit(t, key).value())
          *row += std::to_string(round);
        else
          batch->put(t, key, "begun" + std::to_string(round));
      }
      if (round == 2) batch->erase(t, "key7");
      ASSERT_TRUE(batch == &waiting || round == 4 ? batch->commit_rows() : batch->hand_over());
      EXPECT_EQ(batch->bytes(), 0u);
    }
  }
  for (const table t : {rooms, messages}) {
    EXPECT_EQ(row(*built, t, "key0"), "begun01234");
    EXPECT_EQ(row(*built, t, "key7"), "begun34");
  }
}

TEST_F(ViewsBuilding, HasWhatWasAddedInAnyOrder) {
  auto built = views_store::begin(directory("next"), forms).value();
  views_batch batch{*built};
  for (int round = 0; round < 5; ++round) {
    for (int i = 20; i-- > 0;) batch.add(messages, std::to_string(i) + "." + std::to_string(round), std::to_string(i));
    batch.put(rooms, "a", std::to_string(round));
    ASSERT_TRUE(round == 4 ? batch.commit_rows() : batch.hand_over());
    EXPECT_EQ(batch.known_bytes(), 0u);
  }
  for (int round = 0; round < 5; ++round)
    for (int i = 0; i < 20; ++i)
      EXPECT_EQ(row(*built, messages, std::to_string(i) + "." + std::to_string(round)), std::to_string(i));
  EXPECT_EQ(row(*built, rooms, "a"), "4");
}

TEST_F(ViewsBuilding, KeepsTheLastOfWhatWasAddedForAKey) {
  auto built = views_store::begin(directory("next"), forms).value();
  views_batch batch{*built};
  for (const char* key : {"b", "a", "c"})
    for (int i = 0; i < 3; ++i) batch.add(messages, key, std::to_string(i));
  ASSERT_TRUE(batch.commit_rows());
  for (const char* key : {"a", "b", "c"}) EXPECT_EQ(row(*built, messages, key), "2");
}

TEST_F(ViewsBuilding, IsNothingBeforeItIsFinished) {
  {
    auto built = views_store::begin(directory("next"), forms).value();
    views_batch rows{*built};
    rows.put(rooms, "a", "1");
    ASSERT_TRUE(rows.commit_rows());
  }
  const auto views = open("next");
  EXPECT_TRUE(views->was_emptied());
  EXPECT_EQ(views->checkpoint().value().value, 0u);
  EXPECT_EQ(row(*views, rooms, "a"), std::nullopt);
}

TEST_F(ViewsBuilding, TakesTheOtherTablesOfAStoreInUse) {
  const auto source = open("views");
  put(*source, rooms, "a", "kept", 1);
  put(*source, messages, "m", "computed anew", 2);
  auto built = views_store::begin_with(directory("next"), forms, *source, {messages}).value();
  put(*source, rooms, "a", "later", 3); // after it was taken
  EXPECT_EQ(built->checkpoint().value().value, 2u);
  EXPECT_EQ(row(*built, rooms, "a"), "kept");
  EXPECT_EQ(row(*built, messages, "m"), std::nullopt);
  views_batch rows{*built};
  rows.put(messages, "n", "new");
  ASSERT_TRUE(rows.commit_rows());
  ASSERT_TRUE(views_store::finish(std::move(built), {2}, "one"));
  const auto views = open("next");
  EXPECT_EQ(row(*views, rooms, "a"), "kept");
  EXPECT_EQ(row(*views, messages, "m"), std::nullopt);
  EXPECT_EQ(row(*views, messages, "n"), "new");
  EXPECT_EQ(row(*source, rooms, "a"), "later");
  EXPECT_EQ(row(*source, messages, "m"), "computed anew");
}

TEST_F(ViewsBuilding, TakesTheSnapshotsOfAStoreInUse) {
  const auto source = open("views"), other = open("others");
  for (std::uint8_t i = 0; i < 200; ++i) {
    stream_id stream{'r', {}};
    stream.id.bytes[15] = i;
    ASSERT_TRUE(source->put_snapshot(stream, {i + 1u, {}, std::string(10'000, 's')}));
  }
  ASSERT_TRUE(other->take_snapshots_of(*source));
  for (std::uint8_t i = 0; i < 200; ++i) {
    stream_id stream{'r', {}};
    stream.id.bytes[15] = i;
    const auto found = other->find_snapshot(stream).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->version, i + 1u);
  }
}

TEST_F(ViewsBuilding, ExchangesRowsUnderItsReaders) {
  const auto views = open("views");
  views->keep_hot(rooms, 10);
  put(*views, rooms, "a", "0", 1);
  std::atomic<bool> ends{false};
  std::atomic<int> reads{0};
  std::thread reader([&] {
    for (int last = 0; !ends; ++reads) {
      const int now = std::stoi(row(*views, rooms, "a").value());
      ASSERT_GE(now, last) << "reads went back in time";
      last = now;
    }
  });
  for (int i = 1; i <= 20; ++i) {
    auto fresh = open("views" + std::to_string(i));
    put(*fresh, rooms, "a", std::to_string(2 * i), static_cast<std::uint64_t>(i));
    const auto before = views->exchange(std::move(fresh));
    EXPECT_EQ(row(*before, rooms, "a"), std::to_string(2 * i - (i == 1 ? 2 : 1)));
    EXPECT_EQ(views->directory(), directory("views" + std::to_string(i)));
    put(*views, rooms, "a", std::to_string(2 * i + 1), static_cast<std::uint64_t>(i) + 1); // a hot row changes
    EXPECT_EQ(row(*views, rooms, "a"), std::to_string(2 * i + 1));
    for (const int seen = reads; reads < seen + 100;) std::this_thread::yield();
  }
  ends = true;
  reader.join();
}

/// What a reader has begun on stays until it has ended, wherever the rows are by then.
TEST_F(ViewsBuilding, EndsRowsOnceTheirLastReaderHasLetGo) {
  const auto views = open("views");
  for (const char* key : {"a", "b", "c"}) put(*views, rooms, key, "old", 1);
  auto fresh = open("next");
  for (const char* key : {"a", "b", "c"}) put(*fresh, rooms, key, "new", 2);
  std::string seen;
  std::thread ending;
  std::atomic<bool> has_ended{false};
  ASSERT_TRUE(views->range(rooms, "a", "z", true, [&](std::string_view, std::string_view found) {
    seen += found;
    if (seen == "old") {
      ending = std::thread([&has_ended, before = views->exchange(std::move(fresh))]() mutable {
        before.reset();
        has_ended = true;
      });
      EXPECT_EQ(row(*views, rooms, "a"), "new");
    }
    EXPECT_FALSE(has_ended);
    return true;
  }));
  EXPECT_EQ(seen, "oldoldold");
  ending.join();
  EXPECT_TRUE(has_ended);
}

} // namespace
} // namespace palabre::storage

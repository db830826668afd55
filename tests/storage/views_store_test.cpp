#include "storage/views_batch.hpp"

#include "log_fixture.hpp"
#include "storage/log_rows.hpp"
#include "storage/rocksdb_instance.hpp"
#include "storage/rocksdb_options.hpp"
#include "two_tables.hpp"

#include <fstream>

namespace palabre::storage {
namespace {

namespace fs = std::filesystem;
using strings = std::vector<std::string>;

class ViewsStore : public ::testing::Test {
protected:
  std::string directory() const { return root_ / "views"; }

  void open(const std::string& fingerprint = "one",
            const std::vector<table_form>& tables = {{"rooms", true}, {"messages"}}) {
    views.reset();
    auto opened = views_store::open(directory(), tables, fingerprint);
    ASSERT_TRUE(opened) << opened.error().context;
    views = std::move(opened).value();
  }
  void SetUp() override { open(); }

  void commit(const std::vector<std::pair<std::string, std::string>>& rows, std::uint64_t checkpoint) {
    views_batch batch{*views};
    for (const auto& [key, row] : rows) batch.put(rooms, key, row);
    ASSERT_TRUE(batch.commit({checkpoint}));
  }
  strings range(std::string_view first, std::string_view end, bool ascending, std::size_t count_max = 100) {
    strings found;
    EXPECT_TRUE(views->range(rooms, first, end, ascending, [&](std::string_view key, std::string_view row) {
      found.push_back(std::string(key) + "=" + std::string(row));
      return found.size() < count_max;
    }));
    return found;
  }

  temporary_directory root_;
  std::unique_ptr<views_store> views;
};

TEST_F(ViewsStore, BeginsEmpty) {
  EXPECT_FALSE(views->was_emptied());
  EXPECT_EQ(views->checkpoint().value().value, 0u);
  EXPECT_EQ(views->fingerprint().value(), "one");
  EXPECT_EQ(views->get(rooms, "a").value(), std::nullopt);
}

TEST_F(ViewsStore, ShowsABatchAndItsCheckpointTogether) {
  views_batch batch{*views};
  batch.put(rooms, "a", "1");
  batch.put(messages, "a", "2");
  EXPECT_EQ(views->get(rooms, "a").value(), std::nullopt);
  EXPECT_GT(batch.bytes(), 0u);
  ASSERT_TRUE(batch.commit({7}));
  EXPECT_EQ(batch.bytes(), 0u);
  EXPECT_EQ(views->get(rooms, "a").value(), "1");
  EXPECT_EQ(views->get(messages, "a").value(), "2");
  EXPECT_EQ(views->checkpoint().value().value, 7u);
}

TEST_F(ViewsStore, LosesABatchThatIsNotCommitted) {
  views_batch{*views}.put(rooms, "a", "1");
  open();
  EXPECT_EQ(views->get(rooms, "a").value(), std::nullopt);
  EXPECT_EQ(views->checkpoint().value().value, 0u);
}

TEST_F(ViewsStore, LetsAFoldSeeWhatItWrote) {
  commit({{"a", "1"}, {"b", "1"}}, 1);
  views_batch batch{*views};
  EXPECT_EQ(batch.get(rooms, "a").value(), "1");
  batch.put(rooms, "a", "2");
  batch.erase(rooms, "b");
  batch.put(rooms, "c", "2");
  EXPECT_EQ(batch.get(rooms, "a").value(), "2");
  EXPECT_EQ(batch.get(rooms, "b").value(), std::nullopt);
  EXPECT_EQ(*batch.find(rooms, "c").value(), "2");
  EXPECT_EQ(batch.find(rooms, "d").value(), nullptr);
  EXPECT_EQ(views->get(rooms, "b").value(), "1");
  ASSERT_TRUE(batch.commit({2}));
  EXPECT_EQ(range("a", "z", true), (strings{"a=2", "c=2"}));
  EXPECT_EQ(batch.get(rooms, "b").value(), std::nullopt);
}

TEST_F(ViewsStore, ShowsWhatWasAddedOnceItIsCommitted) {
  commit({{"a", "1"}}, 1);
  views_batch batch{*views};
  batch.put(rooms, "a", "2");
  for (const char* row : {"old", "new"})
    for (const char* key : {"n", "m", "o"}) batch.add(messages, key, row);
  EXPECT_EQ(batch.bytes(), 2 + 6 * 4u);
  EXPECT_EQ(views->get(messages, "m").value(), std::nullopt);
  ASSERT_TRUE(batch.commit({2}));
  EXPECT_EQ(batch.bytes(), 0u);
  EXPECT_EQ(views->get(rooms, "a").value(), "2");
  for (const char* key : {"m", "n", "o"}) EXPECT_EQ(views->get(messages, key).value(), "new");
  EXPECT_EQ(batch.get(messages, "m").value(), "new"); // a later batch may ask
  ASSERT_TRUE(batch.commit({3}));
  EXPECT_EQ(views->get(messages, "n").value(), "new");
}

TEST_F(ViewsStore, RemembersUntilTheCommitWhatAFoldHasRead) {
  views_batch batch{*views};
  EXPECT_EQ(batch.get(rooms, "a").value(), std::nullopt);
  EXPECT_EQ(batch.bytes(), 0u);
  commit({{"a", "1"}}, 1);
  EXPECT_EQ(batch.get(rooms, "a").value(), std::nullopt);
  ASSERT_TRUE(batch.commit({2})); // reading changes nothing
  EXPECT_EQ(views->get(rooms, "a").value(), "1");
  EXPECT_EQ(batch.get(rooms, "a").value(), "1");
}

TEST_F(ViewsStore, CountsTheBytesOfChangesOnce) {
  views_batch batch{*views};
  batch.put(rooms, "key", "12345");
  EXPECT_EQ(batch.bytes(), 8u);
  batch.put(rooms, "key", "1");
  EXPECT_EQ(batch.bytes(), 4u);
  batch.erase(rooms, "key");
  EXPECT_EQ(batch.bytes(), 3u);
}

TEST_F(ViewsStore, ReadsRangesInBothDirections) {
  commit({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}, 1);
  EXPECT_EQ(range("b", "d", true), (strings{"b=2", "c=3"}));
  EXPECT_EQ(range("b", "d", false), (strings{"c=3", "b=2"}));
  EXPECT_EQ(range("a", "z", true, 2), (strings{"a=1", "b=2"}));
  EXPECT_EQ(range("a", "z", false, 2), (strings{"d=4", "c=3"}));
  EXPECT_TRUE(range("x", "z", true).empty());
  EXPECT_TRUE(range("b", "b", false).empty());
}

TEST_F(ViewsStore, AnswersManyKeysInTheirOrder) {
  commit({{"a", "1"}, {"c", "3"}}, 1);
  const auto rows = views->get_many(rooms, {"c", "b", "a", "c"}).value();
  EXPECT_EQ(rows, (std::vector<std::optional<std::string>>{"3", std::nullopt, "1", "3"}));
  EXPECT_TRUE(views->get_many(rooms, {}).value().empty());
}

TEST_F(ViewsStore, WalksAlongKeysThatAscend) {
  std::vector<std::pair<std::string, std::string>> stored;
  for (int n = 100; n < 200; ++n)
    if (n % 3 != 0) stored.emplace_back("k" + std::to_string(n), std::to_string(n));
  commit(stored, 1);
  for (const int step : {1, 2, 7, 40}) {
    flat_strings keys = {"a", "a", "k100", "k101", "k101"};
    std::vector<std::optional<std::string>> expected = {{}, {}, "100", "101", "101"};
    for (int n = 102; n < 220; n += step) {
      keys.push_back("k" + std::to_string(n));
      expected.push_back(n < 200 && n % 3 != 0 ? std::optional(std::to_string(n)) : std::nullopt);
    }
    EXPECT_EQ(views->get_along(rooms, keys).value(), expected) << step;
  }
  EXPECT_TRUE(views->get_along(rooms, {}).value().empty());
  EXPECT_EQ(views->get_along(rooms, {"k101"}).value().front(), "101");
}

TEST_F(ViewsStore, KeepsRowsWithAnyBytes) {
  const std::string key("k\0\xFF", 3), row("r\0\0", 3);
  commit({{key, row}, {"empty", ""}}, 1);
  open();
  EXPECT_EQ(views->get(rooms, key).value(), row);
  EXPECT_EQ(views->get(rooms, "empty").value(), "");
}

TEST_F(ViewsStore, IsTheSameWhenOpenedAgain) {
  commit({{"a", "1"}}, 5);
  open();
  EXPECT_FALSE(views->was_emptied());
  EXPECT_EQ(views->get(rooms, "a").value(), "1");
  EXPECT_EQ(views->checkpoint().value().value, 5u);
}

TEST_F(ViewsStore, IsEmptiedForAnotherFingerprint) {
  commit({{"a", "1"}}, 5);
  open("two");
  EXPECT_TRUE(views->was_emptied());
  EXPECT_EQ(views->get(rooms, "a").value(), std::nullopt);
  EXPECT_EQ(views->checkpoint().value().value, 0u);
  EXPECT_EQ(views->fingerprint().value(), "two");
  commit({{"b", "2"}}, 6);
  open("two");
  EXPECT_FALSE(views->was_emptied());
  EXPECT_EQ(views->get(rooms, "b").value(), "2");
}

/// They say themselves what history they are of.
TEST_F(ViewsStore, KeepsItsSnapshotsWhenItLosesItsRows) {
  ASSERT_TRUE(views->put_snapshot(stream('r', 1), {3, sha256("third"), "state"}));
  open("two");
  open("two", {{"others"}});
  open("one", {{"rooms"}, {"messages"}});
  const auto found = views->find_snapshot(stream('r', 1)).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state, "state");
}

TEST_F(ViewsStore, IsEmptiedForOtherTables) {
  commit({{"a", "1"}}, 5);
  open("one", {{"rooms"}, {"messages"}, {"members"}});
  EXPECT_TRUE(views->was_emptied());
  EXPECT_EQ(views->checkpoint().value().value, 0u);
}

TEST_F(ViewsStore, IsEmptiedWhenDamaged) {
  commit({{"a", "1"}}, 5);
  views.reset();
  for (const auto& file : fs::directory_iterator(directory()))
    if (file.path().filename().string().rfind("MANIFEST", 0) == 0)
      std::ofstream(file.path(), std::ios::trunc) << "nonsense";
  open();
  EXPECT_TRUE(views->was_emptied());
  EXPECT_EQ(views->get(rooms, "a").value(), std::nullopt);
}

TEST_F(ViewsStore, IsNotEmptiedWhileSomebodyHasIt) {
  commit({{"a", "1"}}, 5);
  using forms = std::vector<table_form>;
  for (const forms& tables : {forms{{"rooms"}, {"messages"}}, forms{{"others"}}}) {
    const auto second = views_store::open(directory(), tables, "two");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, errc::io);
  }
  EXPECT_EQ(views->get(rooms, "a").value(), "1");
  commit({{"b", "2"}}, 6);
  open();
  EXPECT_FALSE(views->was_emptied());
}

TEST_F(ViewsStore, KeepsSnapshots) {
  EXPECT_EQ(views->find_snapshot(stream('r', 1)).value().has_value(), false);
  ASSERT_TRUE(views->put_snapshot(stream('r', 1), {1'000, sha256("it"), std::string("st\0te", 5)}));
  open();
  const auto found = views->find_snapshot(stream('r', 1)).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->version, 1'000u);
  EXPECT_EQ(found->at, sha256("it"));
  EXPECT_EQ(found->state, std::string("st\0te", 5));
  EXPECT_EQ(views->find_snapshot(stream('u', 1)).value().has_value(), false);
}

TEST_F(ViewsStore, FindsNoSnapshotWhoseBytesAreNotWhatWasPut) {
  const auto key = key_of(stream('r', 1));
  ASSERT_TRUE(views->put_snapshot(stream('r', 1), {7, sha256("it"), R"({"version":7})"}));
  views.reset();
  std::string row;
  const auto change = [&](const std::function<void(rocksdb::DB&, rocksdb::ColumnFamilyHandle*)>& with) {
    const auto opened =
        rocksdb_instance::open(views_options(), directory(), views_families({{"rooms", true}, {"messages"}})).value();
    with(opened->db(), opened->family(views_family_snapshot));
  };
  change([&](auto& db, auto* family) { ASSERT_TRUE(db.Get({}, family, {key.data(), key.size()}, &row).ok()); });
  std::vector<std::string> damaged{"", "x", row.substr(0, row.size() - 1), row + "x", std::string(row.size(), '\0')};
  for (std::size_t i = 0; i < row.size(); i += 5) {
    damaged.push_back(row);
    damaged.back()[i] = static_cast<char>(damaged.back()[i] ^ 1);
  }
  for (const std::string& bytes : damaged) {
    change([&](auto& db, auto* family) { ASSERT_TRUE(db.Put({}, family, {key.data(), key.size()}, bytes).ok()); });
    open();
    EXPECT_FALSE(views->find_snapshot(stream('r', 1)).value()) << to_hex(bytes);
    views.reset();
  }
  const auto other = key_of(stream('r', 2)); // whole, but another stream's
  change([&](auto& db, auto* family) { ASSERT_TRUE(db.Put({}, family, {other.data(), other.size()}, row).ok()); });
  open();
  EXPECT_FALSE(views->find_snapshot(stream('r', 2)).value());
}

TEST_F(ViewsStore, IsReadBesideItsWriter) {
  commit({{"a", "1"}}, 5);
  const auto reader = views_store::open_read_only(directory(), {{"rooms"}, {"messages"}});
  ASSERT_TRUE(reader) << reader.error().context;
  EXPECT_EQ(reader.value()->get(rooms, "a").value(), "1");
  EXPECT_EQ(reader.value()->checkpoint().value().value, 5u);
  EXPECT_EQ(reader.value()->fingerprint().value(), "one");
  EXPECT_EQ(views_store::open_read_only(root_ / "elsewhere", {{"rooms"}}).error().code, errc::not_found);
}

} // namespace
} // namespace palabre::storage

// How much of a damaged log is whole, and what can be made of one that RocksDB cannot open.
#include "stopped_log_fixture.hpp"

#include "storage/log_repair.hpp"
#include "storage/log_rows.hpp"
#include "storage/log_survey.hpp"

namespace palabre::storage {
namespace {

class LogSurvey : public stopped_log_fixture {
protected:
  static constexpr std::size_t records = 60;

  void SetUp() override {
    open();
    for (std::size_t i = 0; i < records; ++i)
      ASSERT_TRUE(commit(one(stream('r', i % 3), expectation::any(), {"payload " + std::to_string(i)}, keys_of(i))));
    close();
  }
  /// Of the commands; a log whose commands had no keys has a family without a table.
  virtual std::vector<idempotency> keys_of(std::size_t i) const { return {key(static_cast<std::uint8_t>(i), 1)}; }

  log_findings look(const std::string& where) {
    const auto opened = event_log::open(where, access::read_only, random_);
    EXPECT_TRUE(opened) << opened.error().context;
    return survey(*opened.value(), [](position) {}).value();
  }
  /// Changes a row with valid checksums, as someone does who knows RocksDB.
  void change(log_family family, std::string_view row_key, const std::function<void(std::string&)>& how) {
    const auto opened = rocksdb_instance::open(log_options(), directory(), log_families()).value();
    const rocksdb::Slice at(row_key.data(), row_key.size());
    std::string row;
    ASSERT_TRUE(opened->db().Get({}, opened->family(family), at, &row).ok());
    how(row);
    const auto status = row.empty() ? opened->db().Delete(synced_write(), opened->family(family), at)
                                    : opened->db().Put(synced_write(), opened->family(family), at, row);
    ASSERT_TRUE(status.ok());
  }
};

TEST_F(LogSurvey, FindsNothingInASoundLog) {
  for (int files = 0; files < 2; ++files) {
    const auto found = look(directory());
    EXPECT_FALSE(found.found) << *found.found;
    EXPECT_EQ(found.whole.value, records);
    flush();
  }
}

TEST_F(LogSurvey, EndsBeforeARecordThatWasRewritten) {
  change(family_log, view_of(key_of(position{20})), [](std::string& row) { row.back() ^= 1; });
  const auto found = look(directory());
  ASSERT_TRUE(found.found);
  EXPECT_EQ(found.whole.value, 22u); // the next of its stream tells
  EXPECT_EQ(named_position(*found.found), 23u) << *found.found;
}

TEST_F(LogSurvey, EndsBeforeARecordThatIsMissing) {
  change(family_log, view_of(key_of(position{20})), [](std::string& row) { row.clear(); });
  const auto found = look(directory());
  ASSERT_TRUE(found.found);
  EXPECT_EQ(found.whole.value, 19u);
  EXPECT_EQ(named_position(*found.found), 20u) << *found.found;
}

TEST_F(LogSurvey, DamageToAnIndexLeavesTheRecordsWhole) {
  struct {
    log_family family;
    std::string row;
  } const table[] = {
      {family_stream, std::string(view_of(key_of(stream('r', 1), 5)))},
      {family_command, std::string(as_bytes(key(9, 1).scope))},
      {family_head, std::string(view_of(key_of(stream('r', 2))))},
  };
  for (const auto& [family, row] : table) {
    std::string before;
    change(family, row, [&](std::string& bytes) {
      before = bytes;
      bytes[7] = static_cast<char>(bytes[7] ^ 1);
    });
    const auto found = look(directory());
    EXPECT_TRUE(found.found) << family;
    EXPECT_EQ(found.whole.value, records) << family;
    change(family, row, [&](std::string& bytes) { bytes = before; });
  }
  EXPECT_FALSE(look(directory()).found);
}

TEST_F(LogSurvey, ALogWithoutItsListOfFilesIsMadeReadable) {
  for (const bool in_files : {false, true}) {
    if (in_files) flush();
    const std::string damaged = root_ / (in_files ? "files" : "wal"), copy = damaged + ".copy";
    fs::copy(directory(), damaged);
    fs::remove(damaged + "/CURRENT");
    for (const auto& [name, bytes] : contents(damaged))
      if (name.starts_with("MANIFEST")) fs::remove(damaged + "/" + name);
    EXPECT_FALSE(event_log::open(damaged, access::read_only, random_));
    const auto before = contents(damaged);
    const auto repaired = repair_copy(damaged, copy);
    ASSERT_TRUE(repaired) << repaired.error().context;
    EXPECT_EQ(contents(damaged), before);
    const auto found = look(copy);
    EXPECT_EQ(found.whole.value, records) << found.found.value_or("");
  }
}

class LogSurveyWithoutKeys : public LogSurvey {
  std::vector<idempotency> keys_of(std::size_t) const override { return {}; }
};

TEST_F(LogSurveyWithoutKeys, AFamilyWithoutATableIsMadeAnew) {
  flush();
  fs::remove(directory() + "/CURRENT");
  ASSERT_TRUE(repair_copy(directory(), root_ / "copy"));
  EXPECT_EQ(look(root_ / "copy").whole.value, records);
}

TEST_F(LogSurvey, ALockedLogCannotBeOpenedForWriting) {
  {
    const auto lock = log_lock::take(directory());
    ASSERT_TRUE(lock);
    EXPECT_EQ(try_open().error().code, errc::io);
    EXPECT_FALSE(log_lock::take(directory()));
  }
  open();
  EXPECT_FALSE(log_lock::take(directory()));
}

} // namespace
} // namespace palabre::storage

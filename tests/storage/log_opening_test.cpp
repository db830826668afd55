// What a log says when it is opened after a kill, a power loss, or a lost end.
#include "stopped_log_fixture.hpp"

namespace palabre::storage {
namespace {

class LogOpening : public stopped_log_fixture {};

TEST_F(LogOpening, CreatesALog) {
  open();
  EXPECT_TRUE(log->report().created);
  EXPECT_TRUE(log->report().epoch_minted);
  EXPECT_EQ(log->epoch().size(), 8u);
  EXPECT_EQ(log->head().value, 0u);
  reopen();
  EXPECT_FALSE(log->report().created);
  EXPECT_FALSE(log->report().epoch_minted);
  EXPECT_TRUE(log->report().clean);
}

TEST_F(LogOpening, FinishesACreationThatWasInterrupted) {
  rocksdb::DBOptions options = log_options();
  options.create_if_missing = true;
  for (std::size_t families = 1; families < log_families().size(); ++families) {
    fs::remove_all(directory());
    rocksdb_instance::families some = log_families();
    some.resize(families);
    ASSERT_TRUE(rocksdb_instance::open(options, directory(), some));
    fs::remove(mark_path());
    open();
    EXPECT_TRUE(log->report().created);
    EXPECT_TRUE(commit(one(stream('r', 1), expectation::any(), {"a"})));
    close();
  }
}

TEST_F(LogOpening, LetsNobodyElseWrite) {
  open();
  const auto second = try_open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, errc::io);
}

TEST_F(LogOpening, KeepsEverythingAndTheEpochAfterAKill) {
  open();
  commit_many(20);
  const std::string epoch = log->epoch();
  kill();
  open();
  EXPECT_EQ(log->head().value, 20u);
  EXPECT_FALSE(log->report().clean);
  EXPECT_FALSE(log->report().epoch_minted);
  EXPECT_FALSE(log->report().tail_dropped);
  EXPECT_EQ(log->epoch(), epoch);
}

TEST_F(LogOpening, MintsAnEpochAfterTheMachineWentDown) {
  open();
  commit_many(2);
  const std::string epoch = log->epoch();
  kill();
  acked_mark other_boot = mark();
  other_boot.boot[0] ^= 1;
  set_mark(other_boot);
  open();
  EXPECT_TRUE(log->report().epoch_minted);
  EXPECT_NE(log->epoch(), epoch);
  EXPECT_EQ(log->head().value, 2u);
}

TEST_F(LogOpening, KeepsTheEpochWhenTheMachineWasShutDownInOrder) {
  open();
  commit_many(2);
  const std::string epoch = log->epoch();
  close();
  acked_mark other_boot = mark();
  other_boot.boot[0] ^= 1;
  set_mark(other_boot);
  open();
  EXPECT_EQ(log->epoch(), epoch);
}

TEST_F(LogOpening, MintsAnEpochWithoutAWatermark) {
  open();
  commit_many(2);
  close();
  fs::remove(mark_path());
  open();
  EXPECT_TRUE(log->report().epoch_minted);
}

TEST_F(LogOpening, RefusesALogThatEndsBelowTheWatermark) {
  open();
  commit_many(3);
  close();
  acked_mark beyond = mark();
  beyond.head.value = 5;
  set_mark(beyond);
  const auto before = contents(directory());
  const auto refused = try_open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::corrupt);
  EXPECT_EQ(named_position(refused.error().context), 4u) << refused.error().context;
  EXPECT_EQ(contents(directory()), before);
}

TEST_F(LogOpening, RefusesWhenTheLogIsGone) {
  open();
  commit_many(3);
  close();
  fs::remove_all(directory());
  const auto refused = try_open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::corrupt);
  EXPECT_FALSE(fs::exists(directory()));
}

TEST_F(LogOpening, RefusesAnotherHistoryThanTheOneAcked) {
  open();
  commit_many(3);
  close();
  acked_mark other = mark();
  other.hash[0] ^= 1;
  set_mark(other);
  const auto refused = try_open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(named_position(refused.error().context), 3u) << refused.error().context;
}

TEST_F(LogOpening, RefusesAWatermarkItCannotRead) {
  open();
  commit_many(3);
  close();
  write_file(mark_path(), "nonsense");
  EXPECT_EQ(try_open().error().code, errc::corrupt);
}

TEST_F(LogOpening, TakesABatchThatIsDurableButWasNeverAcked) {
  open();
  commit_many(3);
  const acked_mark earlier = mark();
  commit_many(1);
  kill();
  fs::remove(mark_path());
  set_mark(earlier);
  open();
  EXPECT_EQ(log->head().value, 4u);
}

TEST_F(LogOpening, LeavesOutATornEndThatWasNeverAcked) {
  open();
  commit_many(3);
  const acked_mark earlier = mark();
  commit_many(1, 300);
  kill();
  const fs::path wal = file_with(".log");
  const std::string whole = read_file(wal);
  fs::remove(mark_path());
  set_mark(earlier);

  write_file(wal, whole.substr(0, whole.find_last_not_of('\0') - 20)); // cut off
  open();
  EXPECT_EQ(log->head().value, 3u);
  EXPECT_EQ(commit(one(stream('r', 9), expectation::any(), {"next"})).value().last().value, 4u);
}

TEST_F(LogOpening, LeavesOutADamagedEndThatWasNeverAcked) {
  open();
  commit_many(3);
  const acked_mark earlier = mark();
  commit_many(1, 300);
  kill();
  const fs::path wal = file_with(".log");
  flip(wal, read_file(wal).find_last_not_of('\0') - 20);
  fs::remove(mark_path());
  set_mark(earlier);
  open();
  EXPECT_EQ(log->head().value, 3u);
  EXPECT_TRUE(log->report().tail_dropped);
  EXPECT_EQ(commit(one(stream('r', 9), expectation::any(), {"next"})).value().last().value, 4u);
  reopen();
  EXPECT_FALSE(log->report().tail_dropped);
  EXPECT_EQ(log->head().value, 4u);
}

} // namespace
} // namespace palabre::storage

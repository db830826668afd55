// What a log says when it is opened after a kill, a power loss, a lost end, or damage.
#include "log_fixture.hpp"

#include "storage/log_store.hpp"
#include "storage/watermark.hpp"

#include <fstream>

namespace palabre::storage {
namespace {

namespace fs = std::filesystem;
using access = event_log::access;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

void flip(const fs::path& path, std::size_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const char byte = static_cast<char>(file.get() ^ 0x10);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
}

/// Every file below `directory` with its bytes.
std::map<std::string, std::string> contents(const std::string& directory) {
  std::map<std::string, std::string> found;
  for (const auto& file : fs::directory_iterator(directory)) found[file.path().filename()] = read_file(file.path());
  return found;
}

/// The number behind "position " at the beginning of a context; 0: there is none.
std::uint64_t named_position(const std::string& context) {
  return context.rfind("position ", 0) == 0 ? std::stoull(context.substr(9)) : 0;
}

class LogOpening : public log_fixture {
protected:
  /// Leaves the files as a killed process would, and goes on with them.
  void kill() {
    const std::string saved = root_ / "saved";
    fs::copy(directory(), saved);
    fs::copy(mark_path(), saved + ".watermark");
    close();
    fs::remove_all(directory());
    fs::rename(saved, directory());
    fs::rename(saved + ".watermark", mark_path());
  }

  /// The one file of that kind, the largest if there are more.
  fs::path file_with(const std::string& extension) {
    fs::path largest;
    for (const auto& file : fs::directory_iterator(directory()))
      if (file.path().extension() == extension && (largest.empty() || file.file_size() > fs::file_size(largest))) largest = file.path();
    return largest;
  }

  acked_mark mark() { return *watermark::read(mark_path()).value(); }
  void set_mark(const acked_mark& to) {
    auto file = watermark::open(mark_path());
    ASSERT_TRUE(file && file.value().write(to));
  }

  /// Moves everything from the WAL into files.
  void flush() {
    auto instance = rocksdb_instance::open(log_options(), directory(), log_families()).value();
    for (std::size_t i = 0; i <= family_meta; ++i) ASSERT_TRUE(instance->db().Flush({}, instance->family(i)).ok());
  }
};

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

TEST_F(LogOpening, LetsNobodyElseIn) {
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

TEST_F(LogOpening, NamesThePositionOfAByteFlippedAnywhereInTheWal) {
  open();
  commit_many(12, 40);
  kill();
  const fs::path wal = file_with(".log");
  const std::string whole = read_file(wal);
  const std::size_t size = whole.find_last_not_of('\0') + 1;
  std::size_t refused = 0;
  for (std::size_t at = 0; at < size; at += 11) { // 11 meets every place of a header and of a record
    flip(wal, at);
    const auto before = contents(directory());
    const auto opened = try_open(access::read_only);
    if (opened) {
      const auto& damage = opened.value()->damage();
      const position head = opened.value()->head();
      if (head.value == 12) {
        EXPECT_FALSE(damage) << at << ": " << damage.value_or("");
      } else {
        ASSERT_TRUE(damage) << at;
        EXPECT_EQ(named_position(*damage), head.value + 1) << *damage;
      }
      std::size_t readable = 0;
      EXPECT_TRUE(opened.value()->scan({}, head, [&](const committed_record&) { return ++readable > 0; }));
      EXPECT_EQ(readable, head.value);
    }
    if (at % 4 == 0) { // opening for writing takes longer
      const auto for_writing = try_open();
      ASSERT_FALSE(for_writing) << "byte " << at;
      EXPECT_EQ(for_writing.error().code, errc::corrupt);
      EXPECT_NE(named_position(for_writing.error().context), 0u) << for_writing.error().context;
      ++refused;
    }
    EXPECT_EQ(contents(directory()), before) << "byte " << at;
    write_file(wal, whole);
  }
  EXPECT_GT(refused, 50u);
  open();
  EXPECT_EQ(log->head().value, 12u);
}

TEST_F(LogOpening, NamesThePositionOfAByteFlippedInAFile) {
  open();
  for (int i = 0; i < 40; ++i) {
    std::string payload(400, '\0'); // does not compress, so that the file has several blocks
    random_.fill(reinterpret_cast<std::uint8_t*>(payload.data()), payload.size());
    ASSERT_TRUE(commit(one(stream('r', 1), expectation::any(), {payload})));
  }
  close();
  flush();
  const fs::path file = file_with(".sst"); // the largest is that of the records
  const std::string whole = read_file(file);
  std::size_t damaged = 0;
  for (std::size_t at = 3; at < whole.size(); at += 97) {
    flip(file, at);
    const auto opened = try_open(access::read_only);
    if (!opened) {
      ADD_FAILURE() << "byte " << at << ": " << opened.error().context;
    } else {
      std::size_t readable = 0;
      const auto scanned = opened.value()->scan({}, {40}, [&](const committed_record&) { return ++readable > 0; });
      const auto& damage = opened.value()->damage();
      if (!scanned) {
        ++damaged;
        EXPECT_EQ(scanned.error().code, errc::corrupt);
        EXPECT_EQ(named_position(scanned.error().context), readable + 1) << scanned.error().context;
      } else if (readable < 40) {
        ++damaged;
        ASSERT_TRUE(damage) << at;
        EXPECT_EQ(named_position(*damage), readable + 1) << *damage;
      }
    }
    write_file(file, whole);
  }
  EXPECT_GT(damaged, 100u);
}

TEST_F(LogOpening, ReadsBesideAWriterWhatIsCommitted) {
  open();
  commit_many(10);
  for (int round = 0; round < 3; ++round) {
    const auto reader = try_open(access::read_only);
    ASSERT_TRUE(reader) << reader.error().context;
    EXPECT_EQ(reader.value()->damage(), std::nullopt);
    EXPECT_EQ(reader.value()->head(), log->head());
    EXPECT_EQ(reader.value()->epoch(), log->epoch());
    std::size_t readable = 0;
    EXPECT_TRUE(reader.value()->scan({}, log->head(), [&](const committed_record&) { return ++readable > 0; }));
    EXPECT_EQ(readable, log->head().value);
    EXPECT_EQ(reader.value()->head_of(stream('r', 1)).value(), log->head_of(stream('r', 1)).value());
    commit_many(10);
  }
}

TEST_F(LogOpening, ReadsBesideAWriterThatFlushesItsFiles) {
  open();
  writer->start();
  std::atomic<bool> ended{false};
  std::thread sender([&] {
    const std::string payload(2'000, 'x');
    for (int i = 0; i < 1'200;) { // 150 MB: several memtables
      const bool accepted = writer->submit(one(stream('r', 1), expectation::any(), std::vector<std::string>(64, payload))).has_value();
      if (accepted) ++i;
      else std::this_thread::yield(); // overloaded
    }
    writer->stop();
    ended = true;
  });
  position after;
  while (!ended) {
    const position before = log->head();
    const auto reader = try_open(access::read_only);
    if (!reader) {
      ADD_FAILURE() << reader.error().context;
      break;
    }
    EXPECT_EQ(reader.value()->damage(), std::nullopt) << *reader.value()->damage();
    EXPECT_GE(reader.value()->head(), before);
    const auto scanned = reader.value()->scan(after, reader.value()->head(), [](const committed_record&) { return true; });
    EXPECT_TRUE(scanned) << scanned.error().context;
    after = reader.value()->head();
  }
  sender.join();
}

TEST_F(LogOpening, ChangesNoFileWhenItOnlyReads) {
  open();
  commit_many(5);
  kill();
  const auto before = contents(directory());
  const std::string mark_before = read_file(mark_path());
  {
    const auto reader = try_open(access::read_only);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader.value()->head().value, 5u);
  }
  EXPECT_EQ(contents(directory()), before);
  EXPECT_EQ(read_file(mark_path()), mark_before);
}

TEST_F(LogOpening, ReadsNothingWhereThereIsNothing) {
  const auto reader = try_open(access::read_only);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, errc::io);
  EXPECT_FALSE(fs::exists(directory()));
}

TEST_F(LogOpening, GoesOnWithoutAReadableWatermarkWhenThatIsAccepted) {
  open();
  commit_many(3);
  close();
  write_file(mark_path(), "nonsense");
  ASSERT_TRUE(try_open(access::accept_loss));
  open();
  EXPECT_EQ(log->head().value, 3u);
}

TEST_F(LogOpening, NamesThePositionOfADamagedFileWhenItIsToBeWritten) {
  open();
  commit_many(20, 400);
  close();
  flush();
  const fs::path file = file_with(".sst");
  flip(file, fs::file_size(file) - 10); // its footer
  const auto refused = try_open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::corrupt);
  EXPECT_EQ(named_position(refused.error().context), 1u) << refused.error().context;
}

TEST_F(LogOpening, GoesOnWithALossThatIsAccepted) {
  open();
  commit_many(6);
  const std::string epoch = log->epoch();
  kill();
  const fs::path wal = file_with(".log");
  flip(wal, read_file(wal).find_last_not_of('\0') - 20);
  ASSERT_FALSE(try_open());
  {
    auto accepted = try_open(access::accept_loss);
    ASSERT_TRUE(accepted) << accepted.error().context;
    EXPECT_EQ(accepted.value()->head().value, 5u);
    EXPECT_NE(accepted.value()->epoch(), epoch);
  }
  open();
  EXPECT_EQ(log->head().value, 5u);
  EXPECT_TRUE(commit(one(stream('r', 9), expectation::any(), {"next"})));
}

} // namespace
} // namespace palabre::storage

// Reading only: beside the writer, and without leaving a trace.
#include "stopped_log_fixture.hpp"

#include "storage/log_checkpoint.hpp"

#include <rocksdb/file_system.h>

namespace palabre::storage {
namespace {

/// Does something each time a directory is listed, as often as it is told to.
class listened_file_system final : public rocksdb::FileSystemWrapper {
public:
  listened_file_system(int times, std::function<void()> meanwhile)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), left_(times), meanwhile_(std::move(meanwhile)) {}
  const char* Name() const override { return "listened_file_system"; }

  rocksdb::IOStatus GetChildren(const std::string& directory, const rocksdb::IOOptions& options,
                                std::vector<std::string>* names, rocksdb::IODebugContext* debug) override {
    if (left_-- > 0) meanwhile_();
    return target()->GetChildren(directory, options, names, debug);
  }

private:
  int left_;
  const std::function<void()> meanwhile_;
};

class LogReading : public stopped_log_fixture {};

TEST_F(LogReading, ReadsBesideAWriterWhatIsCommitted) {
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

TEST_F(LogReading, ScansTheSameRecordsInPlace) {
  open();
  commit_many(40);
  for (const std::uint64_t after : {0u, 7u, 40u}) {
    std::vector<std::string> copied, in_place;
    std::vector<std::uint64_t> positions;
    ASSERT_TRUE(log->scan({after}, {30}, [&](const committed_record& r) {
      copied.push_back(r.stored);
      return true;
    }));
    ASSERT_TRUE(log->scan_in_place({after}, {30}, [&](const record& r, std::string_view stored) {
      EXPECT_GE(r.payload.data(), stored.data());
      EXPECT_LE(r.payload.data() + r.payload.size(), stored.data() + stored.size());
      in_place.emplace_back(stored);
      positions.push_back(r.at.value);
      return positions.size() < 20;
    }));
    if (copied.size() > 20) copied.resize(20);
    EXPECT_EQ(in_place, copied);
    EXPECT_EQ(positions.empty(), after >= 30);
    if (!positions.empty()) {
      EXPECT_EQ(positions.front(), after + 1);
    }
  }
}

TEST_F(LogReading, ReadsBesideAWriterThatFlushesItsFiles) {
  open();
  writer->start();
  std::atomic<bool> ended{false};
  std::thread sender([&] {
    const std::string payload(2'000, 'x');
    for (int i = 0; i < 1'200;) { // 150 MB: several memtables
      const bool accepted =
          writer->submit(one(stream('r', 1), expectation::any(), std::vector<std::string>(64, payload))).has_value();
      if (accepted)
        ++i;
      else
        std::this_thread::yield(); // overloaded
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
    const auto scanned =
        reader.value()->scan(after, reader.value()->head(), [](const committed_record&) { return true; });
    EXPECT_TRUE(scanned) << scanned.error().context;
    after = reader.value()->head();
  }
  sender.join();
}

TEST_F(LogReading, FindsWhatTheWriterMovesFromTheWalToTablesWhileItLooks) {
  open();
  for (int times = 1; times <= 12; ++times) {
    commit_many(3);
    const position before = log->head();
    int flushes = 0;
    const auto disk = std::make_shared<listened_file_system>(times, [&] {
      commit_many(3);
      const std::string copy = root_ / ("copy-" + std::to_string(times) + '-' + std::to_string(++flushes));
      ASSERT_TRUE(checkpoint_log(*log, copy)); // flushes, whereupon the WAL goes
    });
    const auto reader = event_log::open(directory(), access::read_only, random_, disk);
    ASSERT_TRUE(reader) << reader.error().context;
    EXPECT_GT(flushes, 0);
    EXPECT_EQ(reader.value()->damage(), std::nullopt) << *reader.value()->damage();
    EXPECT_GE(reader.value()->head(), before);
    std::size_t readable = 0;
    const auto scanned = reader.value()->scan({}, log->head(), [&](const committed_record&) { return ++readable > 0; });
    EXPECT_TRUE(scanned) << times << ": " << scanned.error().context;
    EXPECT_EQ(readable, reader.value()->head().value) << times;
  }
}

TEST_F(LogReading, ChangesNoFileWhenItOnlyReads) {
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

TEST_F(LogReading, ReadsNothingWhereThereIsNothing) {
  const auto reader = try_open(access::read_only);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, errc::io);
  EXPECT_FALSE(fs::exists(directory()));
}

} // namespace
} // namespace palabre::storage

#include "storage/watermark.hpp"

#include "log_fixture.hpp"

#include <fstream>

namespace palabre::storage {
namespace {

acked_mark mark_at(std::uint64_t head) {
  acked_mark m;
  m.head = {head};
  m.hash.fill(static_cast<std::uint8_t>(head));
  m.epoch = "abcdefgh";
  m.boot.fill(3);
  return m;
}

void overwrite(const std::string& path, std::size_t offset, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file << bytes;
}

class Watermark : public ::testing::Test {
protected:
  temporary_directory root_;
  const std::string path_ = root_ / "mark";

  void write(std::uint64_t head) {
    auto mark = watermark::open(path_);
    ASSERT_TRUE(mark);
    ASSERT_TRUE(mark.value().write(mark_at(head)));
    ASSERT_TRUE(mark.value().sync());
  }
  std::uint64_t head() { return watermark::read(path_).value()->head.value; }
};

TEST_F(Watermark, IsAbsentBeforeTheFirstWrite) {
  EXPECT_FALSE(watermark::read(path_).value().has_value());
  ASSERT_TRUE(watermark::open(path_));
  EXPECT_FALSE(watermark::read(path_).value().has_value());
}

TEST_F(Watermark, SaysWhatWasWrittenLast) {
  auto mark = watermark::open(path_);
  ASSERT_TRUE(mark);
  for (std::uint64_t i = 1; i <= 5; ++i) {
    acked_mark m = mark_at(i);
    m.clean = i % 2 == 1;
    ASSERT_TRUE(mark.value().write(m));
    const auto read = watermark::read(path_).value();
    ASSERT_TRUE(read);
    EXPECT_EQ(read->head, m.head);
    EXPECT_EQ(read->hash, m.hash);
    EXPECT_EQ(read->epoch, m.epoch);
    EXPECT_EQ(read->boot, m.boot);
    EXPECT_EQ(read->clean, m.clean);
  }
}

TEST_F(Watermark, GoesOnInTurnWhenOpenedAgain) {
  for (std::uint64_t i = 1; i <= 5; ++i) {
    write(i);
    EXPECT_EQ(head(), i);
  }
}

TEST_F(Watermark, FallsBackToTheOtherSlotAfterATornWrite) {
  write(1);
  write(2);
  overwrite(path_, 4096 + 20, "torn");
  EXPECT_EQ(head(), 1u);
  write(3); // goes into the torn slot
  EXPECT_EQ(head(), 3u);
}

/// Nothing of what was written since the last sync is sure to be there after a power loss.
TEST_F(Watermark, LeavesTheSlotAloneThatWasSyncedLast) {
  auto mark = watermark::open(path_);
  ASSERT_TRUE(mark && mark.value().write(mark_at(1)) && mark.value().write(mark_at(2)) && mark.value().sync());
  std::string synced(3 * 4096, '\0');
  std::ifstream(path_, std::ios::binary).read(synced.data(), static_cast<std::streamsize>(synced.size()));
  for (std::uint64_t i = 3; i <= 9; ++i) {
    ASSERT_TRUE(mark.value().write(mark_at(i)));
    EXPECT_EQ(head(), i);
  }
  std::size_t torn = 0;
  for (std::size_t slot = 0; slot < 3; ++slot) {
    std::string now(200, '\0');
    std::ifstream file(path_, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(slot * 4096));
    file.read(now.data(), 200);
    if (now.substr(0, 93) == synced.substr(slot * 4096, 93)) continue;
    overwrite(path_, slot * 4096 + 20, "torn");
    ++torn;
  }
  EXPECT_EQ(torn, 2u);
  EXPECT_EQ(head(), 2u);
}

TEST_F(Watermark, WithoutAnyValidSlotIsCorrupt) {
  write(1);
  overwrite(path_, 20, "torn");
  EXPECT_EQ(watermark::read(path_).error().code, errc::corrupt);
  EXPECT_FALSE(watermark::open(path_));
}

TEST_F(Watermark, NoticesEveryFlippedBit) {
  write(1);
  std::string slot(200, '\0');
  std::ifstream(path_, std::ios::binary).read(slot.data(), 200);
  const std::size_t size = std::filesystem::file_size(path_);
  for (std::size_t i = 0; i < size; ++i) {
    overwrite(path_, i, std::string(1, static_cast<char>(slot[i] ^ 1)));
    EXPECT_FALSE(watermark::read(path_)) << "byte " << i;
    overwrite(path_, i, std::string(1, slot[i]));
  }
  EXPECT_EQ(head(), 1u);
}

TEST(MachineBoot, IsTheSameWhileTheMachineRuns) {
  EXPECT_EQ(machine_boot(), machine_boot());
}

} // namespace
} // namespace palabre::storage

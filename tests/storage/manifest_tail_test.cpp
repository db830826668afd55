// What a power loss leaves of the MANIFEST: an entry in full length whose last block was never written.
#include "storage/manifest_tail.hpp"

#include "stopped_log_fixture.hpp"

namespace palabre::storage {
namespace {

class ManifestTail : public stopped_log_fixture {
protected:
  fs::path manifest() const {
    std::string name = read_file(directory() + "/CURRENT");
    name.pop_back();
    return directory() + "/" + name;
  }
  /// A log of five records whose process was killed, on a machine that was started anew since, or as `mark` says.
  void leave_log(bool started_anew = true, bool clean = false) {
    open();
    commit_many(5, 40);
    kill();
    mark_as(started_anew, clean);
  }
  void mark_as(bool started_anew, bool clean) {
    acked_mark left = mark();
    if (started_anew) left.boot[0] = static_cast<std::uint8_t>(left.boot[0] ^ 1);
    left.clean = clean;
    set_mark(left);
  }
  /// The first entry of the MANIFEST once more at its end, whose last bytes were not written.
  void tear(std::size_t unwritten) {
    std::string bytes = read_file(manifest());
    std::string entry = bytes.substr(0, 7 + static_cast<unsigned char>(bytes[4]));
    ASSERT_LT(unwritten, entry.size());
    ASSERT_NE(entry.find_last_not_of('\0') + 1, entry.size() - unwritten) << "nothing changes";
    std::fill(entry.end() - static_cast<std::ptrdiff_t>(unwritten), entry.end(), '\0');
    write_file(manifest(), bytes + entry);
  }
  void expect_refused() {
    const auto before = contents(directory());
    const auto refused = try_open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::corrupt);
    EXPECT_NE(refused.error().context.find("MANIFEST"), std::string::npos) << refused.error().context;
    EXPECT_EQ(contents(directory()), before);
  }
};

TEST_F(ManifestTail, IsLeftOutAfterAPowerLoss) {
  leave_log();
  const auto whole = contents(directory());
  for (const std::size_t unwritten : {3u, 9u, 20u}) {
    tear(unwritten);
    {
      const auto opened = try_open();
      ASSERT_TRUE(opened) << unwritten << ": " << opened.error().context;
      EXPECT_EQ(opened.value()->head().value, 5u);
      EXPECT_TRUE(opened.value()->report().epoch_minted);
      for (std::uint64_t at = 1; at <= 5; ++at) EXPECT_TRUE(opened.value()->read({at})) << at;
    }
    ASSERT_TRUE(try_open()) << "once more";
    fs::remove_all(directory());
    fs::create_directory(directory());
    for (const auto& [name, bytes] : whole) write_file(directory() + "/" + name, bytes);
    mark_as(true, false);
  }
}

TEST_F(ManifestTail, IsDamageWhereTheMachineRanOn) {
  leave_log(false);
  tear(9);
  expect_refused();
}

TEST_F(ManifestTail, IsDamageWhereTheLogWasClosed) {
  leave_log(true, true);
  tear(9);
  expect_refused();
}

TEST_F(ManifestTail, IsDamageWhereWholeEntriesFollow) {
  leave_log();
  flip(manifest(), 12);
  expect_refused();
}

TEST_F(ManifestTail, EndsWithTheLastWholeEntry) {
  leave_log();
  const std::string whole = read_file(manifest());
  EXPECT_EQ(torn_end(whole), std::nullopt);
  EXPECT_EQ(torn_end({}), std::nullopt);
  const std::string twice = whole + whole; // blocks are counted from the beginning: what is whole stays so
  EXPECT_EQ(torn_end(twice), std::nullopt);
  for (std::size_t more = 1; more < 12; ++more)
    EXPECT_EQ(torn_end(whole + whole.substr(0, more)), whole.size()) << more;
  EXPECT_EQ(torn_end(whole + std::string(60'000, '\0')), whole.size());
  EXPECT_EQ(torn_end(whole + std::string(70'000, '\0')), std::nullopt) << "nobody writes so much at once";
  std::string damaged = whole;
  damaged[12] = static_cast<char>(damaged[12] ^ 1);
  EXPECT_EQ(torn_end(damaged), std::nullopt) << "whole entries follow";
}

} // namespace
} // namespace palabre::storage

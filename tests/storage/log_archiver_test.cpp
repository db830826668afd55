// Old records leave the log and stay what they were: read through while their segment is there, proved without it.
#include "stopped_log_fixture.hpp"

#include "storage/log_archiver.hpp"
#include "storage/log_builder.hpp"
#include "storage/log_survey.hpp"

#include <array>

namespace palabre::storage {
namespace {

class LogArchiver : public stopped_log_fixture {
protected:
  static constexpr std::uint64_t old_records = 600;
  const stream_id room_ = stream('r', 7), other_ = stream('r', 8);

  void SetUp() override {
    open();
    for (std::uint64_t i = 0; i < old_records; ++i) {
      const std::string words = i == 1 ? canary() : "word number " + std::to_string(i * 7'919);
      const auto keys =
          i < 100 ? std::vector<idempotency>{key(static_cast<std::uint8_t>(i), 3)} : std::vector<idempotency>{};
      ASSERT_TRUE(commit(one(i % 3 == 0 ? other_ : room_, expectation::any(), {words}, keys)));
    }
    for (int batch = 0; batch < 20; ++batch) // so that the first ones are old
      ASSERT_TRUE(commit(one(stream('r', 1), expectation::any(), std::vector<std::string>(60, "recent"))));
    close();
    open();
    before_ = bytes_of(*log);
    writer.reset();
  }
  /// Letters that no compression takes apart.
  static std::string canary() {
    seeded_randomness random(9);
    std::array<std::uint8_t, 64> bytes;
    random.fill(bytes.data(), bytes.size());
    return to_hex(as_bytes(bytes));
  }
  bool is_in_log(const std::string& text) {
    for (const auto& [name, bytes] : contents(directory()))
      if (bytes.find(text) != std::string::npos) return true;
    return false;
  }
  static std::vector<std::string> bytes_of(const event_log& from) {
    std::vector<std::string> all;
    EXPECT_TRUE(from.scan({}, from.head(), [&](const committed_record& r) {
      all.push_back(r.stored);
      return true;
    }));
    return all;
  }
  archived_part move_room() {
    log_archiver archiver(*log);
    const auto part = archiver.move(room_, log->head_of(room_).value().version);
    EXPECT_TRUE(part) << part.error().context;
    EXPECT_TRUE(archiver.free_space());
    return *part.value();
  }
  void expect_chain(const event_log& of) {
    const auto findings = survey(of, [](position) {}).value();
    EXPECT_FALSE(findings.found) << *findings.found;
    EXPECT_EQ(findings.whole, of.head());
  }
  std::vector<std::string> before_;
};

TEST_F(LogArchiver, ReadsThroughToTheSegment) {
  const auto part = move_room();
  EXPECT_EQ(part.name.first, 1u);
  EXPECT_EQ(part.records, 400u);
  EXPECT_EQ(part.path, root_ / "archive/" + file_name_of(part.name));
  EXPECT_EQ(bytes_of(*log), before_);
  std::vector<std::string> of_room;
  EXPECT_TRUE(log->read_stream(room_, 0, SIZE_MAX, [&](const committed_record& r) {
    of_room.push_back(r.stored);
    return true;
  }));
  EXPECT_EQ(of_room.size(), 400u);
  EXPECT_EQ(log->read({2}).value().stored, before_[1]);
  expect_chain(*log);
  reopen();
  EXPECT_EQ(bytes_of(*log), before_);
  EXPECT_TRUE(commit(one(room_, expectation::exactly(400), {"it goes on"})));
}

TEST_F(LogArchiver, TheBytesAreInTheSegmentAndNoMoreInTheLog) {
  EXPECT_TRUE(is_in_log(canary()));
  const auto part = move_room();
  EXPECT_NE(read_file(part.path).find(canary()), std::string::npos);
  EXPECT_FALSE(is_in_log(canary()));
}

TEST_F(LogArchiver, WithoutItsSegmentTheChainIsStillProvedAndWhoeverWantsTheBytesIsToldWhere) {
  const auto part = move_room();
  fs::rename(part.path, root_ / "taken-away");
  reopen();
  expect_chain(*log);
  const auto refused = log->read({2});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::not_found);
  EXPECT_EQ(named_position(refused.error().context), 2u);
  EXPECT_NE(refused.error().context.find(part.path), std::string::npos) << refused.error().context;
  EXPECT_EQ(log->scan({}, log->head(), [](const committed_record&) { return true; }).error().code, errc::not_found);
  EXPECT_TRUE(log->read({1})); // of the other room
  fs::rename(root_ / "taken-away", part.path);
  EXPECT_EQ(bytes_of(*log), before_);
}

TEST_F(LogArchiver, ASegmentThatWasChangedIsFoundOut) {
  const auto part = move_room();
  const std::string whole = read_file(part.path);
  std::size_t unnoticed = 0;
  EXPECT_TRUE(check_segment(part.path));
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    flip(part.path, at);
    reopen();
    const auto checked = check_segment(part.path);
    EXPECT_TRUE(!checked && checked.error().code == errc::corrupt) << at;
    const auto scanned = log->scan({}, log->head(), [](const committed_record&) { return true; });
    if (scanned)
      ++unnoticed;
    else
      EXPECT_EQ(scanned.error().code, errc::corrupt) << scanned.error().context;
    write_file(part.path, whole);
  }
  EXPECT_LE(unnoticed, 1u); // the sum at the end, which is for whoever has only the file
  for (const std::size_t size : {std::size_t{0}, whole.size() / 2, whole.size() - 1}) {
    write_file(part.path, whole.substr(0, size));
    reopen();
    EXPECT_FALSE(log->read({2})) << size;
    EXPECT_FALSE(check_segment(part.path)) << size;
  }
}

TEST_F(LogArchiver, GoesOnWhereItWasInterrupted) {
  log_archiver archiver(*log);
  ASSERT_TRUE(archiver.move(room_, 150));
  const auto rest = archiver.move(room_, 400).value();
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->name.first, 151u);
  EXPECT_FALSE(archiver.move(room_, 400).value()) << "twice";
  EXPECT_EQ(bytes_of(*log), before_);
  expect_chain(*log);
}

TEST_F(LogArchiver, FreesTheSpaceOfWhatAKilledOneMoved) {
  ASSERT_TRUE(log_archiver(*log).move(room_, 400)); // and was killed
  reopen();
  EXPECT_TRUE(is_in_log(canary()));
  log_archiver next(*log);
  EXPECT_FALSE(next.move(room_, 400).value()) << "there is nothing left to move";
  ASSERT_TRUE(next.free_space());
  EXPECT_FALSE(is_in_log(canary()));
  EXPECT_EQ(bytes_of(*log), before_);
}

TEST_F(LogArchiver, ACopyOfTheRowsIsTheSameLog) {
  move_room();
  auto made = log_builder::create(root_ / "elsewhere/log", "copyepch").value();
  EXPECT_TRUE(log->scan(
      {}, log->head(), [&](const committed_record& r) { return made->add(r).has_value(); },
      event_log::archived::as_rows));
  ASSERT_TRUE(made->finish());
  fs::copy(root_ / "archive", root_ / "elsewhere/archive");
  const auto copy = event_log::open(root_ / "elsewhere/log", access::read_only, random_).value();
  EXPECT_EQ(bytes_of(*copy), before_);
  expect_chain(*copy); // with the table of commands
}

} // namespace
} // namespace palabre::storage

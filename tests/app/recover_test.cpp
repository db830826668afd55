// What `palabre recover` says of a damaged log, and what it makes of it.

#include "damage.hpp"
#include "history.hpp"
#include "interrupted_program.hpp"
#include "stored_conversation.hpp"

#include "app/recover.hpp"
#include "storage/log_repair.hpp"
#include "storage/log_rows.hpp"
#include "storage/rocksdb_instance.hpp"
#include "storage/rocksdb_options.hpp"

#include <fstream>
#include <random>
#include <sstream>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;

class Recover : public StoredConversation {
protected:
  finished_program ask() const { return run_palabre({"recover", "--data", data_}); }
  finished_program accept() const { return run_palabre({"recover", "--accept-loss", "--data", data_}); }
  finished_program serve() const { return run_palabre({"serve", "--data", data_, "--listen", "127.0.0.1:0"}); }
  std::string log() const { return data_ + "/log"; }

  std::uint64_t position_of(std::size_t message) const {
    for (const auto& event : events_)
      if (event.text.find(word(message)) != std::string::npos) return event.position;
    return 0;
  }
  void move_into_files() {
    server_.start();
    EXPECT_EQ(server_.stop(), 0);
  }
  /// The directories in DATA/lost.
  std::vector<std::string> lost() const {
    std::vector<std::string> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(data_ + "/lost", none)) found.push_back(entry.path());
    return found;
  }
  void expect_report(const finished_program& ran, std::uint64_t readable) const {
    const std::uint64_t at_stake = events_.size() - readable;
    EXPECT_NE(ran.printed.find("readable: " + std::to_string(readable) + " events"), std::string::npos) << ran.printed;
    const std::string stake =
        at_stake == 0 ? "at stake: no acknowledged event" : "at stake: " + std::to_string(at_stake) + " acknowledged";
    EXPECT_NE(ran.printed.find(stake), std::string::npos) << ran.printed;
  }
  /// Asks, changing nothing; accepts; and finds the first `readable` events as they were, and the damaged log in lost/.
  void expect_recovered(std::uint64_t readable) {
    const auto damaged = contents_below(data_);
    const auto asked = ask();
    EXPECT_EQ(asked.status, 2) << asked.complained;
    EXPECT_NE(asked.complained.find("--accept-loss"), std::string::npos) << asked.complained;
    EXPECT_NE(asked.printed.find("found: "), std::string::npos) << asked.printed;
    expect_report(asked, readable);
    EXPECT_TRUE(contents_below(data_) == damaged);

    const auto accepted = accept();
    ASSERT_EQ(accepted.status, 0) << accepted.complained;
    expect_report(accepted, readable);
    std::string expected;
    for (std::uint64_t i = 0; i < readable; ++i) expected += events_[i].text + '\n';
    EXPECT_TRUE(printed(data_) == expected);
    expect_kept(damaged);
    expect_verified(data_);
    EXPECT_EQ(ask().status, 0);
  }
  /// Every file of the log that is now in lost/ is as it was.
  void expect_kept(const std::map<std::string, std::string>& damaged) const {
    ASSERT_EQ(lost().size(), 1u);
    for (const auto& [path, bytes] : damaged) {
      const std::string name = fs::path(path).lexically_relative(data_);
      if (!name.starts_with("log") || name.ends_with("/LOCK")) continue;
      const auto kept = contents_below(lost().front());
      const auto found = kept.find(lost().front() + "/" + name);
      ASSERT_NE(found, kept.end()) << name;
      EXPECT_TRUE(found->second == bytes) << name;
    }
  }
  void expect_it_serves(std::size_t messages_left) {
    server_.start();
    http_client client(server_.port());
    EXPECT_EQ(messages_after(client, ada_.token(), room_, 0).size(), messages_left);
    EXPECT_EQ(server_.stop(), 0);
    expect_verified(data_);
  }
};

TEST_F(Recover, ChangesNothingWhereNothingIsDamaged) {
  for (int files = 0; files < 2; ++files) {
    const auto before = contents_below(data_);
    for (const auto& ran : {ask(), accept()}) {
      EXPECT_EQ(ran.status, 0) << ran.complained;
      EXPECT_NE(ran.printed.find("nothing is damaged"), std::string::npos) << ran.printed;
    }
    EXPECT_TRUE(contents_below(data_) == before);
    move_into_files();
  }
}

TEST_F(Recover, GoesOnBeforeAByteFlippedInTheWal) {
  flipped_byte damage(log(), ".log", word(messages / 2));
  damage.keep();
  const auto refused = serve();
  EXPECT_NE(refused.complained.find("palabre recover"), std::string::npos) << refused.complained;
  expect_recovered(position_of(messages / 2) - 1);
  expect_it_serves(messages / 2);
}

TEST_F(Recover, GoesOnBeforeAByteFlippedInAFile) {
  move_into_files();
  flipped_byte damage(log(), ".sst", word(messages / 2));
  damage.keep();
  const auto damaged = contents_below(data_);
  const auto accepted = accept();
  EXPECT_EQ(accepted.status, 0) << accepted.complained;
  expect_kept(damaged);
  const auto left = read_events(data_);
  EXPECT_LT(left.size(), position_of(messages / 2));
  for (std::size_t i = 0; i < left.size(); ++i) EXPECT_EQ(left[i].text, events_[i].text);
  EXPECT_EQ(ask().status, 0);
  expect_verified(data_);
}

TEST_F(Recover, LosesNothingWhenOnlyTheListOfFilesIsGone) {
  move_into_files();
  fs::remove(log() + "/CURRENT");
  EXPECT_EQ(serve().status, 1);
  expect_recovered(events_.size());
  expect_it_serves(messages);
}

TEST_F(Recover, LosesNothingWhenTheListOfFilesIsDamaged) {
  move_into_files();
  for (const auto& [path, bytes] : contents_below(log())) {
    if (path.find("MANIFEST") == std::string::npos) continue;
    std::ofstream(path, std::ios::binary | std::ios::trunc) << std::string(bytes.size(), 'x');
  }
  EXPECT_EQ(serve().status, 1);
  expect_recovered(events_.size());
}

TEST_F(Recover, LosesNothingWhenOnlyTheWatermarkIsDamaged) {
  std::ofstream(data_ + "/log.watermark", std::ios::trunc) << "nonsense";
  const auto refused = serve();
  EXPECT_NE(refused.complained.find("palabre recover"), std::string::npos) << refused.complained;
  const auto asked = ask();
  EXPECT_EQ(asked.status, 2);
  EXPECT_NE(asked.printed.find("at stake: unknown"), std::string::npos) << asked.printed;
  EXPECT_EQ(accept().status, 0);
  expect_it_serves(messages);
}

TEST_F(Recover, ComputesAnIndexAnew) {
  {
    const auto opened = storage::rocksdb_instance::open(storage::log_options(), log(), storage::log_families()).value();
    const std::unique_ptr<rocksdb::Iterator> rows{opened->db().NewIterator({}, opened->family(storage::family_stream))};
    rows->SeekToFirst();
    ASSERT_TRUE(rows->Valid());
    ASSERT_TRUE(opened->db().Delete(storage::synced_write(), opened->family(storage::family_stream), rows->key()).ok());
  }
  expect_recovered(events_.size());
  expect_it_serves(messages);
}

/// No record is damaged, and still no server starts: whoever is told to recover must be able to.
TEST_F(Recover, GoesOnWhenTheLogDoesNotSayWhatItIs) {
  move_into_files();
  system_randomness random;
  const std::string epoch =
      storage::event_log::open(log(), storage::event_log::access::read_only, random).value()->epoch();
  flipped_byte damage(log(), ".sst", epoch);
  ASSERT_TRUE(damage.found());
  damage.keep();
  const auto refused = serve();
  EXPECT_NE(refused.complained.find("palabre recover"), std::string::npos) << refused.complained;
  EXPECT_EQ(run_palabre({"verify", "--data", data_}).status, 1);
  expect_recovered(events_.size());
  expect_it_serves(messages);
}

TEST_F(Recover, BeginsAnewWhenTheWholeLogIsGone) {
  fs::remove_all(log());
  EXPECT_EQ(serve().status, 1);
  const auto asked = ask();
  EXPECT_EQ(asked.status, 2);
  expect_report(asked, 0);
  EXPECT_EQ(accept().status, 0);
  EXPECT_EQ(printed(data_), "");
}

TEST_F(Recover, DoesNothingBesideAServer) {
  server_.start();
  for (const auto& ran : {ask(), accept()}) {
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.complained.find("in use"), std::string::npos) << ran.complained;
  }
  EXPECT_TRUE(server_.lives());
  EXPECT_FALSE(fs::exists(data_ + "/lost"));
}

/// Looks, when something is first printed, whether the log could be written meanwhile.
class looking_buffer final : public std::stringbuf {
public:
  explicit looking_buffer(std::string log) : log_(std::move(log)) {}
  std::optional<bool> was_free;

protected:
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    if (!was_free) was_free = storage::log_lock::take(log_).has_value();
    return std::stringbuf::xsputn(text, size);
  }

private:
  const std::string log_;
};

TEST_F(Recover, KeepsTheLogForItselfFromTheFirstLookOn) {
  flipped_byte damage(log(), ".log", word(messages / 2));
  damage.keep();
  looking_buffer text(log());
  std::ostream out(&text);
  std::ostringstream errors;
  EXPECT_EQ(app::recover(data_, false, out, errors), 2) << errors.str();
  EXPECT_EQ(text.was_free, false) << text.str();
  EXPECT_TRUE(storage::log_lock::take(log())) << "and lets go of it";
}

TEST_F(Recover, ClearsAwayWhatAKilledRunBegan) {
  const std::string begun = data_ + "/lost/2026-01-01T00-00-00.000Z.partial";
  fs::create_directories(begun + "/log");
  flipped_byte damage(log(), ".log", word(messages / 2));
  damage.keep();
  EXPECT_EQ(accept().status, 0);
  ASSERT_EQ(lost().size(), 1u);
  EXPECT_NE(lost().front(), begun);
}

TEST_F(Recover, KilledAtAnyMomentLeavesTheOldLogOrTheNewOne) {
  flipped_byte damage(log(), ".log", word(messages / 2));
  damage.keep();
  const std::string pristine = at("pristine");
  fs::copy(data_, pristine, fs::copy_options::recursive);
  const std::uint64_t readable = position_of(messages / 2) - 1;
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(run_and_kill({"recover", "--accept-loss", "--data", data_}, std::chrono::minutes(1)));
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
  fs::remove_all(data_);
  fs::copy(pristine, data_, fs::copy_options::recursive);
  std::mt19937_64 random(std::random_device{}());
  std::size_t killed = 0, old = 0;
  for (int round = 0; round < 25; ++round) {
    killed += run_and_kill({"recover", "--accept-loss", "--data", data_}, whole * (random() % 110) / 100);
    const auto asked = ask();
    if (asked.status == 2) {
      expect_report(asked, readable);
      EXPECT_EQ(serve().status, 1);
      ++old;
    } else {
      EXPECT_EQ(asked.status, 0) << asked.complained;
      EXPECT_EQ(read_events(data_).size(), readable);
      ASSERT_EQ(lost().size(), 1u);
      EXPECT_FALSE(lost().front().ends_with(".partial")) << "it is the log as it was";
    }
    fs::remove_all(data_);
    fs::copy(pristine, data_, fs::copy_options::recursive);
  }
  std::cout << killed << " killed, " << old << " before the new log was there" << std::endl;
  EXPECT_GT(killed, 0u);
}

} // namespace
} // namespace palabre::testing

// A log made of another one's records is the same log; whatever is out of place is refused.
#include "stopped_log_fixture.hpp"

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "storage/log_builder.hpp"
#include "storage/log_checkpoint.hpp"
#include "storage/log_survey.hpp"

#include <atomic>
#include <future>

namespace palabre::storage {
namespace {

class LogBuilder : public stopped_log_fixture {
protected:
  std::string copy_directory() const { return root_ / "copy"; }

  /// Some streams, some appends of several records, some keys.
  void write_history(std::size_t appends) {
    for (std::size_t i = 0; i < appends; ++i) {
      std::vector<idempotency> keys;
      if (i < 200) keys.push_back(key(static_cast<std::uint8_t>(i), 7));
      const std::vector<std::string> payloads(1 + i % 3, "payload " + std::to_string(i));
      ASSERT_TRUE(commit(one(stream('r', static_cast<std::uint8_t>(i % 11)), expectation::any(), payloads, keys)));
    }
  }
  std::vector<committed_record> records_of(const event_log& from) {
    std::vector<committed_record> all;
    EXPECT_TRUE(from.scan({}, from.head(), [&](const committed_record& r) {
      all.push_back(r.copy());
      return true;
    }));
    return all;
  }
  std::unique_ptr<log_builder> builder() { return log_builder::create(copy_directory(), "copyepch").value(); }
  std::unique_ptr<event_log> open_copy() {
    auto opened = event_log::open(copy_directory(), access::read_only, random_);
    EXPECT_TRUE(opened) << opened.error().context;
    return std::move(opened).value();
  }
};

TEST_F(LogBuilder, MakesTheSameLog) {
  open();
  write_history(3'000);
  const auto records = records_of(*log);
  auto made = builder();
  for (const committed_record& r : records) ASSERT_TRUE(made->add(r));
  EXPECT_EQ(made->head(), log->head());
  ASSERT_TRUE(made->finish());

  const auto copy = open_copy();
  EXPECT_FALSE(copy->damage());
  EXPECT_EQ(copy->head(), log->head());
  EXPECT_EQ(copy->epoch(), "copyepch");
  const auto copied = records_of(*copy);
  ASSERT_EQ(copied.size(), records.size());
  for (std::size_t i = 0; i < records.size(); ++i) ASSERT_EQ(copied[i].stored, records[i].stored);
  for (std::uint8_t i = 0; i < 11; ++i)
    EXPECT_EQ(copy->head_of(stream('r', i)).value(), log->head_of(stream('r', i)).value());
  for (std::uint8_t i = 0; i < 200; ++i)
    EXPECT_EQ(copy->find_command(key(i, 7).scope).value()->first, log->find_command(key(i, 7).scope).value()->first);
  const auto findings = survey(*copy, [](position) {}).value();
  EXPECT_EQ(findings.whole, log->head());
  EXPECT_FALSE(findings.found) << *findings.found;
}

TEST_F(LogBuilder, MakesALogThatGoesOn) {
  open();
  write_history(50);
  const auto records = records_of(*log);
  const position head = log->head();
  close();
  fs::remove_all(directory());
  fs::remove(mark_path());
  auto made = log_builder::create(directory(), "newepoch").value();
  for (const committed_record& r : records) ASSERT_TRUE(made->add(r));
  ASSERT_TRUE(made->finish());
  ASSERT_TRUE(write_watermark(directory(), made->head(), made->hash(), "newepoch", true));
  open();
  EXPECT_EQ(log->head(), head);
  EXPECT_EQ(log->epoch(), "newepoch");
  EXPECT_TRUE(log->report().clean);
  EXPECT_FALSE(log->report().epoch_minted);
  EXPECT_EQ(commit(one(stream('r', 1), expectation::any(), {"next"})).value().last(), head.next());
  reopen();
  EXPECT_EQ(log->head(), head.next());
}

TEST_F(LogBuilder, MakesAnEmptyLog) {
  ASSERT_TRUE(builder()->finish());
  EXPECT_EQ(open_copy()->head(), position{});
}

TEST_F(LogBuilder, RemembersMoreStreamsThanItKeepsInMemory) {
  auto made = builder();
  std::map<std::uint64_t, sha256_digest> hashes;
  position at;
  for (std::uint64_t round = 0; round < 2; ++round)
    for (std::uint64_t i = 0; i < limits::stream_heads_cached_max + 5'000; ++i) {
      stream_id to{'u', {}};
      set_int(reinterpret_cast<char*>(to.id.bytes.data() + 8), i); // the half that is hashed
      std::string stored = encoded(to, "x");
      at = at.next();
      complete(stored, at, round + 1, round == 0 ? sha256_digest{} : hashes[i]);
      hashes[i] = hash_of(stored);
      ASSERT_TRUE(made->add(decode(stored).value(), stored, hashes[i]));
    }
  ASSERT_TRUE(made->finish());
  EXPECT_EQ(open_copy()->head(), at);
}

TEST_F(LogBuilder, RefusesWhatIsOutOfPlace) {
  open();
  write_history(40);
  const auto records = records_of(*log);
  const auto add_all_but = [&](std::size_t left_out) -> result<void> {
    fs::remove_all(copy_directory());
    auto made = builder();
    for (std::size_t i = 0; i < records.size(); ++i)
      if (i != left_out) {
        PALABRE_TRY(made->add(records[i]));
      }
    return made->finish();
  };
  EXPECT_TRUE(add_all_but(records.size()));
  for (std::size_t i = 0; i + 1 < records.size(); i += 9) { // each makes a store
    const auto refused = add_all_but(i);
    ASSERT_FALSE(refused) << i;
    EXPECT_EQ(refused.error().code, errc::corrupt);
    EXPECT_EQ(named_position(refused.error().context), i + 1);
  }
  fs::remove_all(copy_directory());
  auto made = builder();
  ASSERT_TRUE(made->add(records[0]));
  EXPECT_FALSE(made->add(records[0])) << "twice";
}

TEST_F(LogBuilder, RefusesARecordThatDoesNotHoldTheHashOfItsPredecessor) {
  const stream_id to = stream('r', 1);
  std::string first = encoded(to, "first"), second = encoded(to, "second");
  complete(first, {1}, 1, {});
  complete(second, {2}, 2, hash_of(first));
  std::string altered = first;
  altered.back() = 'T';
  auto made = builder();
  ASSERT_TRUE(made->add(decode(altered).value(), altered, hash_of(altered)));
  const auto refused = made->add(decode(second).value(), second, hash_of(second));
  ASSERT_FALSE(refused);
  EXPECT_EQ(named_position(refused.error().context), 2u) << refused.error().context;
}

TEST_F(LogBuilder, WritesOverNoLog) {
  open();
  EXPECT_EQ(log_builder::create(directory(), "e").error().code, errc::conflict);
}

// ---- Checkpoints of a log that is being written

/// Appends as fast as it is answered, until it goes.
class busy_writer {
public:
  explicit busy_writer(journal& to) : to_(to), thread_([this] { run(); }) {}
  ~busy_writer() {
    enough_ = true;
    thread_.join();
  }

private:
  void run() {
    for (std::uint8_t i = 0; !enough_; ++i) {
      std::promise<void> answered;
      append next;
      next.streams.push_back({stream('r', i), expectation::any(), {}});
      for (int n = 0; n < 20; ++n)
        next.streams.back().records.push_back(encoded(stream('r', i), std::string(500, 'x')));
      next.done = [&](result<appended>) { answered.set_value(); };
      if (to_.submit(std::move(next))) answered.get_future().wait();
    }
  }

  journal& to_;
  std::atomic<bool> enough_ = false;
  std::thread thread_;
};

TEST_F(LogBuilder, ACheckpointHoldsWhatWasCommittedBeforeIt) {
  open();
  writer->start();
  const busy_writer busy(*writer);
  for (unsigned round = 0; round < 5; ++round) {
    while (log->head().value < 200u * (round + 1)) std::this_thread::yield();
    const position before = log->head();
    const std::string target = root_ / ("checkpoint-" + std::to_string(round));
    const auto made = checkpoint_log(*log, target);
    ASSERT_TRUE(made) << made.error().context;
    const auto copy = event_log::open(target, access::read_only, random_).value();
    EXPECT_FALSE(copy->damage()) << *copy->damage();
    EXPECT_GE(copy->head(), before);
    EXPECT_EQ(copy->epoch(), log->epoch());
    const auto findings = survey(*copy, [](position) {}).value();
    EXPECT_FALSE(findings.found) << *findings.found;
    EXPECT_EQ(findings.whole, copy->head());
  }
}

} // namespace
} // namespace palabre::storage

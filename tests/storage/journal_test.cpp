#include "log_fixture.hpp"

#include "base/limits.hpp"

#include <condition_variable>

namespace palabre::storage {
namespace {

const stream_id ada = stream('u', 1), lobby = stream('r', 1), garden = stream('r', 2);

class Journal : public log_fixture {
protected:
  void SetUp() override { open(); }

  std::vector<std::string> payloads_of(const stream_id& of) {
    std::vector<std::string> found;
    const auto read = log->read_stream(of, 0, 1000, [&](const committed_record& r) {
      EXPECT_EQ(r.view.version, found.size() + 1);
      found.emplace_back(r.view.payload);
      return true;
    });
    EXPECT_TRUE(read);
    return found;
  }
};

using strings = std::vector<std::string>;

TEST_F(Journal, GivesPositionsWithoutGaps) {
  const auto first = commit(one(lobby, expectation::any(), {"a", "b"}));
  const auto second = commit(one(garden, expectation::any(), {"c"}));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first.value()[0].view.at.value, 1u);
  EXPECT_EQ(first.value()[1].view.at.value, 2u);
  EXPECT_EQ(second.value()[0].view.at.value, 3u);
  EXPECT_EQ(log->head().value, 3u);
  EXPECT_EQ(payloads_of(lobby), (strings{"a", "b"}));
}

TEST_F(Journal, CommitsWhatIsQueuedInOneBatch) {
  for (const char* payload : {"a", "b", "c"}) ASSERT_TRUE(submit(one(lobby, expectation::any(), {payload})));
  EXPECT_TRUE(writer->step());
  EXPECT_FALSE(writer->step());
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].value().batch, answers[2].value().batch);
  EXPECT_EQ(answers[2].value()[0].view.payload, "c");
}

TEST_F(Journal, ChainsTheRecordsOfAStream) {
  const auto first = commit(one(lobby, expectation::any(), {"a"}));
  const auto other = commit(one(garden, expectation::any(), {"x"}));
  const auto second = commit(one(lobby, expectation::any(), {"b"}));
  EXPECT_EQ(first.value()[0].view.previous, sha256_digest{});
  EXPECT_EQ(second.value()[0].view.previous, first.value()[0].hash);
  EXPECT_EQ(second.value()[0].hash, hash_of(second.value()[0].stored));
  EXPECT_EQ(log->head_of(lobby).value(), (stream_head{2, {3}, second.value()[0].hash}));
  EXPECT_EQ(log->find_version(lobby, 2).value(), position{3});
  EXPECT_EQ(log->find_version(lobby, 3).value(), std::nullopt);
}

TEST_F(Journal, RefusesAnotherVersionThanExpected) {
  ASSERT_TRUE(commit(one(lobby, expectation::exactly(0), {"a"})));
  const auto stale = commit(one(lobby, expectation::exactly(0), {"b"}));
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code, errc::version_mismatch);
  EXPECT_TRUE(commit(one(lobby, expectation::exactly(1), {"c"})));
  EXPECT_EQ(payloads_of(lobby), (strings{"a", "c"}));
}

TEST_F(Journal, JudgesAgainstWhatIsPendingInTheSameBatch) {
  ASSERT_TRUE(submit(one(lobby, expectation::exactly(0), {"a"})));
  ASSERT_TRUE(submit(one(lobby, expectation::exactly(0), {"b"})));
  ASSERT_TRUE(submit(one(lobby, expectation::exactly(1), {"c"})));
  EXPECT_TRUE(writer->step());
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(answers[1].error().code, errc::version_mismatch);
  EXPECT_TRUE(answers[2]);
  EXPECT_EQ(payloads_of(lobby), (strings{"a", "c"}));
}

TEST_F(Journal, TakesAClaimOnlyWhileItIsFree) {
  EXPECT_TRUE(commit(one(ada, expectation::even(), {"claimed"})));
  EXPECT_FALSE(commit(one(ada, expectation::even(), {"claimed"})));
  EXPECT_TRUE(commit(one(ada, expectation::exactly(1), {"released"})));
  EXPECT_TRUE(commit(one(ada, expectation::even(), {"claimed"})));
}

TEST_F(Journal, AppendsToSeveralStreamsOrToNone) {
  ASSERT_TRUE(commit(one(garden, expectation::any(), {"x"})));
  append both = one(lobby, expectation::exactly(0), {"a", "b"});
  both.streams.push_back({garden, expectation::exactly(0), {encoded(garden, "y")}});
  const auto refused = commit(both);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::version_mismatch);
  EXPECT_EQ(refused.error().context, "1");
  EXPECT_EQ(log->head().value, 1u);
  EXPECT_TRUE(payloads_of(lobby).empty());

  both.streams[1].expected = expectation::exactly(1);
  const auto taken = commit(both);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken.value().count, 3u);
  EXPECT_EQ(taken.value()[2].view.stream, garden);
  EXPECT_EQ(taken.value().last().value, 4u);
}

TEST_F(Journal, CountsAStreamThatStandsTwiceInOneAppend) {
  append twice = one(lobby, expectation::exactly(0), {"a"});
  twice.streams.push_back({lobby, expectation::exactly(1), {encoded(lobby, "b")}});
  EXPECT_TRUE(commit(twice));
  EXPECT_EQ(payloads_of(lobby), (strings{"a", "b"}));
}

/// What a user is told: streams of which nothing is expected, several of them more than once.
TEST_F(Journal, ChainsStreamsThatStandSeveralTimesInOneAppend) {
  append many = one(lobby, expectation::exactly(0), {"came", "left"});
  for (const char* payload : {"1", "2", "3"})
    for (const stream_id& to : {ada, garden}) many.streams.push_back({to, expectation::any(), {encoded(to, payload)}});
  many.streams.push_back({ada, expectation::exactly(3), {encoded(ada, "4")}}); // counts those before it
  ASSERT_TRUE(submit(many));
  many.streams[0].expected = expectation::exactly(2);
  many.streams.back().expected = expectation::exactly(6); // it would be 7
  ASSERT_TRUE(submit(many));
  EXPECT_TRUE(writer->step());
  EXPECT_FALSE(writer->step()) << "both in one batch";
  ASSERT_TRUE(answers[0]);
  EXPECT_EQ(answers[0].value().count, 9u);
  EXPECT_EQ(answers[1].error().context, "7");
  EXPECT_EQ(payloads_of(ada), (strings{"1", "2", "3", "4"}));
  EXPECT_EQ(payloads_of(garden), (strings{"1", "2", "3"}));
  sha256_digest previous{};
  ASSERT_TRUE(log->read_stream(ada, 0, 10, [&](const committed_record& r) {
    EXPECT_EQ(r.view.previous, previous);
    previous = r.hash;
    return true;
  }));
  EXPECT_EQ(log->head_of(ada).value(), (stream_head{4, {9}, previous}));
}

TEST_F(Journal, RecognisesACommandInTheLog) {
  ASSERT_TRUE(commit(one(garden, expectation::any(), {"x"})));
  ASSERT_TRUE(commit(one(lobby, expectation::any(), {"a", "b"}, {key(1, 1)})));
  EXPECT_EQ(commit(one(lobby, expectation::any(), {"a"}, {key(1, 1)})).error().code, errc::already_done);
  EXPECT_EQ(commit(one(lobby, expectation::any(), {"z"}, {key(1, 2)})).error().code, errc::key_reused);
  reopen();
  EXPECT_EQ(commit(one(lobby, expectation::any(), {"a"}, {key(1, 1)})).error().code, errc::already_done);
  const auto done = log->find_command(key(1, 1).scope).value();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->first.value, 2u);
  EXPECT_EQ(done->count, 2u);
  EXPECT_EQ(done->status, 201);
  EXPECT_EQ(done->request, key(1, 1).request);
  ASSERT_EQ(log->read({2}).value().view.keys.size(), 1u);
  EXPECT_EQ(log->read({2}).value().view.keys[0].scope, key(1, 1).scope);
  EXPECT_TRUE(log->read({3}).value().view.keys.empty());
}

TEST_F(Journal, TakesSeveralCommandsInOneAppend) {
  append two = one(lobby, expectation::any(), {"a", "b"}, {key(1, 1)});
  append second = one(lobby, expectation::any(), {"c"}, {key(2, 1)});
  two.streams[0].records.push_back(second.streams[0].records[0]);
  two.keys.push_back(key(2, 1));
  ASSERT_TRUE(commit(two));
  EXPECT_EQ(log->find_command(key(1, 1).scope).value()->first.value, 1u);
  EXPECT_EQ(log->find_command(key(1, 1).scope).value()->count, 2u);
  EXPECT_EQ(log->find_command(key(2, 1).scope).value()->first.value, 3u);
  EXPECT_EQ(log->find_command(key(2, 1).scope).value()->count, 1u);
}

TEST_F(Journal, RecognisesACommandInTheSameBatch) {
  bool found_when_told = false;
  ASSERT_TRUE(submit(one(lobby, expectation::any(), {"a"}, {key(1, 1), key(2, 1)})));
  append again = one(lobby, expectation::any(), {"a"}, {key(2, 1)});
  again.done = [&](result<appended> answer) {
    EXPECT_EQ(answer.error().code, errc::already_done);
    found_when_told = log->find_command(key(2, 1).scope).value().has_value();
  };
  ASSERT_TRUE(writer->submit(again));
  ASSERT_TRUE(submit(one(lobby, expectation::any(), {"b"}, {key(2, 9)})));
  EXPECT_TRUE(writer->step());
  EXPECT_TRUE(answers[0]);
  EXPECT_TRUE(found_when_told);
  EXPECT_EQ(answers[1].error().code, errc::key_reused);
  EXPECT_EQ(payloads_of(lobby), strings{"a"});
}

TEST_F(Journal, ForgetsTheKeysOfARefusedAppend) {
  EXPECT_FALSE(commit(one(lobby, expectation::exactly(5), {"a"}, {key(1, 1)})));
  EXPECT_TRUE(commit(one(lobby, expectation::exactly(0), {"a"}, {key(1, 1)})));
}

TEST_F(Journal, TellsTheSendersFirstAndThenTheListenersInOrder) {
  std::vector<std::string> told;
  writer->add_listener([&](const committed_batch_ptr& batch) {
    EXPECT_EQ(log->head(), batch->last());
    told.push_back("first " + std::to_string(batch->records.size()));
  });
  writer->add_listener([&](const committed_batch_ptr&) { told.push_back("second"); });
  for (const char* name : {"a", "b"}) {
    append a = one(lobby, expectation::any(), {name});
    a.done = [&told, name](result<appended>) { told.push_back(name); };
    ASSERT_TRUE(writer->submit(std::move(a)));
  }
  EXPECT_TRUE(writer->step());
  EXPECT_EQ(told, (strings{"a", "b", "first 2", "second"}));
}

TEST_F(Journal, TellsNoListenerWhenEverythingWasRefused) {
  writer->add_listener([&](const committed_batch_ptr&) { FAIL(); });
  EXPECT_FALSE(commit(one(lobby, expectation::exactly(5), {"a"})));
  EXPECT_EQ(log->head().value, 0u);
}

TEST_F(Journal, RefusesWhenTheQueueIsFull) {
  const std::string payload(60'000, 'x');
  result<void> answer = success();
  std::size_t accepted = 0;
  for (; answer && accepted < 2'000; ++accepted) answer = submit(one(lobby, expectation::any(), {payload}));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::overloaded);
  EXPECT_GT(accepted * payload.size(), limits::journal_queue_bytes_max - 1'000'000);
  while (writer->step()) {
  }
  EXPECT_TRUE(submit(one(lobby, expectation::any(), {payload}))); // there is room again
}

TEST_F(Journal, KeepsToTheBoundsOfABatch) {
  std::size_t batches = 0;
  writer->add_listener([&](const committed_batch_ptr& batch) {
    ++batches;
    EXPECT_LE(batch->records.size(), limits::batch_records_max);
  });
  for (std::size_t i = 0; i < limits::batch_records_max + 1; ++i)
    ASSERT_TRUE(submit(one(lobby, expectation::any(), {"x"})));
  while (writer->step()) {
  }
  EXPECT_EQ(batches, 2u);
  EXPECT_EQ(answers.size(), limits::batch_records_max + 1);
}

TEST_F(Journal, GoesOnWhereItStoppedWhenOpenedAgain) {
  const auto before = commit(one(lobby, expectation::any(), {"a"}));
  const std::string epoch = log->epoch();
  const sha256_digest hash = before.value()[0].hash;
  answers.clear();
  reopen();
  EXPECT_EQ(log->head().value, 1u);
  EXPECT_EQ(log->epoch(), epoch);
  EXPECT_TRUE(log->report().clean);
  EXPECT_FALSE(log->report().created);
  const auto after = commit(one(lobby, expectation::exactly(1), {"b"}));
  ASSERT_TRUE(after);
  EXPECT_EQ(after.value()[0].view.at.value, 2u);
  EXPECT_EQ(after.value()[0].view.previous, hash);
}

TEST_F(Journal, RemembersMoreStreamsThanItKeepsInMemory) {
  constexpr std::size_t streams = limits::stream_heads_cached_max + 10;
  const auto numbered = [](std::size_t i) {
    stream_id s{'r', {}};
    for (int b = 0; b < 4; ++b) s.id.bytes[12 + b] = static_cast<std::uint8_t>(i >> 8 * b);
    return s;
  };
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < streams; ++i) ASSERT_TRUE(submit(one(numbered(i), expectation::exactly(round), {"x"})));
    while (writer->step()) {
    }
  }
  for (const auto& answer : answers) ASSERT_TRUE(answer);
  EXPECT_EQ(log->head().value, 2 * streams);
}

TEST_F(Journal, CommitsEverythingBeforeItsThreadEnds) {
  std::atomic<std::size_t> committed{0};
  writer->start();
  std::vector<std::thread> senders;
  for (std::uint8_t sender = 0; sender < 4; ++sender)
    senders.emplace_back([&, sender] {
      for (std::size_t i = 0; i < 500; ++i) {
        append a = one(stream('r', sender), expectation::exactly(i), {"x"});
        a.done = [&](result<appended> answer) { committed += answer.has_value(); };
        ASSERT_TRUE(writer->submit(std::move(a)));
      }
    });
  for (std::thread& sender : senders) sender.join();
  writer->stop();
  EXPECT_EQ(committed, 2'000u);
  EXPECT_EQ(log->head().value, 2'000u);
  EXPECT_EQ(submit(one(lobby, expectation::any(), {"late"})).error().code, errc::unavailable);
  reopen();
  EXPECT_TRUE(log->report().clean);
  EXPECT_EQ(log->head().value, 2'000u);
}

TEST_F(Journal, WakesUpForASingleAppend) {
  writer->start();
  for (int i = 0; i < 50; ++i) {
    std::mutex mutex;
    std::condition_variable told;
    bool done = false;
    append a = one(lobby, expectation::any(), {"x"});
    a.done = [&](result<appended>) {
      std::lock_guard lock(mutex);
      done = true;
      told.notify_one();
    };
    ASSERT_TRUE(writer->submit(std::move(a)));
    std::unique_lock lock(mutex);
    ASSERT_TRUE(told.wait_for(lock, std::chrono::seconds(20), [&] { return done; }));
  }
  writer->stop();
}

TEST_F(Journal, WritesTheSameBytesForTheSameSteps) {
  const auto history = [this](const std::string& name) {
    seeded_randomness random{7};
    auto other = event_log::open(root_ / name, event_log::access::read_write, random).value();
    journal steps{*other};
    for (int i = 0; i < 200; ++i) {
      EXPECT_TRUE(steps.submit(one(stream('r', i % 7), expectation::any(), {std::to_string(i)})));
      if (i % 5 == 0) steps.step();
    }
    while (steps.step()) {
    }
    std::string bytes = other->epoch();
    EXPECT_TRUE(other->scan({}, other->head(), [&](const committed_record& r) {
      bytes += r.stored;
      return true;
    }));
    return bytes;
  };
  EXPECT_EQ(history("one"), history("two"));
}

TEST_F(Journal, ReadsBackByPositionByStreamAndInOrder) {
  commit_many(300);
  EXPECT_EQ(log->read({0}).error().code, errc::not_found);
  EXPECT_EQ(log->read({301}).error().code, errc::not_found);
  EXPECT_EQ(log->read({300}).value().view.at.value, 300u);
  std::uint64_t expected = 11;
  ASSERT_TRUE(log->scan({10}, {20}, [&](const committed_record& r) { return r.view.at.value == expected++; }));
  EXPECT_EQ(expected, 21u);
  std::vector<stream_version> versions;
  ASSERT_TRUE(log->read_stream(stream('r', 1), 40, 30, [&](const committed_record& r) {
    versions.push_back(r.view.version);
    return versions.size() < 5;
  }));
  EXPECT_EQ(versions, (std::vector<stream_version>{41, 42, 43, 44, 45}));
  std::size_t all = 0;
  ASSERT_TRUE(log->read_stream(stream('r', 1), 0, 1'000, [&](const committed_record&) { return ++all > 0; }));
  EXPECT_EQ(all, 100u);
  std::size_t heads = 0;
  ASSERT_TRUE(log->scan_heads([&](const stream_id& s, const stream_head& h) {
    EXPECT_EQ(h, log->head_of(s).value());
    return ++heads > 0;
  }));
  EXPECT_EQ(heads, 3u);
}

} // namespace
} // namespace palabre::storage

// After the first write or sync that fails, nothing is accepted and nothing is told as done.
#include "failing_file_system.hpp"
#include "log_fixture.hpp"

namespace palabre::storage {
namespace {

const stream_id hall = stream('r', 1);

class JournalFailure : public log_fixture, public ::testing::WithParamInterface<int> {};

TEST_P(JournalFailure, IsTheLastThingTheJournalDoes) {
  const auto broken = std::make_shared<failing_file_system>();
  disk_ = broken;
  open();
  commit_many(3);
  answers.clear();
  std::size_t told = 0;
  writer->add_listener([&](const committed_batch_ptr&) { ++told; });
  broken->fail_after(GetParam());
  ASSERT_TRUE(submit(one(hall, expectation::any(), {"a"})));
  ASSERT_TRUE(submit(one(hall, expectation::exactly(99), {"b"})));
  EXPECT_TRUE(writer->step());

  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].error().code, errc::unavailable);
  EXPECT_EQ(answers[1].error().code, errc::unavailable);
  EXPECT_FALSE(writer->healthy());
  EXPECT_EQ(log->head().value, 3u);
  EXPECT_EQ(told, 0u);

  broken->fail_after(1'000'000); // the disk works again, which changes nothing
  EXPECT_EQ(submit(one(hall, expectation::any(), {"c"})).error().code, errc::unavailable);
  EXPECT_FALSE(writer->step());
  reopen();
  EXPECT_FALSE(log->report().clean);
  EXPECT_GE(log->head().value, 3u); // what could not be told may be there
  EXPECT_TRUE(commit(one(hall, expectation::any(), {"d"})));
}

INSTANTIATE_TEST_SUITE_P(AtTheWriteOrTheSync, JournalFailure, ::testing::Values(0, 1));

TEST_F(JournalFailure, AnswersWhatIsStillQueued) {
  const auto broken = std::make_shared<failing_file_system>();
  disk_ = broken;
  open();
  broken->fail_after(0);
  for (int i = 0; i < 5'000; ++i) ASSERT_TRUE(submit(one(hall, expectation::any(), {"a"}))); // more than one batch
  writer->start();
  writer->stop();
  ASSERT_EQ(answers.size(), 5'000u);
  for (const auto& answer : answers) EXPECT_EQ(answer.error().code, errc::unavailable);
  EXPECT_FALSE(writer->healthy());
}

TEST_F(JournalFailure, LosesNothingAckedWhereverTheDiskBreaks) {
  for (int calls = 0; calls < 60; ++calls) {
    temporary_directory place;
    const auto broken = std::make_shared<failing_file_system>();
    std::uint64_t acked = 0;
    {
      broken->fail_after(1'000'000);
      auto opened = event_log::open(place / "log", event_log::access::read_write, random_, broken);
      ASSERT_TRUE(opened);
      journal steps{*opened.value()};
      broken->fail_after(calls);
      for (int i = 0; i < 10; ++i) {
        append a = one(hall, expectation::any(), {"a", "b"});
        a.done = [&](result<appended> answer) {
          if (answer) acked = answer.value().last().value;
        };
        static_cast<void>(steps.submit(std::move(a)));
        if (i % 2 == 1) steps.step();
      }
      EXPECT_EQ(opened.value()->head().value, acked);
      broken->fail_after(1'000'000);
    }
    auto again = event_log::open(place / "log", event_log::access::read_write, random_, broken);
    ASSERT_TRUE(again) << calls << ": " << again.error().context;
    EXPECT_GE(again.value()->head().value, acked) << calls;
    EXPECT_EQ(again.value()->head().value % 2, 0u) << "half an append, at " << calls;
  }
}

} // namespace
} // namespace palabre::storage

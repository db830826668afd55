#include "bench/scenarios/reads.hpp"
#include "silence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace palabre::bench {
namespace {

using ::testing::IsEmpty;

options reads_run() {
  options how;
  how.binary = PALABRE_BINARY;
  how.duration_s = 1;
  how.warm_up_s = 0.1;
  how.runs = 1;
  return how;
}

TEST(Reads, AskEverythingAtAShareOfTheHighestRate) {
  reading_mix what;
  what.connections = 4;
  what.messages = 130;
  what.rooms = 15;
  what.load = 0.1;
  const result found = measure_reads(reads_run(), what, silence);
  ASSERT_EQ(found.runs.size(), 1u);
  EXPECT_THAT(found.runs[0].failures, IsEmpty());
  EXPECT_EQ(found.runs[0].figures.back().name, "highest rate");
  EXPECT_EQ(found.runs[0].latencies.front().name, "newest page");
  EXPECT_GT(found.runs[0].latencies.front().times_ns.count(), 0u);
}

TEST(Reads, RefuseARoomWithoutAWholePage) {
  reading_mix what;
  what.messages = 10;
  EXPECT_THROW(measure_reads(reads_run(), what, silence), std::runtime_error);
}

} // namespace
} // namespace palabre::bench

#include "bench/load/sink.hpp"

#include "bench/scenarios/generator.hpp"
#include "bench/scenarios/traffic.hpp"
#include "silence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <stdexcept>

namespace palabre::bench {
namespace {

using ::testing::IsEmpty;

options short_run() {
  options how;
  how.duration_s = 0.6;
  how.warm_up_s = 0.1;
  how.runs = 1;
  return how;
}

TEST(Sink, BringsEachMessageToEachListenerOnceAndInOrder) {
  const sink idle({});
  options how = short_run();
  how.url = "http://127.0.0.1:" + std::to_string(idle.at().port);
  how.protocol = "nchan";
  const result found = measure_fanout(how, {.rooms = 3, .listeners = 20, .senders = 6}, silence);
  EXPECT_THAT(found.runs.at(0).failures, IsEmpty());
  EXPECT_TRUE(found.runs.at(0).deliveries->whole());
  EXPECT_GT(found.runs.at(0).deliveries->delivered, 60u);
}

// Sockets that take a part of what there is, and frames with longer heads.
TEST(Sink, BringsLongMessagesWhole) {
  const sink idle({});
  options how = short_run();
  how.url = "http://127.0.0.1:" + std::to_string(idle.at().port);
  how.protocol = "nchan";
  const result found = measure_fanout(how, {.rooms = 1, .listeners = 50, .senders = 50, .body_bytes = 4'000}, silence);
  EXPECT_THAT(found.runs.at(0).failures, IsEmpty());
  EXPECT_TRUE(found.runs.at(0).deliveries->whole());
}

TEST(Sink, EndsWithItsOwner) {
  pid_t child = 0;
  {
    const sink idle({});
    child = idle.pid();
    EXPECT_EQ(::kill(child, 0), 0);
  }
  EXPECT_NE(::kill(child, 0), 0);
}

TEST(Generator, TellsWhatItCostsItself) {
  const result found = measure_generator(short_run(), {.connections = 60, .rooms = 3, .senders = 12}, silence);
  const run& only = found.runs.at(0);
  EXPECT_THAT(only.failures, IsEmpty());
  EXPECT_TRUE(only.deliveries->whole());
  ASSERT_FALSE(only.figures.empty());
  EXPECT_EQ(only.figures.front().name, "delivered");
  EXPECT_GT(only.figures.front().value, 0);
}

TEST(Generator, MeasuresNobodyElse) {
  options how = short_run();
  how.url = "http://127.0.0.1:1";
  EXPECT_THROW(measure_generator(how, {}, silence), std::runtime_error);
}

} // namespace
} // namespace palabre::bench

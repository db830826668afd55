#include "bench/scenarios/history.hpp"
#include "bench/scenarios/http.hpp"
#include "silence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace palabre::bench {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using part = history_reading::part;

options short_run() {
  options how;
  how.binary = PALABRE_BINARY;
  how.duration_s = 0.3;
  how.warm_up_s = 0.1;
  how.runs = 1;
  return how;
}

history_reading small_room(part where) {
  history_reading what;
  what.load.connections = 4;
  what.messages = 130;
  what.where = where;
  return what;
}

TEST(History, CountsTheMessagesOfAPage) {
  EXPECT_EQ(count_messages(""), 0u);
  EXPECT_EQ(count_messages(R"({"items":[{"seq":1,"body":"a"},{"seq":2,"body":"a"},{"seq":3,"body":"a"}]})"), 3u);
  EXPECT_EQ(count_messages(R"({"items":[{"seq":9,"body":"a"},{"seq":10,"body":"much more"},{"seq":11,"body":""}]})"),
            3u);
}

TEST(History, ReadsWholePagesWhereverTheyAre) {
  for (const part where : {part::newest, part::middle, part::oldest, part::random}) {
    const result found = measure_history(short_run(), small_room(where), silence);
    ASSERT_EQ(found.runs.size(), 1u);
    EXPECT_THAT(found.runs[0].failures, IsEmpty());
    EXPECT_GT(found.runs[0].figures.at(0).value, 0);
  }
}

TEST(History, KeepsToItsRate) {
  history_reading what = small_room(part::newest);
  what.load.rate = 500;
  options how = short_run();
  how.duration_s = 1;
  const result found = measure_history(how, what, silence);
  EXPECT_THAT(found.runs.at(0).failures, IsEmpty());
  EXPECT_NEAR(found.runs[0].figures.at(0).value, 500, 200);
}

TEST(History, RefusesAPageThatIsLargerThanTheRoom) {
  history_reading what = small_room(part::newest);
  what.messages = 10;
  EXPECT_THROW(measure_history(short_run(), what, silence), std::runtime_error);
}

TEST(Http, CountsAndTellsWhatItMeasured) {
  const result found = measure_http(short_run(), {}, silence);
  EXPECT_FALSE(found.failed());
  EXPECT_THAT(found.runs.at(0).figures,
              ElementsAre(Field(&figure::name, "requests"), Field(&figure::name, "server CPU per request"),
                          Field(&figure::name, "server CPU"), Field(&figure::name, "server memory")));
  const auto& times = found.runs[0].latencies.at(0);
  EXPECT_EQ(times.name, "request to answer");
  const double counted = found.runs[0].figures[0].value * found.runs[0].seconds;
  const double in_flight = 50; // at the start, and at the end
  EXPECT_NEAR(static_cast<double>(times.times_ns.count()), counted, in_flight);
}

TEST(Http, FailsWhereTheAnswerIsARefusal) {
  http_reading what;
  what.path = "/there/is/no/such/thing";
  const result found = measure_http(short_run(), what, silence);
  EXPECT_TRUE(found.failed());
  EXPECT_GT(found.runs.at(0).refused, 0u);
  EXPECT_THAT(found.runs[0].failures, Contains(HasSubstr("404")));
}

} // namespace
} // namespace palabre::bench

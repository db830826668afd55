#include "bench/report/json.hpp"

#include "made_result.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace palabre::bench {
namespace {

using ::testing::HasSubstr;

/// A file of which only a part is of interest.
std::string file_with(std::string from, std::string to) {
  auto text = to_json(made_result({.runs = 2, .operations = 50}));
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

error complaint_about(const std::string& text) {
  auto read = read_result(text);
  EXPECT_FALSE(read) << "was read";
  return read ? error{errc::internal, ""} : read.error();
}

TEST(Json, SaysAfterReadingWhatWasWritten) {
  auto r = made_result({.runs = 3, .operations = 500});
  r.target = "quotes \" and <tags> and é and \n";
  r.runs[1].failures = {"the first", "the second"};
  r.runs[1].deliveries.reset();
  r.runs[2].generator.limiting = true;
  r.runs[2].stolen_cores = 0.25;
  r.runs[2].refused = 17;
  const auto text = to_json(r);
  const auto read = read_result(text);
  ASSERT_TRUE(read) << read.error().context;
  EXPECT_TRUE(to_json(read.value()) == text); // all of it; too long to print
  const auto& again = read.value();
  EXPECT_EQ(again.target, r.target);
  EXPECT_EQ(again.parameters, r.parameters);
  EXPECT_EQ(again.environment, r.environment);
  ASSERT_EQ(again.runs.size(), 3u);
  EXPECT_EQ(again.runs[0].figures[2].direction, better::lower);
  EXPECT_NEAR(again.runs[0].figures[0].value / r.runs[0].figures[0].value, 1, 1e-11);
  EXPECT_EQ(again.runs[0].latencies[1].times_ns.at(0.99), r.runs[0].latencies[1].times_ns.at(0.99));
  EXPECT_EQ(again.runs[0].timeline[4].p99_ms, r.runs[0].timeline[4].p99_ms);
  EXPECT_FALSE(again.runs[1].deliveries);
  EXPECT_EQ(again.runs[1].failures, r.runs[1].failures);
  EXPECT_EQ(again.runs[2].refused, 17u);
  EXPECT_TRUE(again.runs[2].generator.limiting);
  EXPECT_EQ(again.runs[2].stolen_cores, 0.25);
  EXPECT_TRUE(std::isnan(again.runs[0].stolen_cores));
}

TEST(Json, ReadsFilesThatDoNotSayWhatTheHostTook) {
  const auto read = read_result(file_with("\"stolen_cores\":null,", ""));
  ASSERT_TRUE(read) << read.error().context;
  EXPECT_TRUE(std::isnan(read.value().runs[0].stolen_cores));
}

TEST(Json, KeepsWhatIsNoNumber) {
  auto r = made_result({.runs = 1, .operations = 1});
  r.runs[0].figures[0].value = std::nan("");
  const auto read = read_result(to_json(r));
  ASSERT_TRUE(read) << read.error().context;
  EXPECT_TRUE(std::isnan(read.value().runs[0].figures[0].value));
}

TEST(Json, KeepsAnEmptyResultAndAnEmptyLatency) {
  EXPECT_TRUE(read_result(to_json({})));
  auto r = made_result({.runs = 1, .operations = 0});
  const auto read = read_result(to_json(r));
  ASSERT_TRUE(read) << read.error().context;
  EXPECT_EQ(read.value().runs[0].latencies[0].times_ns.count(), 0u);
}

TEST(Json, SaysWhereItIsNotJson) {
  const auto why = complaint_about("{ \"palabre_bench\": 1,\n  \"scenario\": fanout }");
  EXPECT_EQ(why.code, errc::malformed);
  EXPECT_THAT(why.context, HasSubstr("line 2, column 15"));
  EXPECT_THAT(complaint_about("").context, HasSubstr("line 1"));
  const auto whole = to_json(made_result({.runs = 1, .operations = 3}));
  EXPECT_EQ(complaint_about(whole.substr(0, whole.size() / 2)).code, errc::malformed);
  EXPECT_THAT(complaint_about(whole + "{}").context, HasSubstr("line 2, column 1"));
}

TEST(Json, RefusesAnotherVersion) {
  const auto why = complaint_about(file_with("\"palabre_bench\":1", "\"palabre_bench\":2"));
  EXPECT_EQ(why.code, errc::from_the_future);
  EXPECT_THAT(why.context, HasSubstr("the file has 2"));
  EXPECT_EQ(complaint_about("{\"some\":\"thing else\"}").context, "palabre_bench: expected to be there");
  EXPECT_EQ(complaint_about("[]").context, "the file: expected an object");
}

TEST(Json, SaysWhichMemberIsWrong) {
  const auto about = [](std::string from, std::string to) { return complaint_about(file_with(from, to)).context; };
  EXPECT_EQ(about("\"scenario\":\"fanout\"", "\"scenario\":7"), "scenario: expected a text");
  EXPECT_EQ(about("\"question\"", "\"asked\""), "question: expected to be there");
  EXPECT_EQ(about("\"rooms\":\"100\"", "\"rooms\":100"), "parameters.rooms: expected a text");
  EXPECT_EQ(about("\"better\":\"lower\"", "\"better\":\"less\""),
            "runs[0].figures[2].better: expected \"higher\", \"lower\" or \"neither\"");
  EXPECT_EQ(about("\"refused\":0", "\"refused\":-1"), "runs[0].refused: expected a whole number that is not negative");
  EXPECT_EQ(about("\"limiting\":false", "\"limiting\":0"), "runs[0].generator.limiting: expected true or false");
  EXPECT_EQ(about("\"lost\":0", "\"lost\":\"none\""),
            "runs[0].deliveries.lost: expected a whole number that is not negative");
  EXPECT_EQ(about("\"timeline\":[", "\"timeline\":[3,"), "runs[0].timeline[0]: expected an object");
}

TEST(Json, RefusesBucketsThatNoHistogramHas) {
  const auto about = [](std::string buckets, std::string extremes) {
    return complaint_about(
               R"({"palabre_bench":1,"scenario":"","question":"","target":"","parameters":{},"environment":{},)"
               R"("runs":[{"seconds":1,"figures":[],"latencies":[{"name":"x","mean_ns":5,)" +
               extremes + R"("buckets":)" + buckets + "}]}]}")
        .context;
  };
  const std::string at = "runs[0].latencies[0].buckets", five = R"("min_ns":5,"max_ns":5,)";
  EXPECT_THAT(about("[[5]]", five), HasSubstr(at + "[0]: expected ["));
  EXPECT_THAT(about("[[5,0]]", five), HasSubstr(at + "[0]: expected ["));
  EXPECT_THAT(about("[[99999999999999,1]]", five), HasSubstr(at + "[0]: expected ["));
  EXPECT_THAT(about("[[256,1]]", R"("min_ns":256,"max_ns":256,)"), HasSubstr(at + ": expected buckets"));
  EXPECT_THAT(about("[[5,1],[4,1]]", five), HasSubstr(at + ": expected buckets"));
  EXPECT_THAT(about("[[5,1]]", R"("min_ns":5,"max_ns":700,)"), HasSubstr(at + ": expected buckets"));
  EXPECT_THAT(about("[[5,1]]", R"("min_ns":0,"max_ns":5,)"), HasSubstr(at + ": expected buckets"));
  EXPECT_THAT(about("[[5,1]]", five), HasSubstr("runs[0].timeline: expected to be there")); // nothing against those
}

} // namespace
} // namespace palabre::bench

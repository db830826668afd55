// `palabre bench` as one types it.

#include "bench/load/target.hpp"
#include "bench/report/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace palabre::bench {
namespace {

using ::testing::HasSubstr;

struct said {
  int exit_code;
  std::string text;
};

said bench(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {PALABRE_BINARY, "bench"});
  std::string text;
  const auto done = run_program(arguments, {}, &text);
  return {done.exit_code, text};
}

std::string content_of(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(BenchCommand, MeasuresWritesComparesAndShows) {
  const temporary_directory directory;
  const std::string json = directory.path() + "/post.json", html = directory.path() + "/post.html";
  const auto measured = bench({"post", "--rooms", "2", "--senders", "4", "--duration", "300ms", "--warm-up", "0s",
                               "--runs", "1", "--quiet", "--json", json, "--html", html});
  EXPECT_EQ(measured.exit_code, 0);
  EXPECT_THAT(measured.text, HasSubstr("accepted"));

  const auto read = read_result(content_of(json));
  ASSERT_TRUE(read);
  EXPECT_EQ(read.value().scenario, "post");
  EXPECT_GT(read.value().runs.at(0).figures.at(0).value, 0);
  EXPECT_THAT(read.value().target, HasSubstr("palabre 0."));
  EXPECT_THAT(content_of(html), HasSubstr("<svg"));

  const auto compared = bench({"compare", json, json});
  EXPECT_EQ(compared.exit_code, 2) << "one run says nothing about the next";
  const auto shown = bench({"table", json, "--as", "overview"});
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_THAT(shown.text, HasSubstr("**post**"));
}

TEST(BenchCommand, RefusesWhatItCannotDo) {
  const std::string nobody = "http://127.0.0.1:1";
  EXPECT_EQ(bench({}).exit_code, 2);
  EXPECT_EQ(bench({"post", "--pin", "0"}).exit_code, 2);
  EXPECT_EQ(bench({"post", "--protocol", "nats"}).exit_code, 2) << "a server of our own does not speak it";
  EXPECT_EQ(bench({"post", "--url", nobody, "--protocol", "telex"}).exit_code, 2);
  EXPECT_EQ(bench({"fanout", "--until-delivered", "--rate", "10"}).exit_code, 2);
  EXPECT_EQ(bench({"post", "--duration", "0s"}).exit_code, 2);
  EXPECT_EQ(bench({"verify", "--url", nobody}).exit_code, 2) << "it is about files";
  EXPECT_EQ(bench({"compare"}).exit_code, 2);
  EXPECT_EQ(bench({"post", "--url", nobody, "--quiet"}).exit_code, 3);
  EXPECT_EQ(bench({"post", "--url", "https://example.org", "--quiet"}).exit_code, 3);
  EXPECT_EQ(bench({"recover", "--url", nobody, "--protocol", "nchan", "--quiet"}).exit_code, 3);
}

} // namespace
} // namespace palabre::bench

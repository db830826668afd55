#include "http/realtime/command.hpp"

#include <gtest/gtest.h>

#include <random>

namespace palabre::http::realtime {
namespace {

std::optional<command> parse(std::string line) {
  line.reserve(line.size() + command_padding);
  return parse_command(line);
}

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

TEST(Command, HasTheFieldsOfItsLine) {
  const auto subscribe =
      parse(R"({"id":2,"subscribe":{"channel":"room:7","recover":true,"offset":120,"epoch":"Xy","flag":3}})");
  ASSERT_TRUE(subscribe);
  EXPECT_EQ(subscribe->id, 2u);
  EXPECT_EQ(subscribe->what, command::name::subscribe);
  EXPECT_EQ(subscribe->channel, "room:7");
  EXPECT_TRUE(subscribe->recover);
  EXPECT_TRUE(subscribe->reject_unrecovered);
  EXPECT_EQ(subscribe->offset, 120u);
  EXPECT_EQ(subscribe->epoch, "Xy");

  const auto history = parse(R"({"history":{"since":{"epoch":"Xy","offset":5},"limit":-1,"reverse":true},"id":6})");
  ASSERT_TRUE(history);
  EXPECT_EQ(history->what, command::name::history);
  EXPECT_TRUE(history->since && history->reverse);
  EXPECT_EQ(history->offset, 5u);
  EXPECT_EQ(history->limit, -1);
}

TEST(Command, CarriesItsDataMinified) {
  const auto rpc = parse(R"({"id":1,"rpc":{"method":"m","data": { "a" : [ 1 , "x y" ] } }})");
  ASSERT_TRUE(rpc);
  EXPECT_EQ(rpc->method, "m");
  EXPECT_EQ(rpc->data, R"({"a":[1,"x y"]})");
}

TEST(Command, TakesNullForAbsentAndIgnoresTheUnknown) {
  EXPECT_EQ(parse("{}")->what, command::name::none);
  EXPECT_EQ(parse(R"({"id":null,"connect":null})")->what, command::name::none);
  EXPECT_EQ(parse(R"({"id":1,"future":{"x":1}})")->what, command::name::none);
  EXPECT_EQ(parse(R"({"id":1,"subscribe":{"channel":null,"future":[]}})")->channel, "");
}

TEST(Command, IsNothingElse) {
  for (const char* line :
       {"1", "null", "[]", "\"x\"", "{", "{}{}", "{}x", R"({"id":"1","rpc":{}})", R"({"id":1.5})", R"({"id":-1})",
        R"({"id":4294967296})", R"({"id":1,"rpc":[]})", R"({"id":1,"rpc":{"method":1}})",
        R"({"id":1,"subscribe":{"offset":-1}})", R"({"id":1,"history":{"since":3}})",
        "{\"id\":1,\"rpc\":{\"method\":\"\xff\"}}", R"({"id":1,"rpc":{"method":"\ud800"}})"})
    EXPECT_FALSE(parse(line)) << line;
}

TEST(Command, BoundsTheDepthOfData) {
  EXPECT_TRUE(parse(R"({"id":1,"rpc":{"data":)" + nested(32) + "}}"));
  EXPECT_FALSE(parse(R"({"id":1,"rpc":{"data":)" + nested(40) + "}}"));
  EXPECT_FALSE(parse(nested(20'000)));
}

TEST(Command, SurvivesMutilatedLines) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string whole =
      R"({"id":2,"subscribe":{"channel":"room:7","token":"a","data":{"x":[1,2.5e3,"é"]},"recover":true,"offset":120}})";
  for (int round = 0; round < 20'000; ++round) {
    std::string line = whole;
    for (int i = 0; i < 1 + round % 4; ++i) line[random() % line.size()] = static_cast<char>(random());
    parse(line.substr(0, random() % (line.size() + 1)));
  }
}

} // namespace
} // namespace palabre::http::realtime

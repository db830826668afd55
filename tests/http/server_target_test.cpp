#include "http/server/target.hpp"

#include <gtest/gtest.h>

namespace palabre::http {
namespace {

struct split_case {
  std::string_view target, path, query = {}, authority = {};
};

class SplitTarget : public testing::TestWithParam<split_case> {};

TEST_P(SplitTarget, FindsTheParts) {
  const auto& expected = GetParam();
  const auto parts = split_target(expected.target);
  ASSERT_TRUE(parts) << expected.target;
  EXPECT_EQ(parts->path, expected.path);
  EXPECT_EQ(parts->query, expected.query);
  EXPECT_EQ(parts->authority, expected.authority);
}

INSTANTIATE_TEST_SUITE_P(Forms, SplitTarget,
                         testing::Values(split_case{"/", "/"}, split_case{"/a/b", "/a/b"},
                                         split_case{"/a?x=1", "/a", "x=1"}, split_case{"/a?", "/a"},
                                         split_case{"/?a?b", "/", "a?b"}, split_case{"/a%2Fb", "/a%2Fb"},
                                         split_case{"//a", "//a"}, split_case{"*", "*"},
                                         split_case{"http://here/a?x", "/a", "x", "here"},
                                         split_case{"HTTPS://here:81", "/", "", "here:81"},
                                         split_case{"http://here?x=1", "/", "x=1", "here"}));

TEST(SplitTarget, RefusesOtherForms) {
  for (const std::string_view target : {"", "a", "here:80", "ftp://here/", "http://", "http:///a", "http:/a", "?x",
                                        "**", "/a#b", "/a b", "/\t", "/\x7f", "/\xc3\xa9"})
    EXPECT_FALSE(split_target(target)) << target;
  EXPECT_FALSE(split_target(std::string_view("/a\0b", 4)));
}

using parameters = std::vector<std::pair<std::string, std::string>>;

TEST(DecodedQuery, KeepsTheOrderAndDecodesBothHalves) {
  EXPECT_EQ(decoded_query(""), parameters{});
  EXPECT_EQ(decoded_query("a=1&b=2&a=3"), (parameters{{"a", "1"}, {"b", "2"}, {"a", "3"}}));
  EXPECT_EQ(decoded_query("a&b=&=c&&d=e=f"), (parameters{{"a", ""}, {"b", ""}, {"", "c"}, {"d", "e=f"}}));
  EXPECT_EQ(decoded_query("q=a+b%2Bc&%26=%3D"), (parameters{{"q", "a b+c"}, {"&", "="}}));
  EXPECT_EQ(decoded_query("q=%F0%9F%98%80"), (parameters{{"q", "\U0001F600"}}));
}

TEST(DecodedQuery, RefusesWhatDoesNotDecode) {
  for (const std::string_view query : {"a=%", "a=%1", "a=%zz", "a=%00", "a=%ff", "%c3=1", "ok=1&a=%2"})
    EXPECT_FALSE(decoded_query(query)) << query;
}

} // namespace
} // namespace palabre::http

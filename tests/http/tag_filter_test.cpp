#include "http/realtime/tag_filter.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

namespace palabre::http::realtime {
namespace {

const tag_map tags{{"t", "message.posted"}, {"price", "9.5"}, {"city", "Lyon"}, {"empty", ""}};

struct comparison_case {
  const char* filter;
  bool admits;
};

TEST(TagFilter, ComparesTags) {
  const comparison_case cases[] = {
      {R"({"key":"city","cmp":"eq","val":"Lyon"})", true},
      {R"({"key":"city","cmp":"eq","val":"Paris"})", false},
      {R"({"op":"","key":"city","cmp":"neq","val":"Paris"})", true},
      {R"({"key":"city","cmp":"neq","val":"Lyon"})", false},
      {R"({"key":"nothing","cmp":"neq","val":"x"})", true},
      {R"({"key":"nothing","cmp":"eq","val":""})", false},
      {R"({"key":"empty","cmp":"eq"})", true},
      {R"({"key":"city","cmp":"in","vals":["Paris","Lyon"]})", true},
      {R"({"key":"city","cmp":"in","vals":[]})", false},
      {R"({"key":"city","cmp":"nin","vals":["Paris","Lyon"]})", false},
      {R"({"key":"nothing","cmp":"nin","vals":["Paris"]})", true},
      {R"({"key":"city","cmp":"ex"})", true},
      {R"({"key":"nothing","cmp":"ex"})", false},
      {R"({"key":"nothing","cmp":"nex"})", true},
      {R"({"key":"city","cmp":"nex"})", false},
      {R"({"key":"t","cmp":"sw","val":"message."})", true},
      {R"({"key":"t","cmp":"ew","val":".posted"})", true},
      {R"({"key":"t","cmp":"ct","val":"ge.po"})", true},
      {R"({"key":"t","cmp":"ct","val":"reaction"})", false},
      {R"({"key":"price","cmp":"lt","val":"10"})", true},
      {R"({"key":"price","cmp":"lte","val":"9.5"})", true},
      {R"({"key":"price","cmp":"gt","val":"9.5"})", false},
      {R"({"key":"price","cmp":"gte","val":"9.5"})", true},
      {R"({"key":"city","cmp":"gt","val":"1"})", false},
      {R"({"op":"and","nodes":[{"key":"city","cmp":"ex"},{"key":"nothing","cmp":"ex"}]})", false},
      {R"({"op":"or","nodes":[{"key":"city","cmp":"ex"},{"key":"nothing","cmp":"ex"}]})", true},
      {R"({"op":"not","nodes":[{"key":"nothing","cmp":"ex"}]})", true},
      {R"({"op":"and","nodes":[{"op":"not","nodes":[{"key":"city","cmp":"eq","val":"Paris"}]},
           {"op":"or","nodes":[{"key":"price","cmp":"gt","val":"100"},{"key":"t","cmp":"sw","val":"mess"}]}]})",
       true},
  };
  for (const auto& each : cases) {
    const auto filter = tag_filter::parse(each.filter);
    ASSERT_TRUE(filter) << each.filter;
    EXPECT_EQ(filter->admits(tags), each.admits) << each.filter;
  }
}

TEST(TagFilter, RefusesWhatIsNone) {
  for (const char* each :
       {"", "[]", "{}", R"({"key":"a"})", R"({"key":"a","cmp":"like"})", R"({"cmp":"eq","val":"a"})",
        R"({"op":"xor","nodes":[]})", R"({"op":"and"})", R"({"op":"and","nodes":[]})",
        R"({"op":"not","nodes":[{"key":"a","cmp":"ex"},{"key":"b","cmp":"ex"}]})", R"({"key":1,"cmp":"eq"})",
        R"({"key":"a","cmp":"in","vals":[1]})", R"({"op":"and","nodes":[1]})"})
    EXPECT_FALSE(tag_filter::parse(each)) << each;
}

TEST(TagFilter, HasABound) {
  const auto of_nodes = [](std::size_t count) {
    std::string text = R"({"op":"and","nodes":[)";
    for (std::size_t i = 1; i < count; ++i) text += R"({"key":"a","cmp":"ex"},)";
    text.back() = ']';
    return text + '}';
  };
  EXPECT_TRUE(tag_filter::parse(of_nodes(limits::tag_filter_nodes_max)));
  EXPECT_FALSE(tag_filter::parse(of_nodes(limits::tag_filter_nodes_max + 1)));
}

TEST(TagsOf, ReadsThemFromAPush) {
  EXPECT_EQ(tags_of(R"({"push":{"channel":"room:x","pub":{"data":{},"offset":1,"tags":{"t":"a","b":"c"}}}})"),
            (tag_map{{"t", "a"}, {"b", "c"}}));
  EXPECT_EQ(tags_of(R"({"push":{"channel":"room:x","pub":{"data":{}}}})"), tag_map{});
}

} // namespace
} // namespace palabre::http::realtime

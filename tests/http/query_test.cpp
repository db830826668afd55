#include "http/query.hpp"

#include <gtest/gtest.h>

namespace palabre::http {
namespace {

call with(std::vector<std::pair<std::string, std::string>> query) {
  call c;
  c.query = std::move(query);
  return c;
}

/// "?limit:out_of_range", or the number.
std::string limit_of(const std::string& text) {
  const call c = with({{"limit", text}});
  query_reader query(c);
  const std::size_t limit = query.limit();
  if (query.ok()) return std::to_string(limit);
  const problem p = query.take_problem();
  EXPECT_EQ(p.status, 422);
  EXPECT_EQ(p.code, "validation_failed");
  return p.errors.at(0).pointer + ":" + p.errors.at(0).code;
}

TEST(Query, LimitIsFrom1To200) {
  const call none = with({});
  EXPECT_EQ(query_reader(none).limit(), 50u);
  const std::pair<const char*, const char*> table[] = {{"1", "1"},
                                                       {"200", "200"},
                                                       {"0", "?limit:out_of_range"},
                                                       {"201", "?limit:out_of_range"},
                                                       {"999", "?limit:out_of_range"},
                                                       {"-1", "?limit:out_of_range"},
                                                       {"99999999999999999999999", "?limit:out_of_range"},
                                                       {"abc", "?limit:wrong_type"},
                                                       {"", "?limit:wrong_type"},
                                                       {"1.5", "?limit:wrong_type"},
                                                       {" 1", "?limit:wrong_type"},
                                                       {"1 ", "?limit:wrong_type"},
                                                       {"+1", "?limit:wrong_type"},
                                                       {"0x10", "?limit:wrong_type"}};
  for (const auto& [given, said] : table) EXPECT_EQ(limit_of(given), said) << given;
}

TEST(Query, TellsEverythingThatIsWrongAtOnce) {
  const call c = with({{"limit", "0"}, {"before", "-1"}, {"after", "2"}, {"discover", "maybe"}});
  query_reader query(c);
  query.limit();
  EXPECT_FALSE(query.integer("before", 1));
  EXPECT_EQ(query.integer("after", 0), 2u);
  query.at_most_one_of({"before", "after", "around"});
  query.flag("discover");
  const problem p = query.take_problem();
  ASSERT_EQ(p.errors.size(), 4u);
  EXPECT_EQ(p.errors[0].pointer, "?limit");
  EXPECT_EQ(p.errors[1].pointer, "?before");
  EXPECT_EQ(p.errors[2].pointer, "?after");
  EXPECT_EQ(p.errors[3].pointer, "?discover");
}

TEST(Query, OfANameThatComesTwiceTheFirstCounts) {
  const call c = with({{"limit", "3"}, {"limit", "x"}});
  query_reader query(c);
  EXPECT_EQ(query.limit(), 3u);
  EXPECT_TRUE(query.ok());
}

TEST(Query, AFlagIsTrueOrFalse) {
  const call c = with({{"a", "true"}, {"b", "false"}});
  query_reader query(c);
  EXPECT_TRUE(query.flag("a"));
  EXPECT_FALSE(query.flag("b"));
  EXPECT_FALSE(query.flag("c"));
  EXPECT_TRUE(query.ok());
}

} // namespace
} // namespace palabre::http

#include "http/routes/entity_tag.hpp"

#include <gtest/gtest.h>

namespace palabre::http {
namespace {

std::string header(const answer& a, std::string_view name) {
  for (const auto& [key, value] : a.headers)
    if (key == name) return value;
  return {};
}

TEST(EntityTag, HasTheSeqAndADigestOfTheBody) {
  EXPECT_TRUE(entity_tag(7, "{}").starts_with("\"7-"));
  EXPECT_TRUE(entity_tag(7, "{}").ends_with('"'));
  EXPECT_EQ(entity_tag(7, "{}"), entity_tag(7, "{}"));
  EXPECT_NE(entity_tag(7, "{}"), entity_tag(7, "{ }"));
}

TEST(EntityTag, IfNoneMatchNamesTheWholeTag) {
  const std::string tag = entity_tag(7, "{}");
  EXPECT_TRUE(names_tag(tag, tag));
  EXPECT_TRUE(names_tag("\"other\", W/" + tag, tag));
  EXPECT_TRUE(names_tag("*", tag));
  EXPECT_FALSE(names_tag("", tag));
  EXPECT_FALSE(names_tag(entity_tag(7, "{ }"), tag));
}

TEST(EntityTag, IfMatchComparesTheSeqAlone) {
  EXPECT_TRUE(allows_change("", 7));
  EXPECT_TRUE(allows_change("*", 7));
  EXPECT_TRUE(allows_change(entity_tag(7, "what a reader saw"), 7));
  EXPECT_TRUE(allows_change("\"6-x\" , \"7-y\"", 7));
  EXPECT_FALSE(allows_change(entity_tag(6, "{}"), 7));
  for (const char* nonsense : {"7", "\"\"", "\"7", "\"-7-x\"", "\"77-x\"", "\"x\"", ","})
    EXPECT_FALSE(allows_change(nonsense, 7)) << nonsense;
}

TEST(EntityTag, AGetThatHasItAlreadyGets304WithoutABody) {
  call c;
  c.if_none_match = entity_tag(3, "{\"a\":1}");
  const answer a = tagged_answer(c, 3, "{\"a\":1}");
  EXPECT_EQ(a.status, 304);
  EXPECT_EQ(a.body, "");
  EXPECT_EQ(header(a, "ETag"), c.if_none_match);
}

TEST(EntityTag, AChangeIsAnsweredWithItsBodyWhateverIfNoneMatchSays) {
  call c;
  c.method = verb::patch;
  c.if_none_match = "*";
  const answer a = tagged_answer(c, 3, "{}");
  EXPECT_EQ(a.status, 200);
  EXPECT_EQ(a.body, "{}");
}

} // namespace
} // namespace palabre::http

#include "search/search_words.hpp"

#include "search/plain_letters.hpp"

#include <gtest/gtest.h>

namespace palabre::search {
namespace {

search_words parsed(std::string_view text) {
  auto found = parse_search(text);
  EXPECT_TRUE(found) << (found ? "" : found.error().context);
  return found ? std::move(found).value() : search_words{};
}

TEST(SearchWords, LeaveTheWordsAndPhrasesAsTheyAre) {
  EXPECT_EQ(parsed("good \"early morning\" -evening").words, "good \"early morning\"");
  EXPECT_EQ(parsed("-\"late evening\" - -tea").without, (std::vector<std::string>{"\"late evening\"", "tea"}));
  EXPECT_EQ(parsed("  a   b\t\nc ").words, "a b c");
  EXPECT_EQ(parsed("http://example.org at:noon 10:30").words, "http://example.org at:noon 10:30");
  EXPECT_TRUE(parsed(" \t ").is_empty());
}

TEST(SearchWords, TakeTheFiltersOutWhereverTheyStand) {
  const auto found =
      parsed("from:ada good in:\"Reading club\" has:link after:2026-11-01 tea before:2026-12-01 from:@bob");
  EXPECT_EQ(found.words, "good tea");
  EXPECT_EQ(found.from, (std::vector<std::string>{"ada", "bob"}));
  EXPECT_EQ(found.in, std::vector<std::string>{"Reading club"});
  EXPECT_TRUE(found.has_link);
  EXPECT_EQ(found.after, parse_rfc3339("2026-11-01T00:00:00Z"));
  EXPECT_EQ(found.before, parse_rfc3339("2026-12-01T00:00:00Z"));
  EXPECT_EQ(parsed("before:2026-12-01T18:30:00Z").before, parse_rfc3339("2026-12-01T18:30:00Z"));
}

TEST(SearchWords, SayWhatIsNotUnderstood) {
  for (const char* wrong : {"before:yesterday", "after:2026-13-01", "has:legs", "from:", "in:\"\""}) {
    const auto found = parse_search(wrong);
    ASSERT_FALSE(found) << wrong;
    EXPECT_EQ(found.error().code, errc::invalid);
    EXPECT_NE(found.error().context.find(std::string_view(wrong).substr(0, 4)), std::string::npos)
        << found.error().context;
  }
}

TEST(PlainLetters, HaveNoAccents) {
  EXPECT_EQ(without_accents("Été à Besançon, naïve"), "Ete a Besancon, naive");
  EXPECT_EQ(without_accents("plain 雨 👩‍👩‍👧"), "plain 雨 👩‍👩‍👧");
  EXPECT_EQ(without_accents(""), "");
}

} // namespace
} // namespace palabre::search

#include "events/emoji.hpp"
#include "events/text.hpp"

#include <gtest/gtest.h>

namespace palabre::events {
namespace {

TEST(Emoji, IsOneFullyQualified) {
  for (const char* whole : {"👍", "👍🏽", "❤️", "👩‍💻", "👨‍👩‍👧‍👦", "🇫🇷", "1️⃣",
                            "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏳️‍🌈", "©️"})
    EXPECT_EQ(canonical_emoji(whole), whole);
  EXPECT_EQ(canonical_emoji("❤"), "❤️");
  EXPECT_EQ(canonical_emoji("🏳‍🌈"), "🏳️‍🌈");
}

TEST(Emoji, IsNothingElse) {
  for (const char* wrong : {"", "a", "1", "👍👍", "👍 ", " ", ":)", "👍a", "\xF0\x9F", "🇫", "‍", "️", "🏽👍", "é"})
    EXPECT_FALSE(canonical_emoji(wrong)) << wrong;
  std::string long_one;
  for (int i = 0; i < 40; ++i) long_one += "👍";
  EXPECT_FALSE(canonical_emoji(long_one));
}

TEST(Text, IsNormalized) {
  EXPECT_EQ(normalized_text("plain"), "plain");
  EXPECT_EQ(normalized_text("e\xCC\x81"), "é");
  EXPECT_EQ(normalized_text("a\r\nb\rc"), "a\nb\nc");
  EXPECT_EQ(normalized_text("tab\tand\nline"), "tab\tand\nline");
}

TEST(Text, RefusesControlCharactersAndBrokenUtf8) {
  for (const std::string& wrong :
       {std::string("\0", 1), std::string("\x1B[31m"), std::string("\x7F"), std::string("\xC2\x85"),
        std::string("\xFF"), std::string("\xED\xA0\x80"), std::string("\xC0\x80")})
    EXPECT_FALSE(normalized_text(wrong));
}

TEST(Text, IsCountedInCodePoints) {
  EXPECT_EQ(code_points(""), 0u);
  EXPECT_EQ(code_points("aé👍"), 3u);
}

} // namespace
} // namespace palabre::events

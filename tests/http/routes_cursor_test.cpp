#include "http/routes/cursor.hpp"

#include <gtest/gtest.h>

namespace palabre::http {
namespace {

constexpr std::string_view key = "a key of the server";

TEST(Cursor, GivesTheMarkBack) {
  const std::string mark("\0\xFF mark", 7);
  EXPECT_EQ(read_cursor(key, "members:1", make_cursor(key, "members:1", mark)), mark);
  EXPECT_EQ(read_cursor(key, "members:1", make_cursor(key, "members:1", "")), "");
}

TEST(Cursor, NeedsNoEscapingInAUrl) {
  const std::string cursor = make_cursor(key, "rooms", std::string(64, '\xFF'));
  EXPECT_EQ(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
}

TEST(Cursor, IsRefusedOnceAnyCharacterIsChanged) {
  const std::string cursor = make_cursor(key, "rooms", "sixteen bytes of");
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string changed = cursor;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(read_cursor(key, "rooms", changed), std::nullopt) << i;
  }
}

TEST(Cursor, BelongsToOneListAndOneServer) {
  const std::string cursor = make_cursor(key, "rooms", "mark");
  EXPECT_EQ(read_cursor(key, "room", cursor), std::nullopt);
  EXPECT_EQ(read_cursor("another key", "rooms", cursor), std::nullopt);
}

TEST(Cursor, IsNotAnythingElse) {
  for (const char* text : {"", "A", "not base64 at all!", "AAAA", "AAAAAAAAAAAAAAAAAAAAAA"})
    EXPECT_EQ(read_cursor(key, "rooms", text), std::nullopt) << text;
}

} // namespace
} // namespace palabre::http

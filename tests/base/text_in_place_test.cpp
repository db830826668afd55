#include "base/text_in_place.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <limits>

namespace palabre {
namespace {

std::string written(std::size_t bytes_max, const auto&... parts) {
  std::string out = "before ";
  text_in_place text(out, bytes_max);
  (text << ... << parts);
  text.end();
  return out;
}

TEST(TextInPlace, WritesPartBehindPart) {
  const uuid id = *parse_uuid("019aa72c-0001-7fed-89ab-cdef01234567");
  const std::string all = written(100, "a", std::string_view("bc"), id, std::uint64_t{0}, timestamp{1});
  EXPECT_EQ(all, "before abc019aa72c-0001-7fed-89ab-cdef0123456701970-01-01T00:00:00.001Z");
}

TEST(TextInPlace, FillsItsRoomToTheLastByte) {
  EXPECT_EQ(written(decimal_bytes_max, std::numeric_limits<std::uint64_t>::max()), "before 18446744073709551615");
  EXPECT_EQ(written(uuid_text_bytes, uuid{}), "before 00000000-0000-0000-0000-000000000000");
  EXPECT_EQ(written(rfc3339_bytes, timestamp{253'402'300'799'999}), "before 9999-12-31T23:59:59.999Z");
}

TEST(TextInPlace, WritesTheTimesThatTheSystemWrites) {
  for (std::int64_t ms = 0; ms < 253'402'300'800'000; ms += 86'399'123'457) {
    const std::time_t seconds = ms / 1000;
    std::tm parts{};
    ASSERT_NE(::gmtime_r(&seconds, &parts), nullptr);
    char text[32];
    ASSERT_GT(std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts), 0u);
    char fraction[8];
    std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(ms % 1000));
    ASSERT_EQ(to_rfc3339({ms}), std::string(text) + fraction);
  }
}

} // namespace
} // namespace palabre

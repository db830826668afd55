#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/flat_strings.hpp"
#include "base/ids.hpp"
#include "base/json_writer.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace palabre {
namespace {

TEST(FlatStrings, AreWhatWasPutInTheirOrder) {
  flat_strings some{"a", "", "ccc"};
  EXPECT_EQ(some.size(), 3u);
  EXPECT_EQ(some[0], "a");
  EXPECT_EQ(some[1], "");
  EXPECT_EQ(some[2], "ccc");
  EXPECT_FALSE(some.ascend());
  EXPECT_TRUE((flat_strings{"", "a", "a", "b"}.ascend()));
  EXPECT_TRUE(flat_strings{}.ascend());
  EXPECT_TRUE(flat_strings{}.empty());
}

TEST(Clock, WritesAndReadsRfc3339) {
  EXPECT_EQ(to_rfc3339({0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339({1'709'210'096'789}), "2024-02-29T12:34:56.789Z");
  EXPECT_EQ(parse_rfc3339("2024-02-29T12:34:56.789Z"), (timestamp{1'709'210'096'789}));
  EXPECT_EQ(parse_rfc3339("2024-02-29T14:34:56.7891234+02:00"), (timestamp{1'709'210'096'789}));
  EXPECT_EQ(parse_rfc3339("2024-02-29T12:34:56Z"), (timestamp{1'709'210'096'000}));
  EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:59.999Z"), (timestamp{253'402'300'799'999}));
}

TEST(Clock, RefusesWhatIsNoTime) {
  for (const char* wrong :
       {"", "2024-02-30T12:34:56Z", "2023-02-29T12:34:56Z", "2024-02-29 12:34:56Z", "2024-02-29T24:00:00Z",
        "2024-02-29T12:34:56", "2024-02-29T12:34:56.Z", "2024-02-29T12:34:56+25:00", "2024-13-01T00:00:00Z",
        "1969-12-31T23:59:59Z", "x024-02-29T12:34:56Z", "2024-02-29T12:34:56.0123456789Z", "2024-02-29T12:34:56Zx"})
    EXPECT_FALSE(parse_rfc3339(wrong)) << wrong;
}

TEST(Clock, RoundTripsAnyTime) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 10'000; ++i) {
    const timestamp t{static_cast<std::int64_t>(random() % 253'402'300'800'000)};
    EXPECT_EQ(parse_rfc3339(to_rfc3339(t)), t);
  }
}

TEST(Clock, CountsDays) {
  EXPECT_EQ(utc_day({86'399'999}), 0);
  EXPECT_EQ(utc_day({86'400'000}), 1);
}

// Vectors of FIPS 180-2 and RFC 4231.
TEST(Digest, IsSha256AndItsHmac) {
  EXPECT_EQ(to_hex(as_bytes(sha256("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(as_bytes(sha256(""))), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(as_bytes(hmac_sha256("Jefe", "what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      to_hex(as_bytes(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"))),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Digest, RoundTripsBase64Url) {
  EXPECT_EQ(to_base64url("\xFB\xFF"), "-_8");
  for (std::size_t size = 1; size < 70; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 37 + size);
    EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
  }
  for (const char* wrong : {"a", "ab=", "a b", "-_9", "ab+/"}) EXPECT_EQ(from_base64url(wrong), "") << wrong;
}

TEST(Digest, ComparesWholeStrings) {
  EXPECT_TRUE(equal_in_constant_time("same", "same"));
  EXPECT_FALSE(equal_in_constant_time("same", "sama"));
  EXPECT_FALSE(equal_in_constant_time("same", "same "));
  EXPECT_TRUE(equal_in_constant_time("", ""));
}

/// More than a thread fetches ahead, by two threads, in sizes that do not divide it.
TEST(SystemRandomness, NeverGivesTheSameTwice) {
  system_randomness random;
  std::mutex mutex;
  std::set<std::vector<std::uint8_t>> seen;
  constexpr std::size_t sizes[] = {10, 24, 64, 65, 2'000};
  constexpr int draws = 200;
  const auto draw = [&] {
    for (int i = 0; i < draws; ++i)
      for (const std::size_t size : sizes) {
        std::vector<std::uint8_t> bytes(size);
        random.fill(bytes.data(), size);
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(seen.insert(std::move(bytes)).second) << "draw " << i << " of " << size << " bytes";
      }
  };
  std::thread beside(draw);
  draw();
  beside.join();
  EXPECT_EQ(seen.size(), 2 * draws * std::size(sizes));
}

TEST(Id, IsAUuidOfItsTime) {
  system_randomness random;
  const uuid a = random.next_id({1'000}), b = random.next_id({1'001});
  EXPECT_LT(a, b);
  EXPECT_NE(random.next_id({5}), random.next_id({5}));
  const std::string text = to_text(a);
  EXPECT_EQ(text[14], '7');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
  EXPECT_EQ(parse_uuid(text), a);
  for (const char* wrong : {"", "0190b1f0-7c3a-7abc-8def-0123456789a", "0190b1f0-7c3a-7abc-8def-0123456789abc",
                            "0190b1f007c3a-7abc-8def-0123456789ab", "0190b1f0-7c3a-7abc-8def-0123456789ag"})
    EXPECT_FALSE(parse_uuid(wrong)) << wrong;
}

TEST(Bytes, ReadNothingBeyondTheEnd) {
  std::string stored;
  put_int<std::uint32_t>(stored, 7);
  put_int<std::uint8_t>(stored, 3);
  stored += "abc";
  byte_reader whole(stored);
  EXPECT_EQ(whole.integer<std::uint32_t>(), 7u);
  EXPECT_EQ(whole.string<std::uint8_t>(), "abc");
  EXPECT_TRUE(whole.finished());
  for (std::size_t size = 0; size < stored.size(); ++size) {
    byte_reader cut(std::string_view(stored).substr(0, size));
    cut.integer<std::uint32_t>();
    cut.string<std::uint8_t>();
    EXPECT_FALSE(cut.finished()) << size;
  }
}

TEST(JsonWriter, EscapesWhatHasTo) {
  std::string out;
  append_json_string(out, "a\"b\\c\n\r\t\x01\x1F é 👍");
  EXPECT_EQ(out, R"("a\"b\\c\n\r\t\u0001\u001f é 👍")");
  EXPECT_EQ(out.find('\n'), std::string::npos);
}

} // namespace
} // namespace palabre

#include "log_fixture.hpp"

namespace palabre::storage {
namespace {

record full_record() {
  record r;
  r.at = {7};
  r.stream = stream('r', 9);
  r.version = 3;
  r.previous.fill(0xAB);
  r.time.ms = 1'700'000'000'123;
  r.actor.bytes.fill(0x11);
  r.causation = {6};
  r.key_id = 77;
  r.schema = 2;
  r.type = "message.posted";
  r.correlation = "request-1";
  r.keys = {key(1, 2), key(3, 4)};
  r.payload = "{\"text\":\"hola\"}";
  return r;
}

bool same(const record& a, const record& b) {
  return a.at == b.at && a.stream == b.stream && a.version == b.version && a.previous == b.previous &&
         a.time == b.time && a.actor == b.actor && a.causation == b.causation && a.key_id == b.key_id &&
         a.schema == b.schema && a.type == b.type && a.correlation == b.correlation && a.keys == b.keys &&
         a.payload == b.payload;
}

TEST(Record, IsTheSameAfterEncodingAndDecoding) {
  const record r = full_record();
  const std::string stored = encode(r);
  const auto decoded = decode(stored);
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(same(decoded.value(), r));
}

TEST(Record, MayHaveEmptyStringsAndNoKeys) {
  const std::string stored = encode(record{});
  const auto decoded = decode(stored);
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(same(decoded.value(), record{}));
}

TEST(Record, HoldsTheLargestPayload) {
  record r = full_record();
  const std::string payload(64 * 1024, 'p');
  r.payload = payload;
  const std::string stored = encode(r);
  EXPECT_EQ(decode(stored).value().payload, payload);
}

TEST(Record, IsCompletedInPlace) {
  record r = full_record();
  std::string stored = encode(r);
  r.at = {1'000'000'007};
  r.version = 99;
  r.previous.fill(0x5C);
  complete(stored, r.at, r.version, r.previous);
  EXPECT_TRUE(same(decode(stored).value(), r));
  EXPECT_EQ(stored, encode(r));
}

TEST(Record, IsRefusedWhenCutAnywhere) {
  const std::string stored = encode(full_record());
  for (std::size_t size = 0; size < stored.size(); ++size) {
    const std::unique_ptr<char[]> exact{new char[size]}; // so that a read past the end is seen by the sanitizer
    std::copy_n(stored.data(), size, exact.get());
    const auto decoded = decode({exact.get(), size});
    ASSERT_FALSE(decoded) << size;
    EXPECT_EQ(decoded.error().code, errc::corrupt);
  }
}

TEST(Record, IsRefusedWithBytesLeftOver) {
  EXPECT_FALSE(decode(encode(full_record()) + '\0'));
}

TEST(Record, IsNeverTheSameWithOneBitFlipped) {
  const record r = full_record();
  const std::string stored = encode(r);
  for (std::size_t bit = 0; bit < stored.size() * 8; ++bit) {
    std::string flipped = stored;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    const auto decoded = decode(flipped);
    EXPECT_FALSE(decoded && same(decoded.value(), r)) << "bit " << bit;
    EXPECT_NE(hash_of(flipped), hash_of(stored));
  }
}

TEST(Record, OfAnUnknownFormatIsRefusedByName) {
  std::string stored = encode(full_record());
  stored[0] = 9;
  EXPECT_EQ(decode(stored).error().context, "record: unknown format 9");
}

TEST(CommittedRecord, KeepsItsViewsWhenMoved) {
  std::string stored = encode(record{}); // the shortest there is
  record view = decode(stored).value();
  committed_record first{std::move(stored), std::move(view), {}};
  const char* const payload = first.view.payload.data();
  const committed_record second = std::move(first);
  EXPECT_EQ(second.view.payload.data(), payload);
  EXPECT_EQ(payload, second.stored.data() + second.stored.size());
}

} // namespace
} // namespace palabre::storage

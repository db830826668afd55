#include "http/token_buckets.hpp"

#include <gtest/gtest.h>

#include <random>

namespace palabre::http {
namespace {

using std::chrono::milliseconds;

uuid key(std::uint8_t n) {
  uuid id;
  id.bytes.fill(n);
  return id;
}

const token_buckets::time_point start{};

TEST(TokenBuckets, GiveABurstThenOnePerInterval) {
  token_buckets buckets({milliseconds(1'000), 3}, 1'000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(buckets.take(key(1), start), milliseconds(0)) << i;
  EXPECT_EQ(buckets.take(key(1), start), milliseconds(1'000));
  EXPECT_EQ(buckets.take(key(1), start + milliseconds(400)), milliseconds(600));
  EXPECT_EQ(buckets.take(key(1), start + milliseconds(1'000)), milliseconds(0));
  EXPECT_EQ(buckets.take(key(1), start + milliseconds(1'000)), milliseconds(1'000));
}

TEST(TokenBuckets, MayOweWhatWasDoneAlready) {
  token_buckets buckets({milliseconds(1'000), 3}, 1'000);
  EXPECT_EQ(buckets.take(key(1), start), milliseconds(0));
  buckets.owe(key(1), start, 7); // of the two that are left, and five that come
  EXPECT_EQ(buckets.take(key(1), start), milliseconds(6'000));
  EXPECT_EQ(buckets.take(key(1), start + milliseconds(6'000)), milliseconds(0));
  EXPECT_EQ(buckets.take(key(2), start), milliseconds(0)) << "others owe nothing";
  buckets.owe(key(3), start, 3);
  EXPECT_EQ(buckets.take(key(3), start), milliseconds(1'000));
}

TEST(TokenBuckets, KeepKeysApart) {
  token_buckets buckets({milliseconds(1'000), 1}, 1'000);
  EXPECT_EQ(buckets.take(key(1), start), milliseconds(0));
  EXPECT_EQ(buckets.take(key(2), start), milliseconds(0));
  EXPECT_NE(buckets.take(key(1), start), milliseconds(0));
}

/// Of each shard: its keys, and one bucket for all others.
TEST(TokenBuckets, ForgetFullOnesAndLetTheRestShare) {
  constexpr std::size_t keys_max = token_buckets::shards * 8;
  token_buckets buckets({milliseconds(1'000), 1}, keys_max);
  std::mt19937_64 random(7);
  const auto any_key = [&] {
    uuid id;
    for (auto& each : id.bytes) each = static_cast<std::uint8_t>(random());
    return id;
  };
  std::size_t taken = 0;
  for (int i = 0; i < 2'000; ++i) taken += buckets.take(any_key(), start) == milliseconds(0);
  EXPECT_EQ(taken, keys_max + token_buckets::shards);
  for (int i = 0; i < 2'000; ++i) taken += buckets.take(any_key(), start + milliseconds(1'000)) == milliseconds(0);
  EXPECT_EQ(taken, 2 * (keys_max + token_buckets::shards));
}

TEST(TokenBuckets, GiveNeverMoreThanTheRate) {
  const unsigned seed = 20'26;
  std::mt19937 random(seed);
  token_buckets buckets({milliseconds(100), 5}, 1'000);
  milliseconds now{0};
  std::size_t taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += milliseconds(random() % 30);
    taken += buckets.take(key(1), start + now) == milliseconds(0);
    ASSERT_LE(taken, static_cast<std::size_t>(now / milliseconds(100)) + 5) << "seed " << seed << ", step " << i;
  }
  EXPECT_GE(taken + 5, static_cast<std::size_t>(now / milliseconds(100))) << "what is free is given";
}

} // namespace
} // namespace palabre::http

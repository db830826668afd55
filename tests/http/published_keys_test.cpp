#include "edge_fixture.hpp"
#include "http/realtime/published_keys.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace palabre::http::realtime {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t window_ms = milliseconds(published_keys::kept_for).count();

class PublishedKeys : public ::testing::Test {
protected:
  /// The offset that it is answered; each publication gets the next.
  stream_version publish(published_keys& keys, std::string_view channel, std::string_view key) {
    return keys.once(channel, key, [this] { return stream_position{++published_, "epoch"}; }).offset;
  }

  stopped_clock time;
  stream_version published_ = 0;
};

TEST_F(PublishedKeys, AreOfOneChannel) {
  published_keys keys(time);
  EXPECT_EQ(publish(keys, "a", "1"), 1u);
  EXPECT_EQ(publish(keys, "a", "1"), 1u);
  EXPECT_EQ(publish(keys, "b", "1"), 2u);
  EXPECT_EQ(publish(keys, "a", "11"), 3u);
  EXPECT_EQ(publish(keys, std::string("1") + '\0' + 'a', "1"), 4u);
  EXPECT_EQ(publish(keys, "a", "1"), 1u);
  EXPECT_EQ(published_, 4u);
  EXPECT_EQ(keys.once("a", "1", [] { return stream_position{}; }).epoch, "epoch");
}

TEST_F(PublishedKeys, AreForgottenAfterFiveMinutes) {
  published_keys keys(time);
  EXPECT_EQ(publish(keys, "a", "1"), 1u);
  time.at.ms += window_ms - 1;
  EXPECT_EQ(publish(keys, "a", "1"), 1u) << "asking does not prolong it";
  time.at.ms += 1;
  EXPECT_EQ(publish(keys, "a", "1"), 2u);
  EXPECT_EQ(publish(keys, "a", "1"), 2u);
  EXPECT_EQ(keys.size(), 1u);
}

/// Those behind in the cleaning are not taken for known either.
TEST_F(PublishedKeys, OfABurstExpireTogether) {
  published_keys keys(time);
  constexpr stream_version count = 1'000;
  for (stream_version i = 1; i <= count; ++i) EXPECT_EQ(publish(keys, "a", std::to_string(i)), i);
  time.at.ms += window_ms;
  for (stream_version i = count; i > 0; --i) ASSERT_EQ(publish(keys, "a", std::to_string(i)), 2 * count - i + 1);
  EXPECT_EQ(keys.size(), count);
}

TEST_F(PublishedKeys, GiveWayToNewerOnes) {
  published_keys keys(time, 3);
  for (const char* key : {"1", "2", "3", "4"}) publish(keys, "a", key);
  EXPECT_EQ(keys.size(), 3u);
  EXPECT_EQ(publish(keys, "a", "2"), 2u);
  EXPECT_EQ(publish(keys, "a", "4"), 4u);
  EXPECT_EQ(publish(keys, "a", "1"), 5u) << "the oldest was forgotten";
  EXPECT_EQ(keys.size(), 3u);
  EXPECT_EQ(publish(keys, "a", "3"), 3u);
  EXPECT_EQ(publish(keys, "a", "2"), 6u) << "and then the next";
}

TEST_F(PublishedKeys, PublishOnceOfManyThatComeTogether) {
  published_keys keys(time);
  constexpr int threads = 4, rounds = 500;
  std::vector<std::set<stream_version>> answered(rounds);
  std::mutex guard;
  std::vector<std::thread> callers;
  for (int t = 0; t < threads; ++t)
    callers.emplace_back([&] {
      for (int i = 0; i < rounds; ++i) {
        const stream_version offset = publish(keys, "a", std::to_string(i));
        const std::lock_guard lock(guard);
        answered[static_cast<std::size_t>(i)].insert(offset);
      }
    });
  for (std::thread& each : callers) each.join();
  EXPECT_EQ(published_, static_cast<stream_version>(rounds));
  for (const auto& each : answered) EXPECT_EQ(each.size(), 1u);
}

} // namespace
} // namespace palabre::http::realtime

#include "edge_fixture.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/named_channels.hpp"
#include "http/realtime/named_history.hpp"
#include "http/realtime/named_streams.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace palabre::http::realtime {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t everything = 1'000'000;

/// What a stream is, as simply as it can be said.
struct naive_stream {
  struct item {
    stream_version offset;
    std::int64_t at;
    std::string data;
  };
  stream_version top = 0;
  std::vector<item> items;

  void publish(std::string data, std::size_t size, std::int64_t now) {
    items.push_back({++top, now, std::move(data)});
    if (items.size() > size) items.erase(items.begin(), items.end() - static_cast<std::ptrdiff_t>(size));
  }
  void expire(std::int64_t ttl_ms, std::int64_t now) {
    std::erase_if(items, [&](const item& i) { return i.at + ttl_ms <= now; });
  }
  std::vector<std::string> look(const wanted_stretch& w) const {
    std::vector<std::string> found;
    const auto add = [&](const item& i) {
      if (i.offset > w.after && i.offset <= w.last && found.size() < w.limit)
        found.push_back(R"({"data":)" + i.data + R"(,"offset":)" + std::to_string(i.offset) + "}");
    };
    if (w.newest_first)
      std::for_each(items.rbegin(), items.rend(), add);
    else
      std::for_each(items.begin(), items.end(), add);
    return found;
  }
};

std::vector<std::string> json_of(const stream_look& found) {
  std::vector<std::string> all;
  for (const kept_publication& each : found.publications) all.emplace_back(each.json());
  return all;
}

class NamedStreams : public ::testing::Test {
protected:
  stopped_clock time;
  system_randomness random;
  const hubs nobody{std::vector<hub*>{}};

  static stream_look all_of(named_streams& streams, std::string_view channel) {
    return streams.look(channel_named(channel), {0, unbounded_offset, everything});
  }
};

TEST_F(NamedStreams, AreWhatANaiveModelSays) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 dice(seed);
  const auto draw = [&](std::uint64_t most) { return std::uniform_int_distribution<std::uint64_t>(0, most)(dice); };
  named_streams streams(nobody, time, random);
  struct channel {
    std::string name, epoch;
    std::size_t size;
    seconds ttl;
    naive_stream model;
  };
  std::vector<channel> channels;
  for (std::size_t i = 0; i < 20; ++i)
    channels.push_back({"c" + std::to_string(i), "", 1 + draw(12), seconds(1 + draw(60)), {}});

  for (int step = 0; step < 20'000; ++step) {
    channel& c = channels[draw(channels.size() - 1)];
    time.at.ms += static_cast<std::int64_t>(draw(2'000));
    c.model.expire(milliseconds(c.ttl).count(), time.at.ms);
    if (draw(2) == 0) {
      const std::string data = std::to_string(step);
      const auto at = streams.publish(c.name, {data, {}, {}}, c.size, c.ttl);
      c.model.publish(data, c.size, time.at.ms);
      ASSERT_EQ(at.offset, c.model.top);
      if (c.epoch.empty()) c.epoch = at.epoch;
      ASSERT_EQ(at.epoch, c.epoch);
      continue;
    }
    const wanted_stretch wanted{draw(c.model.top + 2), draw(1) ? unbounded_offset : draw(c.model.top + 2), draw(15),
                                draw(1) == 0};
    const stream_look found = streams.look(channel_named(c.name), wanted);
    ASSERT_EQ(found.top, c.model.top);
    ASSERT_EQ(json_of(found), c.model.look(wanted)) << step;
    if (c.epoch.empty()) c.epoch = found.epoch;
    ASSERT_EQ(found.epoch, c.epoch);
  }
}

TEST_F(NamedStreams, KeepAPublicationAsItIsPushed) {
  named_streams streams(nobody, time, random);
  streams.publish("a\"b", {"{}", R"({"user":"u"})", R"({"k":"v"})"}, 1, seconds(1));
  const auto found = all_of(streams, "a\"b").publications;
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].json(), R"({"data":{},"offset":1,"info":{"user":"u"},"tags":{"k":"v"}})");
  EXPECT_EQ(found[0].push(), R"({"push":{"channel":"a\"b","pub":)" + std::string(found[0].json()) + "}}");
}

TEST_F(NamedStreams, LetGoOfHistoryThatNobodyAsksFor) {
  named_streams streams(nobody, time, random);
  for (int i = 0; i < 1'000; ++i) streams.publish("c" + std::to_string(i), {"1", {}, {}}, 10, seconds(60));
  const std::size_t full = streams.history_bytes();
  EXPECT_GT(full, 0u);
  time.at.ms += 60'000;
  for (int i = 0; i < 1'000; ++i) streams.look(channel_named("another " + std::to_string(i)), {});
  EXPECT_LT(streams.history_bytes(), full / 10);
}

TEST_F(NamedStreams, RememberTheirPositionForThirtyDays) {
  named_streams streams(nobody, time, random);
  const auto first = streams.publish("quiet", {"1", {}, {}}, 10, seconds(60));
  const auto day = milliseconds(hours(24)).count();
  time.at.ms += 29 * day;
  const auto look = all_of(streams, "quiet");
  EXPECT_EQ(look.top, 1u);
  EXPECT_EQ(look.epoch, first.epoch);
  EXPECT_TRUE(look.publications.empty());
  time.at.ms += 30 * day;
  for (int i = 0; i < 500; ++i) streams.look(channel_named("other " + std::to_string(i)), {}); // who clean up
  const auto again = all_of(streams, "quiet");
  EXPECT_EQ(again.top, 0u);
  EXPECT_NE(again.epoch, first.epoch);
}

TEST_F(NamedStreams, AreBoundedInNumber) {
  named_streams streams(nobody, time, random, {1'000, everything});
  const std::string busy = streams.publish("busy", {"1", {}, {}}, 10, seconds(60)).epoch;
  const std::string idle = streams.publish("idle", {"1", {}, {}}, 10, seconds(60)).epoch;
  for (int i = 0; i < 20'000; ++i) {
    streams.look(channel_named("c" + std::to_string(i)), {});
    ASSERT_LE(streams.streams(), 1'000u);
    if (i % 10 != 0) continue;
    ASSERT_EQ(streams.look(channel_named("busy"), {}).epoch, busy);
  }
  for (int i = 0; i < 20'000; ++i) streams.publish("d" + std::to_string(i), {"1", {}, {}}, 10, seconds(60));
  EXPECT_LE(streams.streams(), 1'000u);
  EXPECT_NE(all_of(streams, "idle").epoch, idle);
  EXPECT_EQ(all_of(streams, "idle").top, 0u);
}

TEST_F(NamedStreams, AreBoundedInBytesWithoutLosingPositions) {
  constexpr std::size_t bytes_max = 1'000'000;
  named_streams streams(nobody, time, random, {1'000, bytes_max});
  const std::string data = '"' + std::string(10'000, 'x') + '"';
  std::map<std::string, std::string> epochs;
  for (int i = 0; i < 500; ++i) {
    const std::string channel = "c" + std::to_string(i % 50);
    const auto at = streams.publish(channel, {data, {}, {}}, 10, seconds(60));
    ASSERT_LE(streams.history_bytes(), bytes_max);
    ASSERT_EQ(at.offset, static_cast<stream_version>(i / 50 + 1));
    ASSERT_EQ(epochs.try_emplace(channel, at.epoch).first->second, at.epoch);
  }
}

TEST_F(NamedStreams, RecoverByTheRules) {
  named_streams streams(nobody, time, random);
  for (int i = 1; i <= 5; ++i) streams.publish("c", {std::to_string(i), {}, {}}, 3, seconds(60)); // 3 to 5 are left
  const std::string epoch = all_of(streams, "c").epoch;
  struct {
    stream_version offset;
    std::string epoch;
    bool recovered;
    std::size_t publications;
  } const table[] = {
      {5, epoch, true, 0},  {4, epoch, true, 1},  {2, epoch, true, 3},  {2, "", true, 3},   {5, "", true, 0},
      {1, epoch, false, 0}, {0, epoch, false, 0}, {6, epoch, false, 0}, {4, "_", false, 0}, {0, "_", false, 0},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(std::to_string(row.offset) + " in " + row.epoch);
    const auto found =
        streams.look(channel_named("c"), {row.offset, unbounded_offset, limits::recovery_publications_max});
    const recovery missed = recover_named(found, {row.offset, row.epoch}, nullptr);
    EXPECT_EQ(missed.recovered, row.recovered);
    if (!row.recovered) continue;
    EXPECT_EQ(missed.offset, row.offset);
    const std::size_t count =
        static_cast<std::size_t>(std::count(missed.publications.begin(), missed.publications.end(), '{'));
    EXPECT_EQ(count, row.publications) << missed.publications;
  }
}

TEST_F(NamedStreams, DoNotRecoverMoreThanGoesIntoOneFrame) {
  named_streams streams(nobody, time, random);
  const std::string data = '"' + std::string(limits::recovery_bytes_max / 4, 'x') + '"';
  for (int i = 0; i < 5; ++i) streams.publish("c", {data, {}, {}}, 10, seconds(60));
  const auto recovered = [&](stream_version from) {
    return recover_named(streams.look(channel_named("c"), {from, unbounded_offset, everything}), {from, ""}, nullptr)
        .recovered;
  };
  EXPECT_TRUE(recovered(2));
  EXPECT_FALSE(recovered(0));
}

// ---- Who listens while a stream is forgotten

class ForgottenStreams : public edge_fixture {
protected:
  std::shared_ptr<connection> listener(bool by_server) {
    auto made = std::make_shared<connection>(boost::asio::ip::tcp::socket(io), wire::websocket, home, shared);
    made->start();
    EXPECT_TRUE(made->accept({}, random.next_id(time.now())));
    named_subscriber what;
    what.channel = "chat:1";
    what.rules.history_size = 10;
    what.by_server = by_server;
    EXPECT_TRUE(std::holds_alternative<std::string>(listen_to_named(*made, shared, std::move(what))));
    return made;
  }
  void deliver() {
    io.restart();
    io.poll();
  }

  api operations{edge, std::vector<route>{}};
  hub home{io, edge};
  hubs all{{&home}};
  context shared{edge, operations, all};
};

TEST_F(ForgottenStreams, TellWhoListensToBeginAnew) {
  named_streams streams(all, time, random, {0, everything}); // every stream is forgotten at once
  const auto client_side = listener(false), server_side = listener(true);
  streams.publish("chat:2", {"1", {}, {}}, 10, seconds(60));
  deliver();
  EXPECT_NE(client_side->find(channel_named("chat:1")), nullptr);
  EXPECT_TRUE(server_side->is_listening());
  streams.publish("chat:1", {"1", {}, {}}, 10, seconds(60));
  deliver();
  EXPECT_EQ(client_side->find(channel_named("chat:1")), nullptr); // 2500
  EXPECT_FALSE(server_side->is_listening());                      // 3010
}

} // namespace
} // namespace palabre::http::realtime

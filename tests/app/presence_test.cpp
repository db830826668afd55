// Presence of real connections to the real server: no heartbeats, and nobody is a ghost after a crash.

#include "event_lines.hpp"
#include "realtime_scene.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <vector>

namespace palabre::testing {
namespace {

/// A thousand take most of a minute, of which nearly all is to hash their passwords.
const std::size_t people_count = [] {
  const char* asked = std::getenv("PALABRE_PRESENCE_PEOPLE");
  return asked ? std::strtoul(asked, nullptr, 10) : std::size_t{20};
}();
constexpr std::size_t back_count = 7;

class PresenceOfConnections : public ::testing::Test {
protected:
  PresenceOfConnections() {
    for (std::size_t i = 0; i < people_count; ++i) {
      person& one = *people.emplace_back(std::make_unique<person>(server, "person" + std::to_string(i)));
      EXPECT_EQ(one.post("/api/v1/rooms/" + room + "/join", "{}").status, 200);
    }
  }

  websocket_client connect(std::size_t i) { return connected(server, *people[i]); }
  /// Asks until so many are online. The deadline is no assertion about speed.
  ::testing::AssertionResult comes_to_be_online(std::size_t count) {
    http_client client(server.port());
    std::string last;
    for (const auto give_up = clock::now() + std::chrono::seconds(30); clock::now() < give_up;) {
      const auto got = client.request("GET", "/api/v1/rooms/" + room + "/presence", {},
                                      {{"Authorization", "Bearer " + people[0]->token()}});
      if (got.status == 200 && got.number("/online") == static_cast<std::int64_t>(count) &&
          got.count("/items") == count)
        return ::testing::AssertionSuccess();
      last = got.body;
    }
    return ::testing::AssertionFailure() << "not " << count << " online: " << last;
  }
  std::size_t presence_events() const { return read_events(server.data(), {"--type", "presence.changed"}).size(); }

  using clock = std::chrono::steady_clock;
  /// These clients answer pings only while they wait for an answer, and a thousand take a minute to take their turns.
  running_server server{no_clock_ends + "[presence]\ngrace = \"2s\"\ncoalesce = \"50ms\"\nindividuals_max = 5000\n"};
  person owner{server, "owner"};
  std::string room = owner.make_room("Salon", R"(,"visibility":"public")");
  std::vector<std::unique_ptr<person>> people;
};

TEST_F(PresenceOfConnections, LeavesNoGhostsBehindAKill) {
  std::vector<websocket_client> connections;
  for (std::size_t i = 0; i < people_count; ++i) connections.push_back(connect(i));
  ASSERT_TRUE(comes_to_be_online(people_count));
  std::size_t transitions = people_count;
  EXPECT_EQ(presence_events(), transitions);

  for (int round = 0; round < 5; ++round) // what they say is no news about where they are
    for (auto& each : connections) EXPECT_FALSE(each.ask(post_by_rpc(room, "hello")).has("/error"));
  EXPECT_EQ(presence_events(), transitions);

  server.kill();
  connections.clear();
  server.start();
  for (std::size_t i = 0; i < back_count; ++i) connections.push_back(connect(i));
  transitions += back_count; // their leases are renewed
  ASSERT_TRUE(comes_to_be_online(back_count)) << "whoever did not come back is offline";
  EXPECT_EQ(presence_events(), transitions);

  connections.pop_back();
  ++transitions;
  ASSERT_TRUE(comes_to_be_online(back_count - 1));
  EXPECT_EQ(presence_events(), transitions);

  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(presence_events(), transitions) << "a server that drains takes nobody's presence";
  EXPECT_EQ(run_palabre({"verify", "--data", server.data()}).status, 0);
}

TEST_F(PresenceOfConnections, ReconnectingIsNoTransition) {
  std::vector<websocket_client> devices;
  devices.push_back(connect(0));
  devices.push_back(connect(0));
  ASSERT_TRUE(comes_to_be_online(1));
  for (int i = 0; i < 10; ++i) {
    devices.clear();
    devices.push_back(connect(0));
  }
  ASSERT_TRUE(comes_to_be_online(1));
  EXPECT_EQ(presence_events(), 1u);
}

TEST_F(PresenceOfConnections, IsSetByRpc) {
  auto client = connect(0);
  ASSERT_TRUE(comes_to_be_online(1));
  const auto set = client.ask(R"("rpc":{"method":"presence.set","data":{"status":"busy","text":"at lunch"}})");
  EXPECT_EQ(set.text("/rpc/data/status"), "busy") << set.body;
  const auto seen = owner.get("/api/v1/presence?user_ids=" + people[0]->id());
  EXPECT_EQ(seen.text("/items/0/status"), "busy") << seen.body;
  EXPECT_EQ(seen.text("/items/0/text"), "at lunch");
}

} // namespace
} // namespace palabre::testing

#include "realtime_scene.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace palabre::testing {
namespace {

/// A member leaves and the owner archives at the same moment: both farewells may be in one batch, the first of them to
/// the room's last subscriber. The server has to live through it.
TEST_F(Realtime, SaysTwoFarewellsAtOnce) {
  person guest(server_, "guest");
  for (int round = 0; round < 25; ++round) {
    const std::string room = ada_.make_room("round", R"(,"visibility":"public")");
    ASSERT_EQ(guest.post("/api/v1/rooms/" + room + "/join", "").status, 200);
    websocket_client client = connected(server_, guest);
    client.ask(subscribe_to(room));
    std::thread leaving([&] { guest.post("/api/v1/rooms/" + room + "/leave", ""); });
    const auto archived = ada_.del("/api/v1/rooms/" + room);
    leaving.join();
    ASSERT_EQ(archived.status, 204);
  }
  EXPECT_EQ(ada_.get("/health").status, 200);
}

} // namespace
} // namespace palabre::testing

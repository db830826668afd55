// Who asks for too much, by whatever way in, pays by the same buckets as by REST.
#include "foreign_backend.hpp"
#include "realtime_scene.hpp"

#include <gtest/gtest.h>

namespace palabre::testing {
namespace {

std::string limited(const std::string& more = {}) {
  return "[limits]\nenabled = true\nrequests_per_second = 1\nwrites_per_second = 1\n" + more;
}

/// Four reads and five writes at once; nothing of the scene's making has drawn from a read.
class Flood : public Realtime {
protected:
  Flood() : Realtime(limited("[namespaces.open]\nsubscribe = \"anyone\"\npublish = \"anyone\"\nanonymous = true\n")) {}

  /// How many of these commands are answered by something else than "too many requests" before one is.
  static int let_through(websocket_client& client, const std::string& body) {
    for (int passed = 0; passed < 100; ++passed) {
      const auto reply = client.ask(body);
      if (!reply.has("/error/code") || reply.number("/error/code") != 111) continue;
      EXPECT_TRUE(reply.flag("/error/temporary")) << reply.body;
      return passed;
    }
    return 100;
  }
  static std::string rpc(const std::string& method, const std::string& data = "{}") {
    return R"("rpc":{"method":")" + method + R"(","data":)" + data + '}';
  }
  std::string of_room(const std::string& more = {}) const { return R"({"room_id":")" + room_ + '"' + more + '}'; }
};

struct flooding {
  const char* name;
  std::string body;
  int at_once;
};

TEST_F(Flood, OfAnyCommandMeetsTheRateOfItsCounterpart) {
  const flooding floods[] = {{"history", R"("history":{)" + channel(room_) + R"(,"limit":1})", 4},
                             {"presence", R"("presence":{)" + channel(room_) + '}', 4},
                             {"presence_stats", R"("presence_stats":{)" + channel(room_) + '}', 4},
                             {"subscribe", subscribe_to(room_), 4},
                             {"subscribe to what is not there", R"("subscribe":{"channel":"none:a"})", 4},
                             {"publish", R"("publish":{"channel":"open:a","data":{}})", 5},
                             {"publish where one may not", R"("publish":{"channel":"room:a","data":{}})", 5},
                             {"room.history", rpc("room.history", of_room()), 4},
                             {"typing", rpc("typing", of_room()), 5},
                             {"typing without a room", rpc("typing"), 5},
                             {"a method that is none", rpc("room.destroy"), 4}};
  int number = 0;
  for (const flooding& flood : floods) {
    person who(server_, "someone" + std::to_string(++number)); // with buckets of their own
    websocket_client client = connected(server_, who);
    const int passed = let_through(client, flood.body);
    EXPECT_GE(passed, flood.at_once) << flood.name;
    EXPECT_LT(passed, 100) << flood.name;
  }
}

TEST_F(Flood, OnOneConnectionCountsOnTheOthersAndByRest) {
  person bob(server_, "bob");
  websocket_client one = connected(server_, bob), other = connected(server_, bob);
  for (int i = 0; i < 50; ++i) one.ask(rpc("nothing"));
  http_answer last = bob.get("/api/v1/me");
  for (int i = 0; i < 50 && last.status == 200; ++i) {
    one.ask(rpc("nothing"));
    last = bob.get("/api/v1/me");
  }
  expect_problem(last, 429, "rate_limited", "/api/v1/me");
  int passed = 0;
  for (int i = 0; i < 50; ++i) passed += other.ask(rpc("nothing")).number("/error/code") == 104;
  EXPECT_LT(passed, 50);
  person ada(server_, "another");
  EXPECT_EQ(ada.get("/api/v1/me").status, 200) << "it is bob who was too fast";
}

TEST_F(Flood, OfNobodyIsCountedByTheConnection) {
  websocket_client loud(server_.port()), quiet(server_.port());
  for (auto* client : {&loud, &quiet}) ASSERT_TRUE(client->ask(R"("connect":{})").has("/connect/client"));
  EXPECT_LT(let_through(loud, R"("publish":{"channel":"open:a","data":{}})"), 100);
  EXPECT_TRUE(quiet.ask(R"("publish":{"channel":"open:a","data":{}})").has("/publish"));
}

TEST_F(Flood, DoesNotKeepAnyoneFromLeavingOrStaying) {
  websocket_client client = connected(server_, ada_);
  for (int i = 0; i < 20; ++i) client.ask(rpc("nothing"));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(client.ask(R"("unsubscribe":{)" + channel(room_) + '}').has("/unsubscribe"));
  EXPECT_TRUE(client.ask(R"("refresh":{"token":)" + json_quoted(ada_.token()) + '}').has("/refresh"));
}

TEST(ServerApiFlood, IsLimitedByAddressOnlyWithoutAKey) {
  running_server server("[limits]\nenabled = true\naddress_per_second = 1\n[namespaces.chat]\napi_key_sha256 = \"" +
                        hash_of(api_key) + "\"\n");
  http_client client(server.port());
  const auto call = [&](const std::string& key) {
    return client.request("POST", "/api/publish", R"({"channel":"chat:a","data":{}})", {{"X-API-Key", key}});
  };
  for (int i = 0; i < 50; ++i) EXPECT_EQ(call(api_key).status, 200);
  http_answer last = call(other_key);
  expect_problem(last, 401, "unauthenticated", "/api/publish");
  for (int i = 0; i < 50 && last.status == 401; ++i) last = call(other_key);
  expect_problem(last, 429, "rate_limited", "/api/publish");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(call(api_key).status, 200) << "whoever guesses beside it";
}

TEST(PasswordGuesses, WaitLongerEachTimeWhereverAPasswordIsAskedFor) {
  running_server server("[limits]\nenabled = true\nlogin_per_minute = 1000\n");
  person ada(server, "ada");
  http_client client(server.port());
  const auto change = [&](const std::string& from) {
    return ada.put("/api/v1/me/password", R"({"current_password":")" + from + R"(","new_password":"battery staple"})");
  };
  for (int i = 0; i < 5; ++i) expect_field_problem(change("wrong"), "/current_password", "wrong_password");
  const auto sixth = change("wrong");
  expect_problem(sixth, 429, "rate_limited", "/api/v1/me/password");
  EXPECT_GE(std::stoi(sixth.header("Retry-After")), 2);
  expect_problem(change("correct horse"), 429, "rate_limited", "/api/v1/me/password");
  expect_problem(client.request("POST", "/api/v1/auth/login", R"({"login":"ada","password":"correct horse"})",
                                {{"Content-Type", "application/json"}}),
                 429, "rate_limited", "/api/v1/auth/login");
  person bob(server, "bob");
  EXPECT_EQ(
      bob.put("/api/v1/me/password", R"({"current_password":"correct horse","new_password":"battery staple"})").status,
      204)
      << "from the same address another account is not held up";
}

} // namespace
} // namespace palabre::testing

// Named channels, line by line: who may do what, and what the answers are.
#include "foreign_backend.hpp"
#include "realtime_scene.hpp"

#include <gtest/gtest.h>

namespace palabre::testing {
namespace {

class RealtimeNamed : public ::testing::Test {
protected:
  RealtimeNamed() : server_(config()) {}

  std::string config() const {
    return "[threads]\nio = 3\n[realtime]\ntoken_key_file = \"" + file_.path + "\"\n" + R"(
[namespaces.default]
subscribe = "user"
[namespaces.open]
subscribe = "anyone"
publish = "anyone"
anonymous = true
presence = true
[namespaces.kept]
subscribe = "user"
publish = "user"
history_size = 3
presence = true
history_for = "user"
join_leave = true
api_key_sha256 = ")" +
           hash_of(api_key) + R"("
[namespaces.sealed]
subscribe = "nobody"
history_size = 3
history_for = "nobody"
presence = true
presence_for = "nobody"
[namespaces.tokens]
force_positioning = true
history_size = 3
api_key_sha256 = [")" +
           hash_of(other_key) + R"("]
)";
  }

  websocket_client as(const std::string& claims) {
    websocket_client client(server_.port());
    EXPECT_TRUE(client.ask(connect_with(signed_token(claims))).has("/connect/client"));
    return client;
  }
  websocket_client as_nobody() {
    websocket_client client(server_.port());
    EXPECT_TRUE(client.ask(R"("connect":{})").has("/connect/client"));
    return client;
  }
  http_answer api(const std::string& method, const std::string& body, const std::string& key = api_key) {
    http_client client(server_.port());
    return client.request("POST", "/api/" + method, body, {{"X-API-Key", key}});
  }
  static std::string subscribe(const std::string& channel, const std::string& more = {}) {
    return R"("subscribe":{"channel":")" + channel + '"' + more + '}';
  }
  static std::string with_token(const std::string& claims) { return R"(,"token":")" + signed_token(claims) + '"'; }

  key_file file_;
  running_server server_;
};

TEST_F(RealtimeNamed, EachNamespaceSaysWhoMayDoWhat) {
  constexpr int done = 0, not_asked = -1;
  websocket_client ada = as(R"({"sub":"ada"})"), nobody = as_nobody();
  struct {
    std::string body;
    int ada, nobody;
  } const table[] = {
      {subscribe("plain"), 0, 103},
      {subscribe("open:1"), 0, 0},
      {subscribe("open:1"), 105, 105},
      {subscribe("kept:1"), 0, 103},
      {subscribe("sealed:1"), 103, 103},
      {subscribe("sealed:1", with_token(R"({"sub":"ada","channel":"sealed:1"})")), 103, 103},
      {subscribe("tokens:1"), 103, 103},
      {subscribe("tokens:1", R"(,"token":"x")"), 103, 103},
      {subscribe("tokens:1", with_token(R"({"sub":"ada","channel":"tokens:1","exp":1})")), 109, not_asked},
      {subscribe("tokens:1", with_token(R"({"sub":"ada","channel":"tokens:1","expire_at":1})")), 110, not_asked},
      {subscribe("no:1"), 102, 102},
      {subscribe("open:2", R"(,"type":1)"), 108, 108},
      {subscribe("open:2", R"(,"tf":{"op":"?"})"), 107, 107},
      {R"("publish":{"channel":"plain","data":1})", 103, 103},
      {R"("publish":{"channel":"open:2","data":1})", 0, 0},
      {R"("publish":{"channel":"open:2"})", 107, 107},
      {R"("publish":{"channel":"kept:2","data":null})", 0, 103},
      {R"("publish":{"channel":"no:1","data":1})", 102, 102},
      {R"("publish":{"channel":"","data":1})", 107, 107},
      {R"("presence":{"channel":"plain"})", 108, 108},
      {R"("presence":{"channel":"open:1"})", 0, 0},
      {R"("presence_stats":{"channel":"open:9"})", 103, 103}, // subscribers only, by default
      {R"("presence":{"channel":"sealed:1"})", 103, 103},
      {R"("history":{"channel":"open:1"})", 108, 108},
      {R"("history":{"channel":"kept:1"})", 0, 103},
      {R"("history":{"channel":"sealed:1"})", 103, 103},
      {R"("sub_refresh":{"channel":"tokens:1","token":"x"})", 103, 103},
      {R"("sub_refresh":{"channel":"no:1","token":"x"})", 102, 102},
      {R"("rpc":{"method":"message.post","data":{}})", 101, 101},
      {R"("rpc":{"method":"no.such"})", 104, 108},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.body);
    for (auto [client, code] : {std::pair(&ada, row.ada), {&nobody, row.nobody}}) {
      if (code == not_asked) continue;
      const auto reply = client->ask(row.body);
      if (code == done)
        EXPECT_FALSE(reply.has("/error")) << reply.body;
      else
        expect_error(reply, code);
    }
  }
}

TEST_F(RealtimeNamed, ATokenForSomethingElseEndsTheConnection) {
  for (const char* claims :
       {R"({"sub":"bob","channel":"tokens:1"})", R"({"sub":"ada","channel":"tokens:2"})", R"({"channel":"tokens:1"})",
        R"({"sub":"ada"})", R"({"sub":"ada","channel":"tokens:1","client":"another"})"}) {
    websocket_client ada = as(R"({"sub":"ada"})");
    ada.send(R"({"id":9,)" + subscribe("tokens:1", with_token(claims)) + '}');
    EXPECT_EQ(ada.end().code, 3500) << claims;
  }
}

TEST_F(RealtimeNamed, ConnectsWhoATokenNames) {
  const auto connect = [&](const std::string& claims) {
    websocket_client client(server_.port());
    client.send(R"({"id":1,)" + connect_with(signed_token(claims)) + '}');
    return client.end().code;
  };
  EXPECT_EQ(connect(R"({"sub":1})"), 3500);
  std::string many;
  for (int i = 0; i < 129; ++i) many += (i ? ",\"open:" : "\"open:") + std::to_string(i) + '"';
  EXPECT_EQ(connect(R"({"sub":"ada","channels":[)" + many + "]}"), 3505);

  websocket_client client(server_.port());
  expect_error(client.ask(connect_with(signed_token(R"({"sub":"ada","channels":["room:1"]})"))), 103);
  websocket_client second(server_.port());
  expect_error(second.ask(connect_with(signed_token(R"({"sub":"ada","channels":["no:1"]})"))), 102);
  websocket_client third(server_.port());
  expect_error(third.ask(connect_with(signed_token(R"({"sub":"ada","expire_at":1})"))), 110);
}

TEST_F(RealtimeNamed, RefreshesTheSameUserOnly) {
  websocket_client ada = as(R"({"sub":"ada"})");
  const auto refreshed = ada.ask(R"("refresh":{"token":")" + signed_token(R"({"sub":"ada","exp":9999999999})") + "\"}");
  EXPECT_TRUE(refreshed.flag("/refresh/expires"));
  ada.send(R"({"id":9,"refresh":{"token":")" + signed_token(R"({"sub":"bob"})") + "\"}}");
  EXPECT_EQ(ada.end().code, 3500);
  person account(server_, "ada");
  websocket_client again = as(R"({"sub":"ada"})");
  again.send(R"({"id":9,"refresh":{"token":")" + account.token() + "\"}}");
  EXPECT_EQ(again.end().code, 3500);
}

TEST_F(RealtimeNamed, AnswersWhatTheSubscriptionIs) {
  websocket_client ada = as(R"({"sub":"ada"})");
  EXPECT_EQ(ada.ask(subscribe("kept:1")).json("/subscribe"), "{}");
  const auto positioned = ada.ask(subscribe("tokens:1", with_token(R"({"sub":"ada","channel":"tokens:1","data":[1],)"
                                                                   R"("exp":9999999999})")));
  EXPECT_TRUE(positioned.flag("/subscribe/positioned"));
  EXPECT_FALSE(positioned.has("/subscribe/recoverable"));
  EXPECT_EQ(positioned.text("/subscribe/epoch").size(), 8u);
  EXPECT_EQ(positioned.json("/subscribe/data"), "[1]");
  EXPECT_TRUE(positioned.flag("/subscribe/expires"));
  EXPECT_GT(positioned.number("/subscribe/ttl"), 1'000'000);
  const auto asked = ada.ask(subscribe("kept:2", R"(,"recoverable":true)"));
  EXPECT_TRUE(asked.flag("/subscribe/recoverable"));
  EXPECT_TRUE(asked.flag("/subscribe/positioned"));
}

TEST_F(RealtimeNamed, RecoversOrSaysThatItCannot) {
  websocket_client ada = as(R"({"sub":"ada"})");
  const auto first = ada.ask(subscribe("kept:1", R"(,"recoverable":true)"));
  const std::string epoch = first.text("/subscribe/epoch");
  ada.ask(R"("unsubscribe":{"channel":"kept:1"})");
  for (int i = 1; i <= 4; ++i) api("publish", R"({"channel":"kept:1","data":)" + std::to_string(i) + "}");
  struct {
    std::int64_t offset;
    std::string epoch;
    std::size_t recovered; // publications
    bool is_recovered;
  } const table[] = {{1, epoch, 3, true},  {4, epoch, 0, true}, {0, epoch, 0, false},
                     {5, epoch, 0, false}, {0, "_", 0, false},  {3, "", 1, true}};
  for (const auto& row : table) {
    SCOPED_TRACE(row.epoch + std::to_string(row.offset));
    const auto again = ada.ask(subscribe("kept:1", R"(,"recoverable":true)" + recover_from(row.offset, row.epoch)));
    EXPECT_TRUE(again.flag("/subscribe/was_recovering"));
    EXPECT_EQ(again.has("/subscribe/recovered"), row.is_recovered);
    EXPECT_EQ(again.number("/subscribe/offset"), row.is_recovered ? row.offset : 4);
    EXPECT_EQ(again.has("/subscribe/publications") ? again.count("/subscribe/publications") : 0, row.recovered);
    ada.ask(R"("unsubscribe":{"channel":"kept:1"})");
  }
  const std::string gone = R"(,"recoverable":true)" + recover_from(0, "_", R"(,"flag":2)");
  expect_error(ada.ask(subscribe("kept:1", gone)), 112);
  EXPECT_TRUE(ada.ask(subscribe("kept:1")).has("/subscribe")) << "undone, not subscribed";
}

TEST_F(RealtimeNamed, EveryListenerGetsEveryPublicationInOrder) {
  std::vector<websocket_client> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(as(R"({"sub":"user)" + std::to_string(i) + "\"}"));
    clients.back().ask(subscribe("kept:1", R"(,"recoverable":true)"));
  }
  for (int i = 1; i <= 50; ++i)
    clients[static_cast<std::size_t>(i) % 4].send(
        R"({"id":)" + std::to_string(100 + i) + R"(,"publish":{"channel":"kept:1","data":)" + std::to_string(i) + "}}");
  for (websocket_client& each : clients)
    for (int i = 1; i <= 50; ++i) EXPECT_EQ(each.next_with("/push/pub").number("/push/pub/offset"), i);
}

TEST_F(RealtimeNamed, ASubscriptionTokenThatHasExpiredDoesNotRefresh) {
  websocket_client ada = as(R"({"sub":"ada"})");
  ada.ask(subscribe("tokens:1", with_token(R"({"sub":"ada","channel":"tokens:1"})")));
  const auto refresh = [](const std::string& claims) {
    return R"("sub_refresh":{"channel":"tokens:1","token":")" + signed_token(claims) + "\"}";
  };
  EXPECT_EQ(ada.ask(refresh(R"({"sub":"ada","channel":"tokens:1"})")).json("/sub_refresh"), "{}");
  EXPECT_TRUE(ada.ask(refresh(R"({"sub":"ada","channel":"tokens:1","exp":9999999999})")).flag("/sub_refresh/expires"));
  expect_error(ada.ask(refresh(R"({"sub":"ada","channel":"tokens:1","exp":1})")), 110);
  EXPECT_EQ(ada.next_with("/push").number("/push/unsubscribe/code"), 2501);
}

// ---- The server API

TEST_F(RealtimeNamed, AKeyOpensItsOwnNamespaces) {
  struct {
    std::string method, body, key;
    int status, error; // 0: none
  } const table[] = {
      {"publish", R"({"channel":"kept:1","data":1})", api_key, 200, 0},
      {"publish", R"({"channel":"kept:1","data":1})", other_key, 200, 103},
      {"publish", R"({"channel":"tokens:1","data":1})", other_key, 200, 0},
      {"publish", R"({"channel":"kept:1","data":1})", "", 401, 0},
      {"publish", R"({"channel":"kept:1","data":1})", hash_of(api_key), 401, 0},
      {"publish", R"({"channel":"kept:1","data":1})", api_key.substr(1), 401, 0},
      {"history", R"({"channel":"kept:1","limit":1})", other_key, 200, 103},
      {"channels", "", api_key, 200, 0},
      {"info", "{}", api_key, 200, 0},
      {"info", "[]", api_key, 400, 0},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.method + " " + row.body + " " + row.key);
    const auto got = api(row.method, row.body, row.key);
    EXPECT_EQ(got.status, row.status) << got.body;
    if (row.error != 0) expect_error(got, row.error);
    EXPECT_EQ(got.has("/result"), row.status == 200 && row.error == 0) << got.body;
  }
  EXPECT_EQ(http_client(server_.port()).request("GET", "/api/info").status, 405);
}

TEST_F(RealtimeNamed, TheServerAPISubscribesFromAPosition) {
  websocket_client ada = as(R"({"sub":"ada"})");
  std::string epoch;
  const auto publish = [&](int data) {
    epoch = api("publish", R"({"channel":"kept:1","data":)" + std::to_string(data) + "}").text("/result/epoch");
  };
  for (int i = 1; i <= 4; ++i) publish(i); // 2 to 4 are kept
  const auto subscribed = [&](std::string_view since, std::string_view forced = "true") {
    const std::string whom = R"("user":"ada","channel":"kept:1")";
    EXPECT_EQ(api("unsubscribe", '{' + whom + '}').json("/result"), "{}");
    const auto done = api("subscribe", '{' + whom + R"(,"data":{"a":1},"override":{"force_recovery":{"value":)" +
                                           std::string(forced) + R"(}},"recover_since":)" + std::string(since) + '}');
    EXPECT_EQ(done.json("/result"), "{}") << done.body;
    return ada.next_with("/push/subscribe");
  };
  const auto expect_publications = [&](std::int64_t from, std::int64_t to) {
    for (std::int64_t i = from; i <= to; ++i) {
      const auto pushed = ada.next_with("/push/pub");
      EXPECT_EQ(pushed.text("/push/channel"), "kept:1");
      EXPECT_EQ(pushed.number("/push/pub/offset"), i);
      EXPECT_EQ(pushed.number("/push/pub/data"), i);
    }
  };

  const auto some = subscribed(R"({"offset":2,"epoch":")" + epoch + "\"}");
  const std::string_view since_2 = R"({"recoverable":true,"positioned":true,"epoch":"%","offset":2,)"
                                   R"("was_recovering":true,"recovered":true,"data":{"a":1}})";
  std::string expected(since_2);
  expected.replace(expected.find('%'), 1, epoch);
  EXPECT_EQ(some.json("/push/subscribe"), expected) << "clients do not look for publications there";
  expect_publications(3, 4);
  publish(5); // 3 to 5 are kept
  expect_publications(5, 5);

  EXPECT_EQ(subscribed(R"({"offset":5})").number("/push/subscribe/offset"), 5);
  publish(6); // 4 to 6 are kept
  expect_publications(6, 6);
  EXPECT_EQ(subscribed(R"({"offset":3})").number("/push/subscribe/offset"), 3);
  expect_publications(4, 6);
  for (const char* lost : {R"({"offset":2})", R"({"offset":7})", R"({"offset":6,"epoch":"_"})"}) {
    const auto anew = subscribed(lost);
    EXPECT_EQ(anew.number("/push/subscribe/offset"), 6) << lost;
    EXPECT_TRUE(anew.flag("/push/subscribe/was_recovering"));
    EXPECT_FALSE(anew.has("/push/subscribe/recovered"));
  }
  EXPECT_EQ(subscribed(R"({"offset":5})", "false").json("/push/subscribe"), R"({"data":{"a":1}})");
  publish(7);
  expect_publications(7, 7);
}

TEST_F(RealtimeNamed, AKeyPublishesOnceToAChannel) {
  websocket_client ada = as(R"({"sub":"ada"})");
  ada.ask(subscribe("kept:1"));
  const auto publish = [&](const std::string& channel, int data, const std::string& more) {
    return api("publish", R"({"channel":")" + channel + R"(","data":)" + std::to_string(data) + more + "}");
  };
  const auto first = publish("kept:1", 1, R"(,"idempotency_key":"k")");
  EXPECT_EQ(first.number("/result/offset"), 1);
  const auto again = publish("kept:1", 2, R"(,"idempotency_key":"k","skip_history":true)");
  EXPECT_EQ(again.json("/result"), first.json("/result"));
  EXPECT_EQ(publish("kept:2", 3, R"(,"idempotency_key":"k")").number("/result/offset"), 1) << "another channel";
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(publish("kept:1", 4, R"(,"idempotency_key":"unkept","skip_history":true)").json("/result"), "{}");
  const auto broadcast = api("broadcast", R"({"channels":["kept:1","kept:3"],"data":5,"idempotency_key":"k"})");
  EXPECT_EQ(broadcast.json("/result/responses/0/result"), first.json("/result"));
  EXPECT_EQ(broadcast.number("/result/responses/1/result/offset"), 1);
  for (int i = 0; i < 2; ++i) publish("kept:1", 6, R"(,"idempotency_key":"")"); // none
  for (const char* data : {"1", "4", "6", "6"}) EXPECT_EQ(ada.next_with("/push/pub").json("/push/pub/data"), data);

  const std::string longest(128, '~');
  EXPECT_EQ(publish("kept:4", 1, R"(,"idempotency_key":")" + longest + '"').number("/result/offset"), 1);
  for (const std::string& wrong : {'"' + longest + "~\"", std::string(R"("a b")"), std::string(R"("\u00e9")"),
                                   std::string(R"("\u0000")"), std::string("1")})
    expect_error(publish("kept:4", 2, R"(,"idempotency_key":)" + wrong), 107);
  EXPECT_EQ(api("history", R"({"channel":"kept:4"})").number("/result/offset"), 1);
}

TEST_F(RealtimeNamed, ABatchIsCarriedOutInOrder) {
  websocket_client ada = as(R"({"sub":"ada"})");
  const auto got = api("batch", R"({"parallel":true,"commands":[
      {"id":1,"subscribe":{"user":"ada","channel":"kept:1"}},
      {"publish":{"channel":"kept:1","data":1},"history":null},
      {"publish":{"channel":"kept:1","data":2,"idempotency_key":"k"}},
      {"publish":{"channel":"kept:1","data":3,"idempotency_key":"k"}},
      {"publish":{"channel":"tokens:1","data":4}},
      {"publish":{"channel":"kept:1"}},
      {"publish":[]},
      {"publish":{"channel":"kept:1","data":5},"history":{"channel":"kept:1"}},
      {"no_such":{}},
      {"batch":{"commands":[]}},
      7,
      {"broadcast":{"channels":["kept:1","no:1"],"data":6}},
      {"history":{"channel":"kept:1","limit":-1}},
      {"presence_stats":{"channel":"kept:1"}},
      {"info":{}}]})");
  EXPECT_FALSE(got.has("/result")) << "no envelope around the replies";
  ASSERT_EQ(got.count("/replies"), 15u) << got.body;
  const auto reply = [](int i, const std::string& what) { return "/replies/" + std::to_string(i) + what; };
  EXPECT_EQ(got.json(reply(0, "/subscribe")), "{}");
  EXPECT_EQ(got.number(reply(1, "/publish/offset")), 1);
  EXPECT_EQ(got.number(reply(2, "/publish/offset")), 2);
  EXPECT_EQ(got.json(reply(3, "")), got.json(reply(2, "")));
  for (const auto& [i, code] :
       std::vector<std::pair<int, int>>{{4, 103}, {5, 107}, {6, 107}, {7, 107}, {8, 104}, {9, 104}, {10, 107}})
    EXPECT_EQ(got.number(reply(i, "/error/code")), code) << i;
  EXPECT_EQ(got.number(reply(11, "/broadcast/responses/0/result/offset")), 3);
  EXPECT_EQ(got.number(reply(11, "/broadcast/responses/1/error/code")), 102);
  EXPECT_EQ(got.count(reply(12, "/history/publications")), 3u);
  EXPECT_EQ(got.number(reply(13, "/presence_stats/num_clients")), 1);
  EXPECT_EQ(got.count(reply(14, "/info/nodes")), 1u);
  EXPECT_EQ(ada.next_with("/push/subscribe").text("/push/channel"), "kept:1");
  for (const char* data : {"1", "2", "6"}) EXPECT_EQ(ada.next_with("/push/pub").json("/push/pub/data"), data);
}

TEST_F(RealtimeNamed, ABatchHasItsBounds) {
  const auto of = [](int commands) {
    std::string body;
    for (int i = 0; i < commands; ++i)
      body += std::string(i ? "," : "") + R"({"publish":{"channel":"kept:1","data":1}})";
    return R"({"commands":[)" + body + "]}";
  };
  expect_error(api("batch", of(1'001)), 106);
  EXPECT_EQ(api("history", R"({"channel":"kept:1"})").number("/result/offset"), 0) << "nothing was published";
  const auto most = api("batch", of(1'000));
  EXPECT_EQ(most.number("/replies/999/publish/offset"), 1'000);
  EXPECT_EQ(api("batch", of(0)).json("/replies"), "[]");
  for (const char* wrong : {"{}", R"({"commands":{}})", R"({"commands":[],"parallel":1})"})
    expect_error(api("batch", wrong), 107);
  EXPECT_EQ(api("batch", of(1), std::string(32, 'x')).status, 401);
  EXPECT_EQ(api("batch", "[]").status, 400);
}

TEST_F(RealtimeNamed, TheServerAPITellsOnlyOfWhatItsKeyOpens) {
  websocket_client ada = as(R"({"sub":"ada"})");
  ada.ask(subscribe("kept:1"));
  ada.ask(subscribe("open:1"));
  EXPECT_EQ(api("channels", "{}").json("/result/channels"), R"({"kept:1":{"num_clients":1}})");
  EXPECT_EQ(api("channels", "{}", other_key).json("/result/channels"), "{}");
  EXPECT_EQ(api("info", "{}").number("/result/nodes/0/num_channels"), 1);
  EXPECT_EQ(api("info", "{}", other_key).number("/result/nodes/0/num_clients"), 0);
}

TEST_F(RealtimeNamed, TheServerAPIDoesNotDisconnectAccountsHere) {
  person account(server_, "ada");
  websocket_client hers = connected(server_, account), guest = as_nobody(), foreign = as(R"({"sub":"ada"})");
  const auto disconnect = [&](const std::string& who) { return api("disconnect", "{" + who + "}").json("/result"); };
  EXPECT_EQ(disconnect(R"("user":")" + account.id() + '"'), "{}");
  EXPECT_TRUE(hers.ask(subscribe("kept:1")).has("/subscribe"));
  EXPECT_EQ(api("subscribe", R"({"user":")" + account.id() + R"(","channel":"kept:2"})").json("/result"), "{}");
  EXPECT_EQ(hers.next_with("/push/subscribe").text("/push/channel"), "kept:2") << "but it may invite them";

  guest.ask(subscribe("open:1"));
  const auto present = foreign.ask(subscribe("open:1"));
  const auto listed = foreign.ask(R"("presence":{"channel":"open:1"})").json("/presence/presence");
  const std::size_t at = listed.find(R"({"user":"")");
  ASSERT_NE(at, listed.npos) << listed;
  const std::string client = listed.substr(listed.find(R"("client":")", at) + 10, 36);
  EXPECT_EQ(disconnect(R"("user":"","client":")" + client + '"'), "{}");
  EXPECT_EQ(guest.end().code, 3503);
  EXPECT_EQ(disconnect(R"("user":"ada")"), "{}");
  EXPECT_EQ(foreign.end().code, 3503);
}

} // namespace
} // namespace palabre::testing

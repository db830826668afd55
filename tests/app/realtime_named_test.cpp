// Named channels, line by line: who may do what, and what the answers are.
#include "base/digest.hpp"
#include "realtime_scene.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;

const std::string token_key(32, 'k');
const std::string api_key(32, 'a'), other_key(32, 'b');

std::string hash_of(const std::string& key) {
  return to_hex(as_bytes(sha256(key)));
}

/// The file goes with the test.
struct key_file {
  key_file() { // 0600 from the start
    const int made = mkstemp(path.data());
    EXPECT_GE(made, 0);
    close(made);
    std::ofstream(path) << token_key << '\n';
  }
  ~key_file() { fs::remove(path); }
  std::string path = (fs::temp_directory_path() / "palabre-token-key-XXXXXX").string();
};

std::string signed_token(const std::string& payload) {
  const std::string body = to_base64url(R"({"alg":"HS256"})") + "." + to_base64url(payload);
  return body + "." + to_base64url(as_bytes(hmac_sha256(token_key, body)));
}

class RealtimeNamed : public ::testing::Test {
protected:
  RealtimeNamed() : server_(config()) {}

  std::string config() const {
    return "[realtime]\ntoken_key_file = \"" + file_.path + "\"\n" + R"(
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
  websocket_client ada = as(R"({"sub":"ada"})"), nobody = as_nobody();
  struct {
    std::string body;
    int ada, nobody; // 0: done
  } const table[] = {
      {subscribe("plain"), 0, 103},
      {subscribe("open:1"), 0, 0},
      {subscribe("open:1"), 105, 105},
      {subscribe("kept:1"), 0, 103},
      {subscribe("sealed:1"), 103, 103},
      {subscribe("sealed:1", with_token(R"({"sub":"ada","channel":"sealed:1"})")), 103, 103},
      {subscribe("tokens:1"), 103, 103},
      {subscribe("tokens:1", R"(,"token":"x")"), 103, 103},
      {subscribe("tokens:1", with_token(R"({"sub":"ada","channel":"tokens:1","exp":1})")), 109, 109},
      {subscribe("tokens:1", with_token(R"({"sub":"ada","channel":"tokens:1","expire_at":1})")), 110, 0},
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
      if (client == &nobody && row.body.find("expire_at") != row.body.npos) continue; // would end it: not its token
      if (client == &nobody && code == 109) continue;
      const auto reply = client->ask(row.body);
      if (code == 0)
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

// ---- Settings

finished_program checked(const std::string& toml) {
  const std::string path =
      (fs::temp_directory_path() / ("palabre-named-" + std::to_string(getpid()) + ".toml")).string();
  std::ofstream(path) << toml;
  auto ran = run_palabre({"config", "check", "--config", path});
  fs::remove(path);
  return ran;
}

TEST(NamespaceSettings, AreRefusedByName) {
  struct {
    std::string toml;
    std::vector<std::string> says;
  } const table[] = {
      {"[namespaces.room]", {"namespaces.room", "reserved"}},
      {"[namespaces.user]\npresence = true", {"namespaces.user", "reserved"}},
      {"[namespaces.\"a b\"]", {"namespaces.a b", "letters"}},
      {"[namespaces]\nchat = 1", {"namespaces.chat", "table"}},
      {"[namespaces.chat]\ncolour = 1", {"namespaces.chat.colour", "config show"}},
      {"[namespaces.chat]\nhistory_size = 10001", {"namespaces.chat.history_size", "10001", "0 to 10000"}},
      {"[namespaces.chat]\nhistory_ttl = \"31d\"", {"namespaces.chat.history_ttl", "31d", "1s to 30d"}},
      {"[namespaces.chat]\nsubscribe = \"subscribers\"",
       {"namespaces.chat.subscribe", "nobody, token, user or anyone"}},
      {"[namespaces.chat]\npublish = \"token\"", {"namespaces.chat.publish", "nobody, subscribers, user or anyone"}},
      {"[namespaces.chat]\npresence = 1", {"namespaces.chat.presence", "true or false"}},
      {"[namespaces.chat]\napi_key_sha256 = [\"secret\"]", {"namespaces.chat.api_key_sha256", "64 lower-case hex"}},
      {"[realtime]\ntoken_key_file = \"/none\"", {"realtime.token_key_file", "/none"}},
  };
  for (const auto& row : table) {
    const auto ran = checked(row.toml);
    EXPECT_EQ(ran.status, 2) << row.toml;
    for (const std::string& text : row.says) EXPECT_NE(ran.complained.find(text), std::string::npos) << ran.complained;
  }
  EXPECT_EQ(run_palabre({"config", "check", "--set", "namespaces.presence=true"}).status, 2);
}

TEST(NamespaceSettings, ComeFromEverywhereAndAreShown) {
  setenv("PALABRE_NAMESPACES__CHAT__HISTORY_SIZE", "7", 1);
  const auto shown = run_palabre({"config", "show", "--set", "namespaces.chat.publish=subscribers", "--set",
                                  "namespaces.a.b.api_key_sha256=" + std::string(64, 'a')});
  unsetenv("PALABRE_NAMESPACES__CHAT__HISTORY_SIZE");
  EXPECT_EQ(shown.status, 0) << shown.complained;
  for (const std::string line : {"namespaces.chat.history_size = 7\n", "namespaces.chat.publish = subscribers\n",
                                 "namespaces.chat.subscribe = token\n", "namespaces.chat.history_ttl = 5m\n"})
    EXPECT_NE(shown.printed.find(line), std::string::npos) << line;
  EXPECT_NE(shown.printed.find("namespaces.a.b.api_key_sha256 = aaaa"), std::string::npos);
}

TEST(NamespaceSettings, TheTokenKeyIsSecretAndLong) {
  const key_file file;
  const auto check = [&] { return run_palabre({"config", "check", "--set", "realtime.token_key_file=" + file.path}); };
  EXPECT_EQ(check().status, 0);
  fs::permissions(file.path, fs::perms(0640));
  EXPECT_NE(check().complained.find("chmod 600"), std::string::npos);
  fs::permissions(file.path, fs::perms(0600));
  std::ofstream(file.path) << token_key.substr(1) << '\n';
  EXPECT_NE(check().complained.find("less than 32 bytes"), std::string::npos);
}

} // namespace
} // namespace palabre::testing

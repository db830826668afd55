// The binary as whoever runs it meets it: options, settings, exit codes, and what it says.

#include "event_lines.hpp"
#include "person.hpp"
#include "running_server.hpp"
#include "websocket_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;

/// A folder that goes when this goes.
struct temporary_folder {
  temporary_folder() { EXPECT_NE(mkdtemp(path.data()), nullptr); }
  ~temporary_folder() { fs::remove_all(path); }
  std::string path = (fs::temp_directory_path() / "palabre-commands-XXXXXX").string();
};

void expect_refused(const finished_program& ran, int status, const std::vector<std::string>& says) {
  EXPECT_EQ(ran.status, status) << ran.complained;
  EXPECT_EQ(ran.printed, "");
  for (const std::string& text : says)
    EXPECT_NE(ran.complained.find(text), std::string::npos) << text << " in " << ran.complained;
}

TEST(Commands, WrongUseExitsWithTwoAndSaysWhatIsWrong) {
  const temporary_folder folder;
  const std::string none = folder.path + "/none";
  struct {
    std::vector<std::string> arguments;
    std::string says;
  } const table[] = {
      {{}, "A command is required"},
      {{"sevre"}, "sevre"},
      {{"serve", "--port", "80"}, "--port"},
      {{"serve", "--data", none, "--config", none}, none},
      {{"serve", "--data", none, "--listen", "8080"}, "write HOST:PORT, as 127.0.0.1:8080"},
      {{"serve", "--data", none, "--listen", "127.0.0.1:65536"}, "127.0.0.1:65536"},
      {{"serve", "--data", none, "--listen", "127.0.0.1:"}, "write HOST:PORT"},
      {{"serve", "--data", none, "--set", "log.level"}, "write section.key=value"},
      {{"serve", "--data", none, "--set", "log.level=loud"}, "trace, debug, info, warn or error"},
      {{"config"}, "subcommand"},
      {{"events", "--data", none, "--room", "salon"}, "--room salon: not an id"},
      {{"events", "--data", none, "--user", "ada"}, "--user ada: not an id"},
      {{"events", "--data", none, "--about", "ada"}, "--about ada: not an id"},
      {{"events", "--data", none, "--type", "message.sent"}, "--type message.sent: there is no such event type"},
      {{"events", "--data", none, "--since", "noon"}, "--since noon: write a time as"},
      {{"events", "--data", none, "--until", "2026-13-01T00:00:00Z"}, "--until 2026-13-01T00:00:00Z"},
      {{"events", "--data", none, "--after", "first"}, "--after"},
      {{"events", "--data", none, "--after", "-1"}, "--after"},
      {{"backup", "--data", none}, "--to"},
      {{"restore", "--data", none}, "--from"},
      {{"export", "--data", none, "--user", "ada"}, "--user ada: not an id"},
      {{"export", "--data", none, "--since", "noon"}, "--since noon: write a time as"},
      {{"export", "--data", none, "--with-secrets", "--room", none}, "--with-secrets"},
      {{"import", "--data", none}, "--from"},
      {{"user"}, "subcommand"},
      {{"user", "promote", "--data", none}, "login"},
      {{"user", "demote", "--data", none}, "login"},
      {{"user", "list", "--data", none, "everybody"}, "everybody"},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.arguments.empty() ? "nothing" : row.arguments.back());
    expect_refused(run_palabre(row.arguments), 2, {row.says});
    EXPECT_FALSE(fs::exists(none));
  }
}

TEST(Commands, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(run_palabre({"--version"}).printed.substr(0, 8), "palabre ");
  const auto help = run_palabre({"--help"});
  EXPECT_EQ(help.status, 0);
  for (const char* command : {"serve", "config", "events", "replay", "diff", "verify", "stats", "recover", "rebuild",
                              "backup", "restore", "export", "import", "archive", "erase", "keys", "user", "seed"})
    EXPECT_NE(help.printed.find(command), std::string::npos) << command;
  EXPECT_EQ(run_palabre({"serve", "--help"}).status, 0);
}

TEST(Commands, WithoutDataThereIsNothingToRead) {
  const temporary_folder folder;
  const std::string none = folder.path + "/none";
  const std::string room = "0190b1f0-7c3a-7000-8000-000000000000";
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"events"},
                                                    {"events", "--follow"},
                                                    {"verify"},
                                                    {"stats"},
                                                    {"replay", "--room", room},
                                                    {"diff", "--room", room},
                                                    {"recover"},
                                                    {"recover", "--accept-loss"},
                                                    {"export"},
                                                    {"user", "promote", "ada"},
                                                    {"user", "list"},
                                                    {"backup", "--to", folder.path + "/copy"}}) {
    auto with_data = arguments;
    with_data.insert(with_data.end(), {"--data", none});
    expect_refused(run_palabre(with_data), 1, {none});
    EXPECT_FALSE(fs::exists(none)) << arguments.front();
  }
}

// ---- Settings

struct Settings : ::testing::Test {
  std::string file(const std::string& text) const {
    std::ofstream(folder.path + "/palabre.toml") << text;
    return folder.path + "/palabre.toml";
  }
  finished_program check(const std::string& text) const {
    return run_palabre({"config", "check", "--config", file(text)});
  }
  const temporary_folder folder;
};

TEST_F(Settings, AWrongOneIsNamedWithItsValueAndWhatIsAllowed) {
  struct {
    std::string text;
    std::vector<std::string> says;
  } const table[] = {
      {"[auth]\naccess_token_ttl = \"3 fortnights\"",
       {"palabre.toml", "auth.access_token_ttl", "3 fortnights", "a duration from 1s to 1d"}},
      {"[auth]\naccess_token_ttl = \"25h\"", {"auth.access_token_ttl", "25h", "1d"}},
      {"[auth]\naccess_token_ttl = 900", {"auth.access_token_ttl", "900", "a duration"}},
      {"[limits]\nconnections = 0", {"limits.connections", "\"0\"", "a number from 1 to 1000000"}},
      {"[limits]\nconnections = -1", {"limits.connections", "-1", "a number from 1"}},
      {"[log]\naccess = \"yes\"", {"log.access", "yes", "true or false"}},
      {"[presence]\ngrace = \"11m\"", {"presence.grace", "11m", "0s to 10m"}},
      {"[presence]\ncoalesce = \"49ms\"", {"presence.coalesce", "49ms", "50ms to 10s"}},
      {"[presence]\nindividuals_max = 0", {"presence.individuals_max", "0", "1 to 100000"}},
      {"[log]\ncolour = \"info\"", {"log.colour", "palabre config show"}},
      {"[server]\nallowed_origins = [\"example.org\"]",
       {"server.allowed_origins", "example.org", "https://example.org"}},
      {"[auth]\nadministrators = [\"ada\", \"no login\"]",
       {"auth.administrators", "no login", "logins of 3 to 32", "separated by commas"}},
      {"[auth]\nadministrators = 7", {"auth.administrators", "\"7\""}},
      {"level = \"info\"", {"level", "[section]"}},
      {"[log]\nlevel = ", {"palabre.toml", "line 2"}},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.text);
    expect_refused(check(row.text), 2, row.says);
  }
}

TEST_F(Settings, ComeFromTheFileThenTheEnvironmentThenTheCommandLine) {
  const std::string toml = file("[auth]\naccess_token_ttl = \"1m\"\n[log]\nlevel = \"warn\"\n[threads]\nio = 3");
  setenv("PALABRE_LOG__LEVEL", "error", 1);
  setenv("PALABRE_THREADS__IO", "4", 1);
  setenv("PALABRE_AUTH__ADMINISTRATORS", "Ada,bob", 1);
  const auto shown = run_palabre({"config", "show", "--config", toml, "--set", "threads.io=5"});
  const auto flagged = run_palabre({"config", "show", "--config", toml, "--set", "auth.administrators=eve"});
  unsetenv("PALABRE_AUTH__ADMINISTRATORS");
  setenv("PALABRE_LOG__LEVEL", "loud", 1);
  const auto wrong = run_palabre({"config", "check"});
  unsetenv("PALABRE_LOG__LEVEL");
  unsetenv("PALABRE_THREADS__IO");
  EXPECT_EQ(shown.status, 0) << shown.complained;
  for (const char* line :
       {"auth.access_token_ttl = 1m\n", "log.level = error\n", "threads.io = 5\n", "auth.administrators = ada,bob\n"})
    EXPECT_NE(shown.printed.find(line), std::string::npos) << line << shown.printed;
  EXPECT_NE(flagged.printed.find("auth.administrators = eve\n"), std::string::npos) << flagged.printed;
  expect_refused(wrong, 2, {"PALABRE_LOG__LEVEL", "log.level", "loud", "trace, debug"});
}

TEST_F(Settings, AllThatAreShownAreAllowed) {
  const auto shown = run_palabre({"config", "show"});
  EXPECT_EQ(shown.status, 0);
  std::vector<std::string> arguments{"config", "check"};
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < shown.printed.size();) {
    const std::size_t end = shown.printed.find('\n', begin);
    const std::string line = shown.printed.substr(begin, end - begin);
    begin = end + 1;
    const auto equals = line.find(" = ");
    if (line.starts_with(' ') || equals == std::string::npos) continue;
    arguments.push_back("--set=" + line.substr(0, equals) + '=' + line.substr(equals + 3));
    ++count;
  }
  EXPECT_GT(count, 10u);
  const auto checked = run_palabre(arguments);
  EXPECT_EQ(checked.status, 0) << checked.complained;
}

// ---- Events

TEST(Events, AreFiltered) {
  running_server server;
  person ada(server, "ada"), bob(server, "bob");
  const std::string room = ada.make_room("Salon", R"(,"visibility":"public")"), other = ada.make_room("Other");
  bob.post("/api/v1/rooms/" + room + "/join", "");
  for (int i = 0; i < 5; ++i) {
    ada.say(room, "by ada " + std::to_string(i));
    bob.say(room, "by bob " + std::to_string(i));
    ada.say(other, "elsewhere");
  }
  const auto all = read_events(server.data());
  const auto expect = [&](const std::vector<std::string>& filters, auto&& takes) {
    std::string expected, got;
    for (const auto& event : all)
      if (takes(event)) expected += event.text + '\n';
    for (const auto& event : read_events(server.data(), filters)) got += event.text + '\n';
    EXPECT_EQ(got, expected) << filters.front();
    EXPECT_NE(expected, "") << filters.front();
  };
  const event_line middle = all[all.size() / 2];
  expect({"--room", room}, [&](const auto& e) { return e.stream == room; });
  expect({"--user", bob.id()}, [&](const auto& e) { return e.actor == bob.id(); });
  expect({"--type", "message.posted"}, [&](const auto& e) { return e.type == "message.posted"; });
  expect({"--since", middle.at}, [&](const auto& e) { return e.at >= middle.at; });
  expect({"--until", middle.at}, [&](const auto& e) { return e.at <= middle.at; });
  expect({"--after", std::to_string(middle.position)}, [&](const auto& e) { return e.position > middle.position; });
  expect({"--room", room, "--user", bob.id(), "--type", "message.posted", "--since", middle.at}, [&](const auto& e) {
    return e.stream == room && e.actor == bob.id() && e.type == "message.posted" && e.at >= middle.at;
  });
  EXPECT_TRUE(read_events(server.data(), {"--after", std::to_string(all.size())}).empty());
  EXPECT_TRUE(read_events(server.data(), {"--after", "18446744073709551615"}).empty());
}

TEST(Events, HoldNoSecrets) {
  running_server server;
  person ada(server, "ada");
  const std::string room = ada.make_room("Salon");
  const std::string code = ada.get("/api/v1/rooms/" + room).text("/share_code");
  const auto printed = run_palabre({"events", "--data", server.data()}).printed;
  EXPECT_NE(printed.find(R"("password_hash":null)"), std::string::npos);
  EXPECT_NE(printed.find(R"("share_code":null)"), std::string::npos);
  for (const std::string& secret : {std::string("argon2"), code, ada.refresh_token(), ada.token()})
    EXPECT_EQ(printed.find(secret), std::string::npos) << secret;
}

// ---- Serving

finished_program serve(const std::string& data, const std::string& listen = "127.0.0.1:0") {
  return run_palabre({"serve", "--data", data, "--listen", listen});
}

TEST(Serving, OneDataDirectoryHasOneServer) {
  running_server server;
  person ada(server, "ada");
  expect_refused(serve(server.data()), 1, {server.data(), "in use"});
  expect_refused(run_palabre({"recover", "--data", server.data(), "--accept-loss"}), 1, {server.data()});
  EXPECT_TRUE(server.lives());
  EXPECT_EQ(ada.get("/api/v1/me").status, 200);
}

TEST(Serving, APortThatIsTakenIsAnErrorThatNamesIt) {
  running_server server;
  const temporary_folder folder;
  const std::string address = "127.0.0.1:" + std::to_string(server.port());
  expect_refused(serve(folder.path + "/data", address), 1, {address});
}

TEST(Serving, KeysThatOthersCanReadAreRefused) {
  running_server server;
  EXPECT_EQ(server.stop(), 0);
  for (const char* name : {"token.key", "name.key"}) {
    const std::string key = server.data() + "/secrets/" + name;
    EXPECT_EQ(fs::status(key).permissions(), fs::perms(0600));
    fs::permissions(key, fs::perms(0640));
    expect_refused(serve(server.data()), 1, {key, "chmod 600"});
    fs::permissions(key, fs::perms(0600));
  }
  server.start();
}

TEST(Serving, AKeyThatIsTooShortIsRefusedAndNotReplaced) {
  running_server server;
  EXPECT_EQ(server.stop(), 0);
  const std::string key = server.data() + "/secrets/token.key";
  for (const char* text : {"", "c2hvcnQ\n"}) {
    std::ofstream(key, std::ios::trunc) << text;
    expect_refused(serve(server.data()), 1, {key, "32 bytes"});
    EXPECT_EQ(fs::file_size(key), std::string_view(text).size());
  }
}

TEST(Serving, ALostNameKeyIsNotReplacedByOneThatKnowsNobody) {
  running_server server;
  person ada(server, "ada");
  EXPECT_EQ(server.stop(), 0);
  const std::string key = server.data() + "/secrets/name.key";
  fs::remove(key);
  expect_refused(serve(server.data()), 1, {key, "missing"});
  EXPECT_FALSE(fs::exists(key));
}

TEST(Serving, TokensOutliveARestart) {
  running_server server;
  person ada(server, "ada");
  EXPECT_EQ(server.stop(), 0);
  server.start();
  http_client client(server.port());
  EXPECT_EQ(client.request("GET", "/api/v1/me", {}, {{"Authorization", "Bearer " + ada.token()}}).status, 200);
}

TEST(Serving, AtSigtermItClosesSocketsWith3001AndExitsWithZero) {
  running_server server("[server]\ndrain_spread = \"0ms\"\n");
  person ada(server, "ada");
  const std::string room = ada.make_room("Salon");
  websocket_client socket(server.port());
  const auto connected = socket.ask(R"("connect":{"token":)" + json_quoted(ada.token()) + '}');
  ASSERT_TRUE(connected.has("/connect/client")) << connected.body;
  EXPECT_EQ(ada.say(room, "the last words").status, 201);
  auto stopping = std::async(std::launch::async, [&] { return server.stop(); });
  EXPECT_EQ(socket.end().code, 3001);
  EXPECT_EQ(stopping.get(), 0);
  EXPECT_EQ(run_palabre({"verify", "--data", server.data()}).status, 0);
  const auto said = read_events(server.data(), {"--type", "message.posted"});
  ASSERT_EQ(said.size(), 1u);
}

} // namespace
} // namespace palabre::testing

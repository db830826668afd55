// `palabre seed` against the real server: what is there afterwards, read through the API as anybody reads it.

#include "http_client.hpp"
#include "running_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string password = "a quiet afternoon";

/// A password in a file that nobody else can read.
class password_file {
public:
  explicit password_file(const std::string& text = password, fs::perms allowed = fs::perms::owner_read) {
    name_ = (fs::temp_directory_path() / "palabre-seed-XXXXXX").string();
    close(mkstemp(name_.data()));
    std::ofstream(name_) << text << '\n';
    fs::permissions(name_, allowed);
  }
  ~password_file() { fs::remove(name_); }
  const std::string& name() const { return name_; }

private:
  std::string name_;
};

std::string url_of(const running_server& server) {
  return "http://127.0.0.1:" + std::to_string(server.port());
}

struct size {
  int seed = 1, users = 6, rooms = 4, messages = 60;
};

std::vector<std::string> seed_arguments(const running_server& server, const size& of, const std::string& file) {
  return {"seed",
          "--url",
          url_of(server),
          "--seed",
          std::to_string(of.seed),
          "--users",
          std::to_string(of.users),
          "--rooms",
          std::to_string(of.rooms),
          "--messages",
          std::to_string(of.messages),
          "--password-file",
          file};
}

finished_program seed(const running_server& server, const size& of = {}, const std::string& with = password) {
  const password_file file(with);
  return run_palabre(seed_arguments(server, of, file.name()));
}

std::vector<std::string> logins(const running_server& server) {
  std::istringstream listed(run_palabre({"user", "list", "--data", server.data()}).printed);
  std::vector<std::string> found;
  for (std::string id, login, why; listed >> id >> login >> why;) found.push_back(login);
  return found;
}

http_answer log_in(http_client& client, const std::string& login, const std::string& with) {
  return client.request("POST", "/api/v1/auth/login",
                        R"({"login":)" + json_quoted(login) + R"(,"password":)" + json_quoted(with) + '}',
                        {{"Content-Type", "application/json"}});
}

/// Who said what in which order, what it answers, and what others made of it; nothing that only this server has.
using conversation_seen = std::vector<std::string>;

std::string text_at(const simdjson::dom::element& of, std::string_view pointer) {
  std::string_view text;
  return of.at_pointer(pointer).get(text) == simdjson::SUCCESS ? std::string(text) : "-";
}

conversation_seen messages_in(http_client& client, const std::string& token, const std::string& room) {
  conversation_seen seen;
  std::map<std::string, std::size_t> numbers;
  for (std::string next = "/api/v1/rooms/" + room + "/messages?limit=200&after=0"; next != "-";) {
    const auto got = client.request("GET", next, {}, {{"Authorization", "Bearer " + token}});
    simdjson::dom::parser parser;
    const simdjson::dom::element page = parser.parse(got.body);
    for (const simdjson::dom::element item : page["items"].get_array()) {
      numbers[text_at(item, "/id")] = seen.size();
      const auto parent = numbers.find(text_at(item, "/reply_to"));
      std::string line = text_at(item, "/author/display_name") + ": " + text_at(item, "/body");
      if (parent != numbers.end()) line += " ^" + std::to_string(parent->second);
      for (const simdjson::dom::element each : item["reactions"].get_array())
        line += ' ' + text_at(each, "/emoji") + std::to_string(each["count"].get_uint64().value());
      seen.push_back(line + (text_at(item, "/edited_at") == "-" ? "" : " (edited)"));
    }
    next = text_at(page, "/next");
  }
  return seen;
}

/// By the names of rooms, with what they are.
std::map<std::string, conversation_seen> community_at(const running_server& server) {
  http_client client(server.port());
  std::map<std::string, conversation_seen> all;
  for (const std::string& login : logins(server)) {
    const auto session = log_in(client, login, password);
    EXPECT_EQ(session.status, 200) << session.body;
    const std::string token = session.text("/access_token");
    const auto mine = client.request("GET", "/api/v1/rooms?limit=200", {}, {{"Authorization", "Bearer " + token}});
    for (std::size_t i = 0; i < mine.count("/items"); ++i) {
      const std::string at = "/items/" + std::to_string(i);
      const std::string name = mine.text(at + "/name") + " (" + mine.text(at + "/visibility") + ", " +
                               std::to_string(mine.number(at + "/member_count")) + ')';
      if (!all.count(name)) all[name] = messages_in(client, token, mine.text(at + "/id"));
    }
  }
  return all;
}

std::size_t messages_of_all(const std::map<std::string, conversation_seen>& rooms) {
  std::size_t sum = 0;
  for (const auto& [name, messages] : rooms) sum += messages.size();
  return sum;
}

/// Sessions come and go with each run; all else is the community.
std::size_t events_but_sessions(const running_server& server) {
  std::istringstream lines(run_palabre({"events", "--data", server.data()}).printed);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) count += line.find(R"("type":"session.)") == line.npos;
  return count;
}

TEST(Seed, TheSameSeedMakesTheSameCommunityAndAnotherOneAnother) {
  running_server one, same, other;
  for (const auto& [server, number] : {std::pair{&one, 5}, {&same, 5}, {&other, 6}}) {
    const auto ran = seed(*server, {number});
    ASSERT_EQ(ran.status, 0) << ran.complained;
  }
  const auto made = community_at(one);
  EXPECT_EQ(made.size(), 4u);
  EXPECT_EQ(messages_of_all(made), 60u);
  EXPECT_EQ(logins(one).size(), 6u);
  EXPECT_EQ(community_at(same), made);
  EXPECT_NE(community_at(other), made);
}

TEST(Seed, RunAgainItAddsNothingAndWithMoreMessagesItGoesOn) {
  running_server server;
  ASSERT_EQ(seed(server, {1, 6, 4, 200}).status, 0);
  const auto before = community_at(server);
  const auto events = events_but_sessions(server);
  const auto again = seed(server, {1, 6, 4, 200});
  EXPECT_EQ(again.status, 0) << again.complained;
  EXPECT_THAT(again.printed, HasSubstr("New in this run: 0 people, 0 rooms, 0 messages."));
  EXPECT_EQ(community_at(server), before);
  EXPECT_EQ(events_but_sessions(server), events);

  const auto more = seed(server, {1, 6, 4, 260});
  EXPECT_THAT(more.printed, HasSubstr("New in this run: 0 people, 0 rooms, 60 messages."));
  const auto after = community_at(server);
  EXPECT_EQ(messages_of_all(after), 260u);
  for (const auto& [room, messages] : before)
    for (std::size_t i = 0; i < messages.size(); ++i) EXPECT_EQ(after.at(room).at(i), messages[i]) << room;
}

TEST(Seed, AnInterruptedRunIsGoneOnWith) {
  running_server whole, broken;
  ASSERT_EQ(seed(whole).status, 0);
  const password_file file;
  int interrupted = 0;
  for (std::chrono::milliseconds after(50); run_and_kill_palabre(seed_arguments(broken, {}, file.name()), after);
       after = after * 3 / 2)
    ++interrupted;
  EXPECT_GT(interrupted, 0);
  const auto ran = seed(broken);
  ASSERT_EQ(ran.status, 0) << ran.complained;
  EXPECT_EQ(community_at(broken), community_at(whole));
}

TEST(Seed, HeedsTheRatesOfTheServer) {
  running_server server("[limits]\nenabled = true\nwrites_per_second = 3\n");
  const auto ran = seed(server, {1, 3, 1, 60});
  ASSERT_EQ(ran.status, 0) << ran.complained;
  EXPECT_THAT(ran.complained, HasSubstr("limits.writes_per_second"));
  EXPECT_THAT(ran.printed, HasSubstr("3 people, 1 rooms, 60 messages"));
}

TEST(Seed, RatherSaysWhatLiftsARateThanWaitForAnHour) {
  running_server server("[limits]\nenabled = true\nregistrations_per_minute = 1\n");
  const auto ran = seed(server, {1, 60, 1, 10});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.complained, HasSubstr("429 rate_limited"));
  EXPECT_THAT(ran.complained, HasSubstr("limits.registrations_per_minute"));
}

TEST(Seed, SaysWhatItIsThatTheServerRefuses) {
  running_server server;
  ASSERT_EQ(seed(server, {1, 2, 1, 4}).status, 0);
  const auto other = seed(server, {1, 2, 1, 4}, "another afternoon");
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.complained, HasSubstr("with another password"));
  server.stop();
  const auto nobody = seed(server);
  EXPECT_EQ(nobody.status, 1);
  EXPECT_THAT(nobody.complained, HasSubstr("does a server run there?"));
}

TEST(Seed, MakesAPasswordAndTellsItOnce) {
  running_server server;
  const auto ran = run_palabre({"seed", "--url", url_of(server), "--users", "2", "--rooms", "1", "--messages", "3"});
  ASSERT_EQ(ran.status, 0) << ran.complained;
  const std::string before = "Everybody's password is ";
  ASSERT_EQ(ran.printed.find(before), 0u) << ran.printed;
  const std::string told = ran.printed.substr(before.size(), ran.printed.find('\n') - before.size());
  EXPECT_EQ(ran.printed.rfind(told), before.size()) << "once";
  EXPECT_THAT(ran.complained, Not(HasSubstr(told)));
  http_client client(server.port());
  for (const std::string& login : logins(server)) EXPECT_EQ(log_in(client, login, told).status, 200);
}

TEST(Seed, LeavesNoSessionOpen) {
  running_server server;
  ASSERT_EQ(seed(server, {1, 3, 1, 5}).status, 0);
  const auto events = run_palabre({"events", "--data", server.data()}).printed;
  std::size_t opened = 0, closed = 0;
  std::istringstream lines(events);
  for (std::string line; std::getline(lines, line);) {
    opened += line.find(R"("type":"session.opened")") != line.npos;
    closed += line.find(R"("type":"session.closed")") != line.npos;
  }
  EXPECT_EQ(opened, 3u);
  EXPECT_EQ(closed, 3u);
}

TEST(Seed, WrongUseExitsWithTwo) {
  const password_file open(password, fs::perms::owner_read | fs::perms::others_read), little("short");
  struct {
    std::vector<std::string> arguments;
    std::string says;
  } const table[] = {
      {{"--url", "https://127.0.0.1:8080"}, "http://HOST:PORT"},
      {{"--users", "1"}, "--users"},
      {{"--rooms", "0"}, "--rooms"},
      {{"--seed", "-1"}, "--seed"},
      {{"--password", "secret"}, "--password"},
      {{"--password-file", open.name()}, "chmod 600"},
      {{"--password-file", little.name()}, "8 bytes"},
  };
  for (const auto& row : table) {
    auto arguments = row.arguments;
    arguments.insert(arguments.begin(), "seed");
    const auto ran = run_palabre(arguments);
    EXPECT_EQ(ran.status, 2) << ran.complained;
    EXPECT_EQ(ran.printed, "");
    EXPECT_THAT(ran.complained, HasSubstr(row.says));
  }
}

} // namespace
} // namespace palabre::testing

// Administrators, from the command line to what only they see: a real server, real commands, the log through HTTP.

#include "event_lines.hpp"
#include "person.hpp"
#include "running_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace palabre::testing {
namespace {

const std::string audit = "/api/v1/admin/events";

finished_program user(const running_server& server, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "user");
  arguments.insert(arguments.end(), {"--data", server.data()});
  return run_palabre(arguments);
}

/// Ada, Bob and a talk of theirs on a server that has no administrator.
class Administrators : public ::testing::Test {
protected:
  Administrators() {
    room_ = ada_.make_room("Salon", R"(,"visibility":"public")");
    EXPECT_EQ(bob_.post("/api/v1/rooms/" + room_ + "/join", "").status, 200);
    for (int i = 0; i < 8; ++i) {
      const auto said = ada_.say(room_, "by ada " + std::to_string(i), {{"X-Request-ID", "ada&" + std::to_string(i)}});
      bob_.say(room_, "by bob " + std::to_string(i));
      if (i % 3 == 0) {
        EXPECT_EQ(bob_.put(message_path(room_, said) + "/reactions/%F0%9F%91%8D").status, 200);
      }
      if (i % 4 == 0) {
        EXPECT_EQ(ada_.del(message_path(room_, said)).status, 204);
      }
    }
  }
  void expect_printed(const finished_program& ran, const std::string& text) {
    EXPECT_EQ(ran.status, 0) << ran.complained;
    EXPECT_EQ(ran.printed, text) << ran.complained;
  }
  std::string named(const person& who) const { return who.login() + " (" + who.id() + ")"; }
  /// As (position, hash, type, data), of all pages from `target` on.
  std::vector<std::string> walked(person& by, std::string target) {
    std::vector<std::string> all;
    for (int pages = 0; !target.empty() && pages < 1'000; ++pages) {
      const auto page = by.get(target);
      EXPECT_EQ(page.status, 200) << target << page.body;
      if (page.status != 200) break;
      for (std::size_t i = 0; i < page.count("/items"); ++i) {
        const std::string item = "/items/" + std::to_string(i);
        all.push_back(page.json(item + "/position") + ' ' + page.text(item + "/hash") + ' ' +
                      page.text(item + "/type") + ' ' + page.json(item + "/data"));
      }
      target = page.is_null("/next") ? std::string() : page.text("/next");
    }
    return all;
  }
  /// The same of what `palabre events` prints.
  std::vector<std::string> printed(const std::vector<std::string>& filters = {}) const {
    std::vector<std::string> all;
    for (const event_line& line : read_events(server_.data(), filters)) {
      const http_answer event{200, line.text, {}};
      all.push_back(std::to_string(line.position) + ' ' + event.text("/hash") + ' ' + line.type + ' ' +
                    event.json("/data"));
    }
    return all;
  }

  running_server server_{"[limits]\nenabled = false\n[auth]\nadministrators = [\"Root\", \"later\"]\n"};
  person ada_{server_, "ada"}, bob_{server_, "bob"}, root_{server_, "root"};
  std::string room_;
};

TEST_F(Administrators, ArePromotedAndDemotedWhileTheServerServes) {
  EXPECT_EQ(bob_.get(audit).status, 403);
  expect_printed(user(server_, {"promote", "bob"}), named(bob_) + " is an administrator now\n");
  EXPECT_EQ(bob_.get(audit).status, 200) << "at once";
  expect_problem(ada_.get(audit), 403, "forbidden", audit);
  http_client nobody(server_.port());
  expect_problem(nobody.request("GET", audit), 401, "unauthenticated", audit);

  const std::size_t events = server_.events();
  expect_printed(user(server_, {"promote", bob_.id()}), named(bob_) + " is an administrator already\n");
  EXPECT_EQ(server_.events(), events) << "nothing happened";
  expect_printed(user(server_, {"demote", "BOB"}), named(bob_) + " is promoted no more\n");
  EXPECT_EQ(bob_.get(audit).status, 403) << "at once";
  expect_printed(user(server_, {"demote", "bob"}), named(bob_) + " was not promoted\n");

  const auto told = read_events(server_.data(), {"--about", bob_.id(), "--type", "user.promoted"});
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told.front().actor, "00000000-0000-0000-0000-000000000000") << "the system's";
  EXPECT_EQ(read_events(server_.data(), {"--type", "user.demoted"}).size(), 1u);
  EXPECT_EQ(run_palabre({"verify", "--data", server_.data()}).status, 0);
}

TEST_F(Administrators, ArePromotedAndDemotedOnAStoppedStore) {
  EXPECT_EQ(server_.stop(), 0);
  expect_printed(user(server_, {"promote", "bob"}), named(bob_) + " is an administrator now\n");
  expect_printed(user(server_, {"promote", "ada"}), named(ada_) + " is an administrator now\n");
  expect_printed(user(server_, {"demote", "ada"}), named(ada_) + " is promoted no more\n");
  expect_printed(user(server_, {"list", "--administrators"}), bob_.id() + " bob promoted\n");
  server_.start();
  http_client client(server_.port());
  const auto asked = [&](const person& by) {
    return client.request("GET", audit, {}, {{"Authorization", "Bearer " + by.token()}}).status;
  };
  EXPECT_EQ(asked(bob_), 200);
  EXPECT_EQ(asked(ada_), 403);
}

TEST_F(Administrators, WhoIsNamedByTheConfigurationIsOneAsLongAsItDoes) {
  EXPECT_EQ(root_.get(audit).status, 200);
  expect_printed(user(server_, {"list", "--administrators"}), root_.id() + " root configured\n- later configured\n");
  expect_printed(user(server_, {"promote", "root"}), named(root_) + " is an administrator now\n");
  expect_printed(user(server_, {"promote", "ada"}), named(ada_) + " is an administrator now\n");
  expect_printed(user(server_, {"list", "--administrators"}),
                 ada_.id() + " ada promoted\n" + root_.id() + " root promoted,configured\n- later configured\n");
  expect_printed(user(server_, {"list"}), ada_.id() + " ada promoted\n" + bob_.id() + " bob -\n" + root_.id() +
                                              " root promoted,configured\n- later configured\n");
  const auto demoted = user(server_, {"demote", "root"});
  expect_printed(demoted, named(root_) + " is promoted no more\n");
  EXPECT_NE(demoted.complained.find("[auth] administrators"), std::string::npos) << demoted.complained;
  EXPECT_EQ(root_.get(audit).status, 200);
  person later(server_, "later");
  EXPECT_EQ(later.get(audit).status, 200) << "named before they registered";
}

TEST_F(Administrators, NobodyElseIsOne) {
  for (const char* who : {"nobody", "not a login", "0190b1f0-7c3a-7abc-8def-0123456789ab"})
    for (const char* command : {"promote", "demote"}) {
      const auto ran = user(server_, {command, who});
      EXPECT_EQ(ran.status, 1);
      EXPECT_EQ(ran.printed, "");
      for (const char* says : {who, "register first", "[auth] administrators"})
        EXPECT_NE(ran.complained.find(says), std::string::npos) << ran.complained;
    }
  ASSERT_EQ(run_palabre({"erase", "--data", server_.data(), "--user", "bob", "--yes"}).status, 0);
  EXPECT_EQ(user(server_, {"promote", bob_.id()}).status, 1) << "erased";
  EXPECT_TRUE(read_events(server_.data(), {"--type", "user.promoted"}).empty());
}

TEST_F(Administrators, WalkTheLogBothWays) {
  std::vector<std::string> all = printed();
  for (const char* limit : {"7", "200"}) {
    EXPECT_EQ(walked(root_, audit + "?after=0&limit=" + limit), all);
    auto back = walked(root_, audit + "?limit=" + limit);
    std::reverse(back.begin(), back.end());
    EXPECT_EQ(back, all);
  }
  const auto page = root_.get(audit + "?limit=5");
  const auto turned = root_.get(root_.get(page.text("/next")).text("/prev"));
  EXPECT_EQ(turned.text("/items/0/hash"), page.text("/items/4/hash")) << "the other way round";
  EXPECT_EQ(turned.text("/items/4/hash"), page.text("/items/0/hash"));
}

TEST_F(Administrators, FilterAsTheCommandDoes) {
  const auto all = read_events(server_.data());
  const std::string some_time = all[all.size() / 2].at;
  using filters = std::vector<std::pair<std::string, std::string>>;
  const filters table[] = {
      {{"room", room_}},
      {{"user", bob_.id()}},
      {{"about", bob_.id()}},
      {{"type", "message.posted"}},
      {{"since", some_time}},
      {{"until", some_time}},
      {{"request", "ada&3"}},
      {{"room", room_}, {"user", bob_.id()}, {"type", "message.posted"}, {"until", some_time}},
      {{"about", ada_.id()}, {"since", some_time}},
  };
  for (const filters& each : table) {
    std::string query;
    std::vector<std::string> options;
    for (const auto& [name, value] : each) {
      query += '&' + name + '=' + escaped(value);
      options.insert(options.end(), {"--" + name, value});
    }
    const auto expected = printed(options);
    EXPECT_FALSE(expected.empty()) << query;
    EXPECT_EQ(walked(root_, audit + "?after=0&limit=3" + query), expected) << query;
    auto back = walked(root_, audit + "?limit=3" + query);
    std::reverse(back.begin(), back.end());
    EXPECT_EQ(back, expected) << query;
  }
  std::vector<std::string> of_stream;
  for (const event_line& line : all)
    if (line.stream == "user:" + bob_.id()) of_stream.push_back(std::to_string(line.position));
  const auto by_stream = walked(root_, audit + "?after=0&stream=user%3A" + bob_.id());
  ASSERT_EQ(by_stream.size(), of_stream.size());
  for (std::size_t i = 0; i < of_stream.size(); ++i) EXPECT_TRUE(by_stream[i].starts_with(of_stream[i] + ' '));
}

TEST_F(Administrators, SeeDeletedWordsAndNoSecret) {
  const std::string code = ada_.get("/api/v1/rooms/" + room_).text("/share_code");
  const auto all = root_.get(audit + "?limit=200");
  EXPECT_NE(all.body.find("by ada 0"), std::string::npos) << "a deleted message's words";
  for (const std::string& secret : {std::string("argon2"), code, ada_.token(), ada_.refresh_token()})
    EXPECT_EQ(all.body.find(secret), std::string::npos) << secret;
  const auto registered = root_.get(audit + "?type=user.registered&after=0&limit=1");
  EXPECT_EQ(registered.text("/items/0/data/login"), "ada");
  EXPECT_TRUE(registered.is_null("/items/0/data/password_hash"));
}

TEST_F(Administrators, SeeThatSomebodyWasErasedAndNothingElseOfThem) {
  const auto before = root_.get(audit + "?type=message.posted&limit=200&user=" + bob_.id());
  ASSERT_EQ(before.count("/items"), 8u);
  EXPECT_FALSE(before.flag("/items/0/erased"));
  EXPECT_EQ(before.text("/items/0/actor/display_name"), "bob");
  ASSERT_EQ(run_palabre({"erase", "--data", server_.data(), "--user", "bob", "--yes"}).status, 0);
  const auto after = root_.get(audit + "?type=message.posted&limit=200&user=" + bob_.id());
  ASSERT_EQ(after.count("/items"), 8u);
  for (int i = 0; i < 8; ++i) {
    const std::string item = "/items/" + std::to_string(i);
    EXPECT_TRUE(after.flag(item + "/erased"));
    EXPECT_TRUE(after.is_null(item + "/data/body"));
    EXPECT_TRUE(after.is_null(item + "/actor/display_name"));
    EXPECT_EQ(after.text(item + "/actor/id"), bob_.id());
    EXPECT_EQ(after.text(item + "/hash"), before.text(item + "/hash"));
  }
  const auto joined = root_.get(audit + "?type=member.left&limit=1&room=" + room_);
  EXPECT_FALSE(joined.flag("/items/0/erased")) << "it never held a word";
  const auto adas = root_.get(audit + "?type=message.posted&limit=1&user=" + ada_.id());
  EXPECT_FALSE(adas.flag("/items/0/erased"));
}

TEST_F(Administrators, LeaveATraceInTheAccessLogAlone) {
  const std::size_t events = server_.events();
  const auto got = root_.get(audit + "?about=" + bob_.id(), {{"X-Request-ID", "who-looked"}});
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(server_.events(), events);
  EXPECT_EQ(server_.stop(), 0);
  const std::string log = server_.log();
  const std::size_t line = log.find("who-looked");
  ASSERT_NE(line, std::string::npos);
  const std::string around = log.substr(log.rfind('\n', line) + 1, log.find('\n', line) - log.rfind('\n', line));
  EXPECT_NE(around.find(audit), std::string::npos) << around;
  EXPECT_NE(around.find(root_.id()), std::string::npos) << around;
  EXPECT_EQ(around.find(bob_.id()), std::string::npos) << "never the query: " << around;
}

} // namespace
} // namespace palabre::testing

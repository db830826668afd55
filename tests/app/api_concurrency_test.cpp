// Equal and contrary requests at the same moment, over real sockets.

#include "person.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <thread>

namespace palabre::testing {
namespace {

constexpr int at_once = 4;

/// The answers to `ask(0)`, `ask(1)`, …, each asked by a thread of its own.
std::vector<http_answer> all_at_once(const std::function<http_answer(int)>& ask) {
  std::vector<http_answer> answers(at_once);
  std::vector<std::thread> threads;
  for (int i = 0; i < at_once; ++i) threads.emplace_back([&, i] { answers[i] = ask(i); });
  for (std::thread& thread : threads) thread.join();
  return answers;
}

struct AtOnce : ::testing::Test {
  running_server server;
  person ada{server, "ada"};

  /// A request by Ada on a connection of its own.
  http_answer ask(std::string_view method, std::string_view target, std::string_view body,
                  const std::string& key = {}) {
    http_client client(server.port());
    headers with{{"Authorization", "Bearer " + ada.token()}, {"Content-Type", "application/json"}};
    if (!key.empty()) with.emplace_back("Idempotency-Key", key);
    return client.request(method, target, body, with);
  }
};

TEST_F(AtOnce, OneGetsALoginTheOthersAreToldSo) {
  const auto answers = all_at_once(
      [&](int) { return ask("POST", "/api/v1/auth/register", R"({"login":"eve","password":"12345678"})"); });
  int made = 0;
  for (const auto& got : answers) {
    if (got.status == 201)
      ++made;
    else
      expect_problem(got, 409, "login_taken", "/api/v1/auth/register");
  }
  EXPECT_EQ(made, 1);
}

TEST_F(AtOnce, OneRoomIsMadeUnderOneKey) {
  const auto answers = all_at_once([&](int) { return ask("POST", "/api/v1/rooms", R"({"name":"once"})", "k-1"); });
  int first = 0;
  for (const auto& got : answers) {
    EXPECT_EQ(got.status, 201) << got.body;
    EXPECT_EQ(got.body, answers[0].body);
    first += got.header("Idempotency-Replayed").empty();
  }
  EXPECT_EQ(first, 1);
  EXPECT_EQ(ada.get("/api/v1/rooms").count("/items"), 1u);
}

TEST_F(AtOnce, OneMessageIsPostedUnderOneClientId) {
  const std::string path = messages_of(ada.make_room("agora"));
  const auto answers = all_at_once([&](int) { return ask("POST", path, R"({"body":"once","client_id":"c-1"})"); });
  for (const auto& got : answers) {
    EXPECT_EQ(got.status, 201);
    EXPECT_EQ(got.body, answers[0].body);
  }
  EXPECT_EQ(ada.get(path).count("/items"), 1u);
}

TEST_F(AtOnce, NoChangeOfAFieldUndoesAnother) {
  const std::string room = "/api/v1/rooms/" + ada.make_room("agora");
  const char* changes[at_once] = {R"({"name":"forum"})", R"({"description":"d"})", R"({"category":"c"})",
                                  R"({"color_theme":"t"})"};
  for (const auto& got : all_at_once([&](int i) { return ask("PATCH", room, changes[i]); }))
    EXPECT_EQ(got.status, 200) << got.body;
  const auto after = ada.get(room);
  EXPECT_EQ(after.text("/name"), "forum");
  EXPECT_EQ(after.text("/description"), "d");
  EXPECT_EQ(after.text("/category"), "c");

  const char* profile[at_once] = {R"({"display_name":"Ada"})", R"({"bio":"b"})", R"({"city":"c"})",
                                  R"({"interests":["i"]})"};
  for (const auto& got : all_at_once([&](int i) { return ask("PATCH", "/api/v1/me", profile[i]); }))
    EXPECT_EQ(got.status, 200) << got.body;
  const auto me = ada.get("/api/v1/me");
  EXPECT_EQ(me.text("/display_name"), "Ada");
  EXPECT_EQ(me.text("/bio"), "b");
  EXPECT_EQ(me.text("/city"), "c");
  EXPECT_EQ(me.count("/interests"), 1u);
}

TEST_F(AtOnce, OneOfManyWritersWithTheSameETagWins) {
  const std::string room = "/api/v1/rooms/" + ada.make_room("agora");
  const std::string tag = ada.get(room).header("ETag");
  const auto answers = all_at_once([&](int i) {
    http_client client(server.port());
    return client.request(
        "PATCH", room, R"({"name":"by )" + std::to_string(i) + "\"}",
        {{"Authorization", "Bearer " + ada.token()}, {"Content-Type", "application/json"}, {"If-Match", tag}});
  });
  const auto won = std::count_if(answers.begin(), answers.end(), [](const auto& got) { return got.status == 200; });
  EXPECT_EQ(won, 1);
  for (const auto& got : answers)
    if (got.status != 200) expect_problem(got, 412, "version_mismatch", room);
}

TEST_F(AtOnce, EachNewShareCodeIsDeadButTheLast) {
  const std::string room = "/api/v1/rooms/" + ada.make_room("agora");
  std::set<std::string> codes;
  for (const auto& got : all_at_once([&](int) { return ask("POST", room + "/share_code", ""); })) {
    ASSERT_EQ(got.status, 200) << got.body;
    codes.insert(got.text("/share_code"));
  }
  const std::string last = ada.get(room).text("/share_code");
  EXPECT_TRUE(codes.contains(last));
  person bob(server, "bob");
  for (const std::string& code : codes) {
    const auto got = bob.post("/api/v1/rooms/join", R"({"share_code":)" + json_quoted(code) + '}');
    EXPECT_EQ(got.status, code == last ? 200 : 404) << got.body;
  }
}

TEST_F(AtOnce, WhatWasAnsweredIsSeenByWhoeverReadsNext) {
  const std::string path = messages_of(ada.make_room("agora"));
  all_at_once([&](int) {
    http_answer got;
    for (int i = 0; i < 50; ++i) {
      const auto posted = ask("POST", path, R"({"body":"x"})");
      got = ask("GET", path + '/' + posted.text("/id"), "");
      EXPECT_EQ(got.body, posted.body);
    }
    return got;
  });
  const auto page = ada.get(path + "?limit=200");
  ASSERT_EQ(page.count("/items"), 50u * at_once);
  for (std::size_t i = 0; i < page.count("/items"); ++i)
    EXPECT_EQ(page.number("/items/" + std::to_string(i) + "/seq"), 3 + static_cast<std::int64_t>(i));
}

} // namespace
} // namespace palabre::testing

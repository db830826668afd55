// `?at=`: the room as it was, against what the API answered when it was so.

#include "conversation.hpp"

#include <gtest/gtest.h>

#include <iostream>

namespace palabre::testing {
namespace {

class Past : public ::testing::Test {
protected:
  Past() { std::cout << "seed " << seed_ << std::endl; }

  std::string room_path(std::string_view more = {}) const {
    return "/api/v1/rooms/" + talk_.room() + std::string(more);
  }
  void expect_shown(std::uint64_t seq) {
    SCOPED_TRACE("at " + std::to_string(seq));
    const std::string at = "at=" + std::to_string(seq);
    const room_as_seen& then = talk_.seen().at(seq);
    EXPECT_EQ(talk_.owner().get(room_path("?" + at)).json(""), then.room);
    EXPECT_EQ(talk_.owner().get(room_path("/members?limit=200&" + at)).json("/items"), then.members);
    EXPECT_EQ(talk_.owner().get(room_path("/messages?limit=200&after=0&" + at)).json("/items"), then.messages);
    EXPECT_EQ(talk_.owner().get(room_path("/pins?" + at)).json("/items"), then.pins);
  }
  /// All items of a list, page by page.
  std::string walked(std::string next) {
    std::string all;
    for (int pages = 0; !next.empty() && pages < 1'000; ++pages) {
      const auto page = talk_.owner().get(next);
      EXPECT_EQ(page.status, 200) << next << page.body;
      const std::string items = page.json("/items");
      if (items.size() > 2) all += (all.empty() ? "" : ",") + items.substr(1, items.size() - 2);
      next = page.is_null("/next") ? std::string() : page.text("/next");
    }
    return '[' + all + ']';
  }
  std::uint64_t last_seq() { return static_cast<std::uint64_t>(talk_.owner().get(room_path()).number("/last_seq")); }

  const std::uint64_t seed_ = std::random_device{}();
  const ::testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
  running_server server_{"[limits]\nenabled = false\n"};
  conversation talk_{server_, seed_};
};

TEST_F(Past, ShowsTheRoomAsItWasAtEverySeq) {
  for (int step = 0; step < 150; ++step) talk_.go_on();
  for (const auto& [seq, then] : talk_.seen()) expect_shown(seq);
}

TEST_F(Past, IsPagedLikeThePresent) {
  for (int step = 0; step < 80; ++step) talk_.go_on();
  auto then = talk_.seen().begin();
  std::advance(then, talk_.seen().size() / 2);
  const std::string at = "at=" + std::to_string(then->first);
  EXPECT_EQ(walked(room_path("/messages?limit=3&after=0&" + at)), then->second.messages);
  EXPECT_EQ(walked(room_path("/members?limit=1&" + at)), then->second.members);
}

TEST_F(Past, ShowsDeletedWordsToTheOwnerAndATombstoneToMembers) {
  person member(server_, "mia");
  ASSERT_EQ(member.post(room_path("/join"), "").status, 200);
  const auto message = talk_.owner().say(talk_.room(), "a canary that is deleted");
  const std::string at = "?at=" + std::to_string(message.number("/seq"));
  const std::string path = message_path(talk_.room(), message);
  EXPECT_EQ(member.get(path + at).text("/body"), "a canary that is deleted");
  ASSERT_EQ(talk_.owner().del(path).status, 204);
  EXPECT_EQ(talk_.owner().get(path + at).text("/body"), "a canary that is deleted");
  for (const std::string& target : {path + at, room_path("/messages" + at)}) {
    const auto seen = member.get(target);
    EXPECT_EQ(seen.status, 200) << target;
    EXPECT_EQ(seen.body.find("canary"), std::string::npos) << seen.body;
  }
  EXPECT_FALSE(member.get(path + at).is_null("/deleted_at"));
}

TEST_F(Past, ShowsWhatAMessageSaidBeforeEachEdit) {
  const auto message = talk_.owner().say(talk_.room(), "first");
  const std::string path = message_path(talk_.room(), message);
  std::vector<std::uint64_t> said{last_seq()};
  for (const char* words : {"second", "third"}) {
    ASSERT_EQ(talk_.owner().patch(path, R"({"body":")" + std::string(words) + "\"}").status, 200);
    said.push_back(last_seq());
  }
  EXPECT_EQ(talk_.owner().get(path + "?at=" + std::to_string(said[0])).text("/body"), "first");
  EXPECT_EQ(talk_.owner().get(path + "?at=" + std::to_string(said[1])).text("/body"), "second");
  EXPECT_EQ(talk_.owner().get(path + "?at=" + std::to_string(said[2])).text("/body"), "third");
  EXPECT_EQ(talk_.owner().get(path + "?at=" + std::to_string(said[0] - 1)).status, 404);
}

TEST_F(Past, ShowsWhoHadReactedThen) {
  const auto message = talk_.owner().say(talk_.room(), "what do you think");
  const std::string reactions = message_path(talk_.room(), message) + "/reactions";
  const std::string summary = room_path("/reactions?message_ids=" + message.text("/id"));
  ASSERT_EQ(talk_.owner().put(reactions + "/" + escaped("🎉")).status, 200);
  const std::string with = "at=" + std::to_string(last_seq());
  const std::string listed = talk_.owner().get(reactions).json("/items");
  ASSERT_EQ(talk_.owner().del(reactions + "/" + escaped("🎉")).status, 204);
  const std::string without = "at=" + std::to_string(last_seq());
  EXPECT_EQ(talk_.owner().get(reactions + "?" + with).json("/items"), listed);
  EXPECT_EQ(talk_.owner().get(reactions + "?" + without).json("/items"), "[]");
  EXPECT_EQ(talk_.owner().get(summary + "&" + with).number("/items/0/reactions/0/count"), 1);
  EXPECT_EQ(talk_.owner().get(summary + "&" + without).json("/items/0/reactions"), "[]");
}

TEST_F(Past, OfATimeIsTheLastEventAtOrBeforeIt) {
  const auto message = talk_.owner().say(talk_.room(), "now");
  const std::string now = message.text("/created_at");
  const auto at_now = talk_.owner().get(room_path("/messages?at=" + now));
  EXPECT_NE(at_now.body.find(message.text("/id")), std::string::npos) << at_now.body;
  EXPECT_EQ(talk_.owner().get(room_path("?at=1999-12-31T23:59:59Z")).status, 404);
  EXPECT_EQ(talk_.owner().get(room_path("?at=2999-12-31T23:59:59Z")).number("/last_seq"),
            static_cast<std::int64_t>(last_seq()));
}

TEST_F(Past, CountsFarBehindTheLastCopyOfTheRoomsRow) {
  const auto before = last_seq();
  for (int i = 0; i < 1'100; ++i) talk_.owner().say(talk_.room(), "counted");
  for (const std::uint64_t more : {1u, 500u, 990u, 1'000u, 1'099u}) {
    const auto then = talk_.owner().get(room_path("?at=" + std::to_string(before + more)));
    EXPECT_EQ(then.number("/message_count"), static_cast<std::int64_t>(more));
    EXPECT_EQ(then.number("/last_seq"), static_cast<std::int64_t>(before + more));
  }
}

TEST_F(Past, IsRefusedByName) {
  person stranger(server_, "eva");
  struct {
    person& who;
    std::string query;
    int status;
    std::string code;
  } const table[] = {
      {talk_.owner(), "at=0", 404, "not_found"},          {talk_.owner(), "at=1000000", 409, "position_unknown"},
      {talk_.owner(), "at=yesterday", 422, "validation"}, {talk_.owner(), "at=-1", 422, "validation"},
      {talk_.owner(), "at=", 422, "validation"},          {stranger, "at=1", 403, "not_a_member"},
  };
  for (const auto& row : table) {
    const auto got = row.who.get(room_path("?" + row.query));
    EXPECT_EQ(got.status, row.status) << row.query << got.body;
    EXPECT_EQ(got.text("/code").rfind(row.code, 0), 0u) << got.body;
  }
  const std::string hidden = talk_.owner().make_room("Hidden", R"(,"visibility":"private")");
  EXPECT_EQ(stranger.get("/api/v1/rooms/" + hidden + "?at=1").status, 404);
}

} // namespace
} // namespace palabre::testing

// What one has, changed by what /sync tells, is what it would tell from the beginning.

#include "base/limits.hpp"
#include "realtime_scene.hpp"

#include <deque>
#include <map>
#include <random>

namespace palabre::testing {
namespace {

/// What a client keeps.
struct kept {
  std::string cursor, me, invitations;
  std::map<std::string, std::string> rooms, users, positions; ///< by id, or channel: as JSON

  void take(const http_answer& told) {
    ASSERT_EQ(told.status, 200) << told.body;
    cursor = told.text("/cursor");
    if (told.flag("/full")) *this = {cursor, {}, {}, {}, {}, {}};
    if (!told.is_null("/me")) me = told.json("/me");
    invitations = told.json("/invitations");
    for (std::size_t i = 0; i < told.count("/left_room_ids"); ++i) {
      rooms.erase(told.text("/left_room_ids/" + std::to_string(i)));
      positions.erase("room:" + told.text("/left_room_ids/" + std::to_string(i)));
    }
    take_list(told, "/rooms/", told.count("/rooms"), rooms);
    take_list(told, "/users/", told.count("/users"), users);
    for (const auto& [id, room] : rooms) {
      const std::string channel = "room:" + id;
      if (told.has("/positions/" + channel)) positions[channel] = told.json("/positions/" + channel);
    }
  }

private:
  static void take_list(const http_answer& told, const std::string& list, std::size_t count,
                        std::map<std::string, std::string>& into) {
    for (std::size_t i = 0; i < count; ++i)
      into[told.text(list + std::to_string(i) + "/id")] = told.json(list + std::to_string(i));
  }
};

class Sync : public Realtime {
protected:
  static std::string since(const std::string& cursor) { return "/api/v1/sync?since=" + cursor; }
};

TEST_F(Sync, TellsAllThatIsShownFirst) {
  person bob(server_, "bob");
  const std::string direct =
      ada_.post("/api/v1/rooms", R"({"kind":"direct","user_id":")" + bob.id() + "\"}").text("/id");
  bob.say(direct, "hello");
  const auto told = ada_.get("/api/v1/sync");
  ASSERT_EQ(told.status, 200) << told.body;
  EXPECT_TRUE(told.flag("/full"));
  EXPECT_EQ(told.text("/me/id"), ada_.id());
  ASSERT_EQ(told.count("/rooms"), 2u);
  EXPECT_EQ(told.text("/rooms/0/id"), room_);
  EXPECT_EQ(told.number("/rooms/1/unread_count"), 1);
  ASSERT_EQ(told.count("/users"), 1u);
  EXPECT_EQ(told.text("/users/0/login"), "bob");
  EXPECT_FALSE(told.has("/users/0/email"));
  EXPECT_EQ(told.number("/positions/room:" + direct + "/offset"), 4);
  EXPECT_GT(told.number("/positions/user:" + ada_.id() + "/offset"), 0);

  const auto again = ada_.get(since(told.text("/cursor")));
  EXPECT_FALSE(again.flag("/full"));
  EXPECT_TRUE(again.is_null("/me"));
  EXPECT_EQ(again.count("/rooms") + again.count("/users") + again.count("/left_room_ids"), 0u) << again.body;
}

/// More than an io thread tells of by itself.
TEST_F(Sync, OfManyRoomsTellsWhatTheirListTells) {
  constexpr std::size_t rooms = limits::rooms_on_io_thread_max + 5;
  while (ada_.get("/api/v1/rooms?limit=200").count("/items") < rooms)
    ASSERT_EQ(ada_.post("/api/v1/rooms", R"({"name":"One of many"})").status, 201);
  const auto list = ada_.get("/api/v1/rooms?limit=200");
  const auto told = ada_.get("/api/v1/sync");
  ASSERT_EQ(told.status, 200) << told.body;
  EXPECT_EQ(told.count("/rooms"), rooms);
  EXPECT_EQ(told.json("/rooms"), list.json("/items"));
  const auto page = ada_.get("/api/v1/rooms?limit=" + std::to_string(rooms - 1));
  EXPECT_EQ(page.count("/items"), rooms - 1);
  EXPECT_EQ(ada_.get(page.text("/next")).text("/items/0/id"), list.text("/items/" + std::to_string(rooms - 1) + "/id"));
  EXPECT_EQ(ada_.get(since(told.text("/cursor"))).count("/rooms"), 0u);
}

TEST_F(Sync, TakesNoCursorOfAnotherNorAnOldOnesPlace) {
  person bob(server_, "bob");
  const std::string cursor = ada_.get("/api/v1/sync").text("/cursor");
  expect_field_problem(bob.get(since(cursor)), "?since", "not_a_cursor");
  expect_field_problem(ada_.get(since(cursor + "x")), "?since", "not_a_cursor");
}

TEST_F(Sync, OfAnInvitationTellsOfNoRoomThatWasLeft) {
  person bob(server_, "bob");
  const std::string cursor = bob.get("/api/v1/sync").text("/cursor");
  ASSERT_EQ(ada_.post("/api/v1/rooms/" + room_ + "/invitations", R"({"user_id":")" + bob.id() + "\"}").status, 201);
  const auto told = bob.get(since(cursor));
  EXPECT_EQ(told.count("/left_room_ids") + told.count("/rooms"), 0u) << told.body;
  ASSERT_EQ(told.count("/invitations"), 1u);
  EXPECT_EQ(told.text("/invitations/0/room/id"), room_);
  EXPECT_EQ(told.json("/invitations"), bob.get("/api/v1/me/invitations").json("/items"));
  ASSERT_EQ(bob.post("/api/v1/rooms/" + room_ + "/join", "").status, 200);
  EXPECT_EQ(bob.get(since(told.text("/cursor"))).count("/invitations"), 0u);
}

TEST_F(Sync, OfAPositionGoesOnInTheChannel) {
  const auto told = ada_.get("/api/v1/sync");
  ASSERT_EQ(ada_.say(room_, "after the sync").status, 201);
  websocket_client line = connected(server_, ada_);
  const std::string at = told.json("/positions/room:" + room_);
  const auto reply = line.ask(R"("subscribe":{"channel":"room:)" + room_ + R"(","recover":true,)" + at.substr(1));
  EXPECT_TRUE(reply.flag("/subscribe/recovered")) << reply.body;
  EXPECT_EQ(reply.count("/subscribe/publications"), 1u);
}

/// People in rooms, of whom each step does something to somebody.
class community {
public:
  community(const running_server& server, person& ada, std::uint64_t seed) : random_(seed), ada_(ada) {
    for (const char* login : {"bob", "cyd", "dan"}) others_.emplace_back(server, login);
    for (const char* name : {"One", "Two", "Three"})
      rooms_.push_back(others_[0].make_room(name, R"(,"visibility":"public")"));
  }

  void step() {
    person& who = below(2) == 0 ? ada_ : others_[below(others_.size())];
    const std::string& room = rooms_[below(rooms_.size())];
    const std::string path = "/api/v1/rooms/" + room;
    switch (below(16)) {
    case 0:
    case 1: who.post(path + "/join", ""); break;
    case 2: who.post(path + "/leave", ""); break;
    case 3:
    case 4:
    case 5: {
      const auto said = who.say(room, (below(2) == 0 ? "@ada word " : "word ") + std::to_string(below(100)));
      if (said.status == 201) messages_.push_back(path + "/messages/" + said.text("/id"));
      break;
    }
    case 6:
      if (!messages_.empty()) who.del(messages_[below(messages_.size())]);
      break;
    case 7: who.put(path + "/read", R"({"seq":)" + std::to_string(below(60)) + '}'); break;
    case 8: who.patch("/api/v1/me", R"({"display_name":"Name )" + std::to_string(below(1'000)) + "\"}"); break;
    case 15: others_[0].post(path + "/invitations", R"({"user_id":")" + ada_.id() + "\"}"); break;
    case 12:
      if (!messages_.empty())
        who.patch(messages_[below(messages_.size())], below(2) == 0 ? R"({"body":"@ada"})" : R"({"body":"so"})");
      break;
    case 13: who.put(path + "/draft", R"({"body":"draft"})"); break;
    case 14: who.put(path + "/notifications", below(2) == 0 ? R"({"level":"all"})" : R"({"level":"none"})"); break;
    case 9: others_[0].del(path + "/members/" + who.id()); break;
    case 10: others_[0].patch(path, R"({"name":"Name )" + std::to_string(below(1'000)) + "\"}"); break;
    default: who.post("/api/v1/rooms", R"({"kind":"direct","user_id":")" + others_[below(3)].id() + "\"}"); break;
    }
  }
  std::size_t below(std::size_t n) { return random_() % n; }

private:
  std::mt19937_64 random_;
  person& ada_;
  std::deque<person> others_;
  std::vector<std::string> rooms_, messages_;
};

TEST_F(Sync, AddedToWhatOneHasIsWhatItWouldTellFromTheBeginning) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    running_server server;
    person ada(server, "ada");
    community people(server, ada, seed);
    kept mine;
    ASSERT_NO_FATAL_FAILURE(mine.take(ada.get("/api/v1/sync")));
    for (int look = 0; look < 40; ++look) {
      for (std::size_t steps = people.below(6); steps > 0; --steps) people.step();
      ASSERT_NO_FATAL_FAILURE(mine.take(ada.get(since(mine.cursor))));
      kept anew;
      ASSERT_NO_FATAL_FAILURE(anew.take(ada.get("/api/v1/sync")));
      ASSERT_EQ(mine.me, anew.me);
      ASSERT_EQ(mine.invitations, anew.invitations);
      ASSERT_EQ(mine.rooms, anew.rooms) << "look " << look;
      ASSERT_EQ(mine.users, anew.users) << "look " << look;
      ASSERT_EQ(mine.positions, anew.positions) << "look " << look;
    }
  }
}

} // namespace
} // namespace palabre::testing

// How much people have not read, over real sockets, restarts and rebuilds.

#include "event_lines.hpp"
#include "realtime_scene.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

namespace palabre::testing {
namespace {

class ReadPositions : public Realtime {
protected:
  ReadPositions() { EXPECT_EQ(bob_.post("/api/v1/rooms/" + room_ + "/join", "").status, 200); }

  std::string read_path() const { return "/api/v1/rooms/" + room_ + "/read"; }
  static std::string seq_body(std::int64_t seq) { return R"({"seq":)" + std::to_string(seq) + '}'; }
  static std::string state(std::int64_t last_read, std::int64_t unread) {
    return R"({"last_read_seq":)" + std::to_string(last_read) + R"(,"unread_count":)" + std::to_string(unread) +
           R"(,"mention_count":0})";
  }
  /// What the list of rooms says about the only one.
  static std::string listed(person& who) {
    const auto rooms = who.get("/api/v1/rooms");
    return state(rooms.number("/items/0/last_read_seq"), rooms.number("/items/0/unread_count"));
  }
  /// The same over a new connection, as after a restart.
  std::string listed_anew(const person& who) const {
    http_client client(server_.port());
    const auto rooms = client.request("GET", "/api/v1/rooms", {}, {{"Authorization", "Bearer " + who.token()}});
    return state(rooms.number("/items/0/last_read_seq"), rooms.number("/items/0/unread_count"));
  }
  std::vector<event_line> advances() const { return read_events(server_.data(), {"--type", "read.advanced"}); }

  person bob_{server_, "bob"};
};

TEST_F(ReadPositions, SayHowMuchIsUnread) {
  EXPECT_EQ(listed(bob_), state(0, 0));
  std::vector<std::int64_t> seqs;
  for (const char* words : {"one", "two", "three", "four"}) seqs.push_back(ada_.say(room_, words).number("/seq"));
  const auto mine = bob_.say(room_, "my own");
  EXPECT_EQ(listed(bob_), state(0, 4));
  EXPECT_EQ(listed(ada_), state(0, 1));
  const auto read = bob_.put(read_path(), seq_body(seqs[1]));
  ASSERT_EQ(read.status, 200) << read.body;
  EXPECT_EQ(read.body, state(seqs[1], 2));
  EXPECT_NE(read.header("Palabre-Position"), "");
  EXPECT_EQ(listed(bob_), state(seqs[1], 2));

  const auto page = ada_.get(messages_of(room_) + "?after=" + std::to_string(seqs[1]) + "&limit=1");
  EXPECT_EQ(ada_.del(messages_of(room_) + '/' + page.text("/items/0/id")).status, 204);
  EXPECT_EQ(listed(bob_), state(seqs[1], 1)) << "a deleted one is not waited for";
  EXPECT_EQ(bob_.del(message_path(room_, mine)).status, 204);
  EXPECT_EQ(listed(bob_), state(seqs[1], 1));
  EXPECT_EQ(listed(ada_), state(0, 0));

  EXPECT_EQ(bob_.put(read_path(), seq_body(0)).body, state(seqs[1], 1)) << "never back";
  const auto room = bob_.get("/api/v1/rooms/" + room_);
  EXPECT_EQ(bob_.put(read_path(), seq_body(1'000'000)).body, state(room.number("/last_seq"), 0));
  EXPECT_EQ(bob_.get("/api/v1/rooms/" + room_).number("/last_seq"), room.number("/last_seq")) << "no seq in the room";
}

TEST_F(ReadPositions, BeginAnewForWhoeverComesBack) {
  ada_.say(room_, "before");
  EXPECT_EQ(bob_.post("/api/v1/rooms/" + room_ + "/leave", "").status, 204);
  bob_.get("/api/v1/rooms/" + room_); // the views have seen that he left
  expect_problem(bob_.put(read_path(), seq_body(1)), 403, "forbidden", read_path());
  ada_.say(room_, "while away");
  EXPECT_EQ(bob_.post("/api/v1/rooms/" + room_ + "/join", "").status, 200);
  EXPECT_EQ(listed(bob_), state(0, 0));
  ada_.say(room_, "after");
  EXPECT_EQ(listed(bob_), state(0, 1));
}

TEST_F(ReadPositions, AreTheSameByRpc) {
  const std::int64_t seq = ada_.say(room_, "one").number("/seq");
  ada_.say(room_, "two");
  websocket_client client = connected(server_, bob_);
  const auto rpc = [&](const std::string& of_seq) {
    return client.ask(R"("rpc":{"method":"read.advance","data":{"room_id":")" + room_ + R"(","seq":)" + of_seq + "}}");
  };
  const auto by_rpc = rpc(std::to_string(seq));
  EXPECT_EQ(by_rpc.json("/rpc/data"), state(seq, 1)) << by_rpc.body;
  EXPECT_EQ(bob_.put(read_path(), seq_body(seq)).body, state(seq, 1));
  expect_error(rpc("-1"), 422);
  const auto wrong = bob_.put(read_path(), R"({"seq":-1})");
  expect_problem(wrong, 422, "validation_failed", read_path());
  expect_field_problem(wrong, "/seq", "out_of_range");
  EXPECT_EQ(advances().size(), 1u);
}

TEST_F(ReadPositions, TakeAtMostOneEventASecond) {
  constexpr std::size_t people = 50;
  std::int64_t last = 0;
  for (std::size_t i = 0; i < people; ++i) last = ada_.say(room_, "message").number("/seq");
  const std::int64_t first = last - static_cast<std::int64_t>(people) + 1;
  std::vector<http_answer> answers(people);
  const auto began = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> devices;
    for (std::size_t i = 0; i < people; ++i)
      devices.emplace_back([&, i] {
        http_client device(server_.port());
        answers[i] =
            device.request("PUT", read_path(), seq_body(first + static_cast<std::int64_t>(i)),
                           {{"Authorization", "Bearer " + bob_.token()}, {"Content-Type", "application/json"}});
      });
  }
  const auto took = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began);
  for (std::size_t i = 0; i < people; ++i) {
    ASSERT_EQ(answers[i].status, 200) << answers[i].body;
    EXPECT_GE(answers[i].number("/last_read_seq"), first + static_cast<std::int64_t>(i)) << "answered when covered";
    EXPECT_EQ(answers[i].number("/unread_count"), last - answers[i].number("/last_read_seq"));
  }
  EXPECT_EQ(listed(bob_), state(last, 0));
  const auto events = advances();
  EXPECT_GE(events.size(), 1u);
  EXPECT_LE(events.size(), 1 + static_cast<std::size_t>(took.count())) << "for " << people << " advances";
  for (const event_line& event : events) {
    EXPECT_EQ(event.stream, "inbox:" + bob_.id());
    EXPECT_EQ(event.actor, bob_.id());
  }
}

TEST_F(ReadPositions, OutliveRestartsAndRebuilds) {
  std::int64_t seq = 0;
  for (int i = 0; i < 40; ++i) {
    const auto said = (i % 3 == 0 ? bob_ : ada_).say(room_, "message");
    if (i == 20) seq = said.number("/seq");
    if (i % 7 == 0) (i % 3 == 0 ? bob_ : ada_).del(message_path(room_, said));
  }
  EXPECT_EQ(bob_.put(read_path(), seq_body(seq)).status, 200);
  const std::string bobs = listed(bob_), adas = listed(ada_);
  server_.kill();
  server_.start();
  EXPECT_EQ(listed_anew(bob_), bobs);
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_EQ(run_palabre({"verify", "--data", server_.data()}).status, 0);
  std::filesystem::remove_all(server_.data() + "/views");
  server_.start();
  EXPECT_EQ(listed_anew(bob_), bobs);
  EXPECT_EQ(listed_anew(ada_), adas);
}

/// What happens to someone stands in their inbox, next to the event that it is about.
TEST_F(ReadPositions, StandInTheInboxWithWhatHappensToOneself) {
  const std::int64_t seq = ada_.say(room_, "one").number("/seq");
  EXPECT_EQ(bob_.put(read_path(), seq_body(seq)).status, 200);
  EXPECT_EQ(bob_.post("/api/v1/rooms/" + room_ + "/leave", "").status, 204);
  std::vector<std::string> inbox;
  std::string before;
  for (const event_line& event : read_events(server_.data())) {
    if (event.stream == "inbox:" + bob_.id()) {
      EXPECT_EQ(event.seq, inbox.size() + 1);
      inbox.push_back(event.type + " after " + before);
    }
    before = event.type;
  }
  EXPECT_EQ(inbox, (std::vector<std::string>{"member.joined after member.joined", "read.advanced after message.posted",
                                             "member.left after member.left"}));
}

} // namespace
} // namespace palabre::testing

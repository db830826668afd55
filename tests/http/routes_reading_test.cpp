// Reading: what PUT …/read asks of the actor, and what it and the list of rooms say.

#include "edge_fixture.hpp"

namespace palabre::http {
namespace {

class ReadRoute : public edge_fixture {
protected:
  using outcome = std::optional<answer_or_problem>;

  ReadRoute() {
    for (int i = 0; i < 3; ++i) say(ada); // seqs 3 to 5
    happened(room, bob, joined(bob));     // 6
    for (int i = 0; i < 4; ++i) say(ada); // 7 to 10
    say(bob);                             // 11
    catch_up();
  }

  void say(user_id who) {
    events::message_posted posted;
    posted.message = message_id{random.next_id(time.now())};
    happened(room, who, posted);
  }
  call put(user_id by, std::string body) {
    call c;
    c.method = verb::put;
    c.path = "/api/v1/rooms/" + to_text(room) + "/read";
    c.authorization = "Bearer " + token_of(by);
    c.content_type = "application/json";
    c.body = std::move(body);
    c.request_id = "r";
    return c;
  }
  /// "404 not_found", or "200" and the body.
  static std::string said(const answer_or_problem& outcome) {
    if (const auto* p = std::get_if<problem>(&outcome)) return std::to_string(p->status) + " " + p->code;
    return std::to_string(std::get<answer>(outcome).status) + " " + std::get<answer>(outcome).body;
  }
  std::string refused(user_id by, std::string body) {
    call c = put(by, std::move(body));
    return said(run(io, operations.handle(c)));
  }
  /// The actor appends what it was asked for, and answers.
  void carry_out() {
    io.restart();
    io.poll();
    ASSERT_EQ(gateway.users.size(), 1u);
    const auto wanted = std::get<events::advance_read>(gateway.users[0].command);
    told(gateway.users[0].user, events::read_advanced{wanted.room, wanted.seq});
    catch_up();
    actors::outcome done;
    done.durable = log.head();
    gateway.users[0].answer.answer(done);
    gateway.users.clear();
    asked = wanted.seq;
    io.restart();
    io.run();
  }
  std::string read(user_id by, std::string body) {
    outcome got;
    call c = put(by, std::move(body));
    start(io, operations.handle(c), got);
    carry_out();
    return said(*got);
  }
  std::string listed(user_id by, const std::string& query = {}) {
    call c;
    c.path = "/api/v1/rooms";
    c.authorization = "Bearer " + token_of(by);
    if (!query.empty()) c.query.emplace_back(query, "true");
    const std::string all = said(run(io, operations.handle(c)));
    const std::size_t from = all.find(R"("last_read_seq")");
    return all.substr(from, all.find('}', from) - from);
  }

  api operations{edge};
  user_id ada = a_user(), bob = a_user(), eve = a_user();
  room_id room = room_of(ada, events::visibility::open);
  stream_version asked = 0;
};

TEST_F(ReadRoute, CarriesThePositionOn) {
  EXPECT_EQ(read(bob, R"({"seq":8})"), R"(200 {"last_read_seq":8,"unread_count":2,"mention_count":0})");
  EXPECT_EQ(asked, 8u);
}

TEST_F(ReadRoute, IsClampedToTheEndOfTheRoom) {
  EXPECT_EQ(read(bob, R"({"seq":18446744073709551615})"),
            R"(200 {"last_read_seq":11,"unread_count":0,"mention_count":0})");
  EXPECT_EQ(asked, 11u);
}

TEST_F(ReadRoute, KnowsSeqsThatTheViewsDoNotHaveYet) {
  say(ada); // 12, and the views are behind
  outcome got;
  call c = put(bob, R"({"seq":12})");
  start(io, operations.handle(c), got);
  io.restart();
  io.poll();
  EXPECT_TRUE(gateway.users.empty());
  catch_up();
  carry_out();
  EXPECT_EQ(said(*got), R"(200 {"last_read_seq":12,"unread_count":0,"mention_count":0})");
  EXPECT_EQ(asked, 12u);
}

TEST_F(ReadRoute, NeverGoesBack) {
  read(bob, R"({"seq":8})");
  for (const char* seq : {"8", "7", "0"}) {
    call c = put(bob, R"({"seq":)" + std::string(seq) + '}');
    EXPECT_EQ(said(run(io, operations.handle(c))), R"(200 {"last_read_seq":8,"unread_count":2,"mention_count":0})");
  }
  EXPECT_TRUE(gateway.users.empty()) << "no event";
}

TEST_F(ReadRoute, CountsFromWhereOneJoined) {
  EXPECT_EQ(read(bob, R"({"seq":2})"), R"(200 {"last_read_seq":2,"unread_count":4,"mention_count":0})")
      << "not those before 6";
}

TEST_F(ReadRoute, SaysWherePositionsAreInTheLog) {
  outcome got;
  call c = put(bob, R"({"seq":8})");
  start(io, operations.handle(c), got);
  carry_out();
  const std::vector<std::pair<std::string, std::string>> headers{
      {"Palabre-Position", std::to_string(log.head().value)}};
  EXPECT_EQ(std::get<answer>(*got).headers, headers);
}

TEST_F(ReadRoute, RefusesWhatIsNoSeq) {
  for (const char* body : {R"({"seq":-1})", R"({"seq":1.5})", R"({"seq":"1"})", R"({"seq":null})", "{}"})
    EXPECT_EQ(refused(bob, body), "422 validation_failed") << body;
  EXPECT_EQ(refused(bob, "{"), "400 malformed_json");
}

TEST_F(ReadRoute, IsForMembers) {
  EXPECT_EQ(refused(eve, R"({"seq":1})"), "403 forbidden");
  room = room_of(ada, events::visibility::closed);
  catch_up();
  EXPECT_EQ(refused(eve, R"({"seq":1})"), "404 not_found");
}

TEST_F(ReadRoute, SaysWhenTheActorDoesNotAnswer) {
  outcome got;
  call c = put(bob, R"({"seq":8})");
  start(io, operations.handle(c), got);
  io.restart();
  io.poll();
  gateway.users[0].answer.answer(error{errc::overloaded, ""});
  io.restart();
  io.run();
  EXPECT_EQ(said(*got), "503 overloaded");
}

TEST_F(ReadRoute, IsTheSameByRpc) {
  outcome by_rest;
  call c = put(bob, R"({"seq":8})");
  start(io, operations.handle(c), by_rest);
  carry_out();
  const access_claims claims{ada, {}, timestamp{time.at.ms + 1'000}};
  std::optional<std::optional<answer_or_problem>> by_rpc;
  start(io, operations.call_rpc("read.advance", R"({"room_id":")" + to_text(room) + R"(","seq":8})", claims, "r"),
        by_rpc);
  carry_out();
  EXPECT_EQ(said(*by_rest), R"(200 {"last_read_seq":8,"unread_count":2,"mention_count":0})");
  EXPECT_EQ(said(**by_rpc), R"(200 {"last_read_seq":8,"unread_count":1,"mention_count":0})")
      << "of hers are the others";
  const auto wrong =
      run(io, operations.call_rpc("read.advance", R"({"room_id":")" + to_text(room) + R"(","seq":-1})", claims, "r"));
  EXPECT_EQ(said(*wrong), "422 validation_failed");
}

TEST_F(ReadRoute, ListsSayHowMuchIsUnread) {
  EXPECT_EQ(listed(bob),
            R"("last_read_seq":0,"unread_count":4,"mention_count":0,"notifications":"all","has_draft":false)");
  EXPECT_EQ(listed(ada),
            R"("last_read_seq":0,"unread_count":1,"mention_count":0,"notifications":"all","has_draft":false)");
  EXPECT_EQ(listed(eve, "discover"),
            R"("last_read_seq":null,"unread_count":null,"mention_count":null,"notifications":null,"has_draft":null)");
  read(bob, R"({"seq":9})");
  EXPECT_EQ(listed(bob),
            R"("last_read_seq":9,"unread_count":1,"mention_count":0,"notifications":"all","has_draft":false)");
  EXPECT_EQ(listed(bob, "discover"),
            R"("last_read_seq":9,"unread_count":1,"mention_count":0,"notifications":"all","has_draft":false)");
}

} // namespace
} // namespace palabre::http

// Rooms and their members over real sockets.

#include "person.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace palabre::testing {
namespace {

struct Rooms : ::testing::Test {
  running_server server;
  person ada{server, "ada"}, bob{server, "bob"};

  static std::string path(const std::string& room) { return "/api/v1/rooms/" + room; }
  static std::string code_body(const std::string& code) { return R"({"share_code":)" + json_quoted(code) + '}'; }
};

TEST_F(Rooms, ANewRoomIsPrivateAndItsMakersOwn) {
  const auto room =
      ada.post("/api/v1/rooms", R"({"name":" Engines ","description":"of all kinds","color_theme":"teal"})");
  ASSERT_EQ(room.status, 201) << room.body;
  EXPECT_EQ(room.text("/kind"), "salon");
  EXPECT_EQ(room.text("/visibility"), "private");
  EXPECT_EQ(room.text("/owner_id"), ada.id());
  EXPECT_EQ(room.text("/description"), "of all kinds");
  EXPECT_TRUE(room.is_null("/category"));
  EXPECT_EQ(room.text("/share_code").size(), 10u);
  EXPECT_EQ(room.number("/member_count"), 1);
  EXPECT_EQ(room.number("/message_count"), 0);
  EXPECT_EQ(room.number("/messages_today"), 0);
  EXPECT_EQ(room.text("/time_zone"), "UTC");
  EXPECT_EQ(room.number("/last_seq"), 2);
  EXPECT_EQ(room.header("ETag").substr(0, 3), "\"1-");
  EXPECT_NE(room.header("Palabre-Position"), "");
  EXPECT_EQ(ada.get(path(room.text("/id"))).body, room.body);
}

TEST_F(Rooms, HaveANameUnlessTheyAreDirect) {
  const auto got = ada.post("/api/v1/rooms", R"({"kind":"session"})");
  expect_problem(got, 422, "validation_failed", "/api/v1/rooms");
  expect_field_problem(got, "/name", "required");
}

TEST_F(Rooms, APrivateRoomDoesNotExistForStrangers) {
  const std::string room = ada.make_room("secret");
  expect_problem(bob.get(path(room)), 404, "not_found", path(room));
  expect_problem(bob.get(path(room) + "/members"), 404, "not_found", path(room) + "/members");
  expect_problem(bob.get(path(room) + "/messages"), 404, "not_found", path(room) + "/messages");
  expect_problem(bob.post(path(room) + "/join", ""), 404, "not_found", path(room) + "/join");
  expect_problem(bob.post(path(room) + "/leave", ""), 404, "not_found", path(room) + "/leave");
  expect_problem(bob.say(room, "let me in"), 404, "not_found", path(room) + "/messages");
  expect_problem(bob.patch(path(room), R"({"name":"mine"})"), 404, "not_found", path(room));
  expect_problem(bob.del(path(room)), 404, "not_found", path(room));
}

TEST_F(Rooms, AShareCodeOpensAPrivateRoom) {
  const std::string room = ada.make_room("secret");
  std::string code = ada.get(path(room)).text("/share_code");
  code.insert(5, "-");
  const auto joined = bob.post("/api/v1/rooms/join", code_body(code));
  ASSERT_EQ(joined.status, 200) << joined.body;
  EXPECT_EQ(joined.text("/id"), room);
  EXPECT_EQ(joined.number("/member_count"), 2);
  EXPECT_EQ(bob.post("/api/v1/rooms/join", code_body(code)).number("/member_count"), 2);
  EXPECT_EQ(bob.say(room, "hello").status, 201);
}

TEST_F(Rooms, AWrongADeadAndAnArchivedRoomsCodeAreToldApartByNobody) {
  const std::string room = ada.make_room("secret"), archived = ada.make_room("gone");
  const std::string dead = ada.get(path(room)).text("/share_code"), old = ada.get(path(archived)).text("/share_code");
  const auto rotated = ada.post(path(room) + "/share_code", "");
  ASSERT_EQ(rotated.status, 200) << rotated.body;
  EXPECT_NE(rotated.text("/share_code"), dead);
  EXPECT_EQ(ada.del(path(archived)).status, 204);
  const auto before = server.events();
  std::string detail;
  for (const std::string& code : {dead, old, std::string("0123456789"), std::string("no-code")}) {
    const auto got = bob.post("/api/v1/rooms/join", code_body(code));
    expect_problem(got, 404, "not_found", "/api/v1/rooms/join");
    if (detail.empty()) detail = got.text("/detail");
    EXPECT_EQ(got.text("/detail"), detail);
  }
  EXPECT_EQ(server.events(), before);
  EXPECT_EQ(bob.post("/api/v1/rooms/join", code_body(rotated.text("/share_code"))).status, 200);
}

TEST_F(Rooms, APublicRoomIsJoinedAndLeftAsOftenAsOneLikes) {
  const std::string room = ada.make_room("agora", R"(,"visibility":"public")");
  const auto seen = bob.get(path(room));
  ASSERT_EQ(seen.status, 200);
  EXPECT_TRUE(seen.is_null("/share_code"));
  expect_problem(bob.get(path(room) + "/messages"), 403, "forbidden", path(room) + "/messages");
  for (int i = 0; i < 2; ++i) {
    const auto joined = bob.post(path(room) + "/join", "");
    ASSERT_EQ(joined.status, 200) << joined.body;
    EXPECT_EQ(joined.number("/last_seq"), 3);
    EXPECT_FALSE(joined.is_null("/share_code"));
  }
  for (int i = 0; i < 2; ++i) EXPECT_EQ(bob.post(path(room) + "/leave", "").status, 204);
  EXPECT_EQ(bob.get(path(room)).number("/last_seq"), 4);
}

TEST_F(Rooms, AnOwnerDoesNotJustLeave) {
  const std::string room = ada.make_room("agora");
  expect_problem(ada.post(path(room) + "/leave", ""), 409, "owner_must_transfer", path(room) + "/leave");
}

TEST_F(Rooms, ListsGoOnFromTheirCursors) {
  std::vector<std::string> made;
  for (int i = 0; i < 3; ++i) made.push_back(ada.make_room("room " + std::to_string(i), R"(,"visibility":"public")"));
  std::sort(made.begin(), made.end()); // lists are in order of ids, and these were made in the same millisecond
  for (const std::string start : {"/api/v1/rooms?limit=2", "/api/v1/rooms?limit=2&discover=true"}) {
    const auto first = ada.get(start);
    ASSERT_EQ(first.status, 200) << first.body;
    ASSERT_EQ(first.count("/items"), 2u);
    EXPECT_EQ(first.text("/items/0/id"), made[0]);
    EXPECT_EQ(first.text("/items/0/role"), "owner");
    EXPECT_EQ(first.number("/items/0/last_read_seq"), 0);
    EXPECT_TRUE(first.is_null("/prev"));
    const auto last = ada.get(first.text("/next"));
    ASSERT_EQ(last.count("/items"), 1u) << last.body;
    EXPECT_EQ(last.text("/items/0/id"), made[2]);
    EXPECT_TRUE(last.is_null("/next"));

    std::string tampered = first.text("/next");
    tampered[tampered.find("cursor=") + 9] ^= 1;
    const auto refused = ada.get(tampered);
    expect_problem(refused, 422, "validation_failed", "/api/v1/rooms");
    expect_field_problem(refused, "?cursor", "not_a_cursor");
  }
  EXPECT_EQ(bob.get("/api/v1/rooms").count("/items"), 0u);
  EXPECT_EQ(bob.get("/api/v1/rooms?discover=true").count("/items"), 3u);
  EXPECT_TRUE(bob.get("/api/v1/rooms?discover=true").is_null("/items/0/role"));
  EXPECT_TRUE(bob.get("/api/v1/rooms?discover=true").is_null("/items/0/unread_count"));
}

TEST_F(Rooms, MembersAreListedWithTheirProfiles) {
  const std::string room = ada.make_room("agora", R"(,"visibility":"public")");
  bob.post(path(room) + "/join", "");
  const auto all = ada.get(path(room) + "/members");
  ASSERT_EQ(all.count("/items"), 2u) << all.body;
  const auto first = ada.get(path(room) + "/members?limit=1");
  ASSERT_EQ(first.count("/items"), 1u);
  const auto second = ada.get(first.text("/next"));
  EXPECT_EQ(second.json("/items/0"), all.json("/items/1"));
  EXPECT_EQ(all.text("/items/0/user_id"), ada.id());
  EXPECT_EQ(all.text("/items/0/role"), "owner");
  EXPECT_EQ(all.text("/items/1/role"), "member");
  EXPECT_EQ(all.text("/items/1/user/display_name"), "bob");
  EXPECT_TRUE(all.is_null("/items/1/user/avatar_url"));
}

TEST_F(Rooms, ARoomIsChangedByItsAdministrators) {
  const std::string room = ada.make_room("agora", R"(,"visibility":"public","category":"talk")");
  bob.post(path(room) + "/join", "");
  expect_problem(bob.patch(path(room), R"({"name":"mine"})"), 403, "forbidden", path(room));
  const auto tag = ada.get(path(room)).header("ETag");
  bob.say(room, "a message changes the digest, not the seq");
  const auto changed = ada.patch(path(room), R"({"name":"forum","category":null})", {{"If-Match", tag}});
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.text("/name"), "forum");
  EXPECT_TRUE(changed.is_null("/category"));
  EXPECT_EQ(changed.text("/visibility"), "public");
  expect_problem(ada.patch(path(room), R"({"name":"lost"})", {{"If-Match", tag}}), 412, "version_mismatch", path(room));
  EXPECT_EQ(ada.get(path(room), {{"If-None-Match", changed.header("ETag")}}).status, 304);
  EXPECT_EQ(ada.patch(path(room), R"({"name":"forum"})").number("/last_seq"), changed.number("/last_seq"));

  const auto wrong = ada.patch(path(room), R"({"name":null,"visibility":"secret","time_zone":"no zone"})");
  expect_problem(wrong, 422, "validation_failed", path(room));
}

TEST_F(Rooms, TurningPrivateMakesANewCode) {
  const std::string room = ada.make_room("agora", R"(,"visibility":"public")");
  const std::string code = ada.get(path(room)).text("/share_code");
  const auto closed = ada.patch(path(room), R"({"visibility":"private"})");
  ASSERT_EQ(closed.status, 200) << closed.body;
  EXPECT_NE(closed.text("/share_code"), code);
  EXPECT_EQ(bob.post("/api/v1/rooms/join", code_body(code)).status, 404);
  EXPECT_EQ(bob.get("/api/v1/rooms?discover=true").count("/items"), 0u);
}

TEST_F(Rooms, AnArchivedRoomIsReadAndNotWritten) {
  const std::string room = ada.make_room("agora");
  const auto message = ada.say(room, "last words");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ada.del(path(room)).status, 204);
  EXPECT_EQ(ada.get(path(room) + "/messages").count("/items"), 1u);
  expect_problem(ada.say(room, "more"), 409, "room_archived", path(room) + "/messages");
  expect_problem(ada.patch(path(room), R"({"name":"x"})"), 409, "room_archived", path(room));
}

TEST_F(Rooms, AnIdempotencyKeyMakesOneRoom) {
  const std::string body = R"({"name":"once"})";
  const auto first = ada.post("/api/v1/rooms", body, {{"Idempotency-Key", "k1"}});
  const auto again = ada.post("/api/v1/rooms", body, {{"Idempotency-Key", "k1"}});
  ASSERT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(first.header("Idempotency-Replayed"), "");
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(ada.get("/api/v1/rooms").count("/items"), 1u);
  expect_problem(ada.post("/api/v1/rooms", R"({"name":"other"})", {{"Idempotency-Key", "k1"}}), 422,
                 "idempotency_key_reused", "/api/v1/rooms");
  const auto others = bob.post("/api/v1/rooms", body, {{"Idempotency-Key", "k1"}});
  EXPECT_NE(others.text("/id"), first.text("/id"));

  server.kill();
  server.start();
  http_client anew(server.port());
  const auto after = anew.request(
      "POST", "/api/v1/rooms", body,
      {{"Content-Type", "application/json"}, {"Idempotency-Key", "k1"}, {"Authorization", "Bearer " + ada.token()}});
  EXPECT_EQ(after.status, 201) << after.body;
  EXPECT_EQ(after.body, first.body);
  EXPECT_EQ(after.header("Idempotency-Replayed"), "true");
}

} // namespace
} // namespace palabre::testing

// Messages and reactions over real sockets.

#include "person.hpp"

#include <gtest/gtest.h>

namespace palabre::testing {
namespace {

struct Messages : ::testing::Test {
  running_server server;
  person ada{server, "ada"}, bob{server, "bob"};
  std::string room = make_shared_room();
  std::string path = messages_of(room);

  std::string make_shared_room() {
    const std::string made = ada.make_room("agora", R"(,"visibility":"public")");
    bob.post("/api/v1/rooms/" + made + "/join", "");
    return made;
  }
};

TEST_F(Messages, AMessageIsAnsweredAsItIsReadBack) {
  const auto posted = bob.post(path, R"({"body":"caf\u0065\u0301\r\n2","metadata":{ "a": [1, 2.50] }})");
  ASSERT_EQ(posted.status, 201) << posted.body;
  EXPECT_EQ(posted.text("/body"), "café\n2");
  EXPECT_EQ(posted.json("/metadata"), R"({"a":[1,2.5]})");
  EXPECT_EQ(posted.number("/seq"), 4);
  EXPECT_EQ(posted.text("/room_id"), room);
  EXPECT_EQ(posted.text("/author_id"), bob.id());
  EXPECT_EQ(posted.text("/author/display_name"), "bob");
  EXPECT_EQ(posted.count("/reactions"), 0u);
  EXPECT_EQ(posted.number("/reply_count"), 0);
  for (const char* field : {"/reply_to", "/edited_at", "/deleted_at"}) EXPECT_TRUE(posted.is_null(field)) << field;
  EXPECT_NE(posted.header("Palabre-Position"), "");
  EXPECT_EQ(bob.get(message_path(room, posted)).body, posted.body);
  EXPECT_EQ(bob.get(path).json("/items/0"), posted.json(""));
}

TEST_F(Messages, ARefusedBodyStoresNothing) {
  const std::string long_text(4'001, 'x');
  for (const std::string body : {"", " \n\t "}) {
    const auto got = bob.say(room, body);
    expect_problem(got, 422, "validation_failed", path);
    expect_field_problem(got, "/body", "too_short");
  }
  const auto got = bob.say(room, long_text);
  expect_problem(got, 422, "limit_exceeded", path);
  expect_field_problem(got, "/body", "limit_exceeded");
  EXPECT_EQ(bob.get(path).count("/items"), 0u);
  EXPECT_EQ(bob.say(room, long_text.substr(1)).status, 201);
}

TEST_F(Messages, ARepliedToMessageCountsItsReplies) {
  const auto first = ada.say(room, "who is there?");
  const auto reply = bob.post(path, R"({"body":"me","reply_to":)" + json_quoted(first.text("/id")) + '}');
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.text("/reply_to"), first.text("/id"));
  EXPECT_EQ(ada.get(message_path(room, first)).number("/reply_count"), 1);
  const auto stray = bob.post(path, R"({"body":"me","reply_to":"00000000-0000-7000-8000-000000000000"})");
  expect_problem(stray, 422, "validation_failed", path);
  expect_field_problem(stray, "/reply_to", "not_found");
}

TEST_F(Messages, AClientIdOrAKeyPostsOnce) {
  const std::string by_id = R"({"body":"once","client_id":"c-1"})";
  const auto first = bob.post(path, by_id);
  const auto again = bob.post(path, by_id);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  expect_problem(bob.post(path, R"({"body":"twice","client_id":"c-1"})"), 422, "idempotency_key_reused", path);

  const auto keyed = bob.say(room, "by key", {{"Idempotency-Key", "k-1"}});
  EXPECT_EQ(keyed.header("Idempotency-Replayed"), "");
  EXPECT_EQ(bob.say(room, "by key", {{"Idempotency-Key", "k-1"}}).body, keyed.body);
  expect_problem(bob.say(room, "other", {{"Idempotency-Key", "k-1"}}), 422, "idempotency_key_reused", path);
  EXPECT_EQ(ada.say(room, "by key", {{"Idempotency-Key", "k-1"}}).header("Idempotency-Replayed"), "");

  const std::string both = R"({"body":"both","client_id":"c-2"})";
  const auto two = bob.post(path, both, {{"Idempotency-Key", "k-2"}});
  EXPECT_EQ(bob.post(path, both).body, two.body);
  EXPECT_EQ(bob.post(path, both, {{"Idempotency-Key", "k-2"}}).body, two.body);
  EXPECT_EQ(bob.get(path).count("/items"), 4u);
}

TEST_F(Messages, AReplayedAnswerHasNoWordsOfADeletedMessage) {
  const std::string body = R"({"body":"canary","client_id":"c-1"})";
  const auto first = bob.post(path, body);
  EXPECT_EQ(bob.del(message_path(room, first)).status, 204);
  const auto again = bob.post(path, body);
  EXPECT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(again.text("/id"), first.text("/id"));
  EXPECT_TRUE(again.is_null("/body"));
  EXPECT_EQ(again.body.find("canary"), std::string::npos);
}

TEST_F(Messages, PagesLeadToEachOther) {
  std::vector<std::string> ids;
  for (int i = 0; i < 7; ++i) ids.push_back(ada.say(room, "message " + std::to_string(i)).text("/id"));
  const auto newest = ada.get(path + "?limit=3");
  ASSERT_EQ(newest.count("/items"), 3u);
  EXPECT_EQ(newest.text("/items/0/id"), ids[4]);
  EXPECT_EQ(newest.text("/items/2/id"), ids[6]);
  EXPECT_TRUE(newest.is_null("/next"));
  const auto older = ada.get(newest.text("/prev"));
  EXPECT_EQ(older.text("/items/0/id"), ids[1]);
  EXPECT_EQ(ada.get(older.text("/next")).json("/items"), newest.json("/items"));
  const auto oldest = ada.get(older.text("/prev"));
  EXPECT_EQ(oldest.count("/items"), 1u);
  EXPECT_TRUE(oldest.is_null("/prev"));

  const std::string middle = std::to_string(older.number("/items/2/seq"));
  const auto around = ada.get(path + "?limit=3&around=" + middle);
  ASSERT_EQ(around.count("/items"), 3u) << around.body;
  EXPECT_EQ(around.text("/items/1/id"), ids[3]);
  EXPECT_EQ(ada.get(path + "?after=" + middle).text("/items/0/id"), ids[4]);
  EXPECT_EQ(ada.get(path + "?before=" + middle).text("/items/2/id"), ids[2]);
  EXPECT_EQ(ada.get(path + "?after=1000000").count("/items"), 0u);
}

TEST_F(Messages, AuthorsEditAndTheirWordsChange) {
  const auto message = bob.say(room, "helo");
  expect_problem(ada.patch(message_path(room, message), R"({"body":"ha"})"), 403, "forbidden",
                 message_path(room, message));
  const auto edited = bob.patch(message_path(room, message), R"({"body":"hello"})");
  ASSERT_EQ(edited.status, 200) << edited.body;
  EXPECT_EQ(edited.text("/body"), "hello");
  EXPECT_FALSE(edited.is_null("/edited_at"));
  EXPECT_NE(edited.header("Palabre-Position"), "");
  EXPECT_EQ(ada.get(message_path(room, message)).body, edited.body);
}

TEST_F(Messages, WhatItSaidBeforeIsKeptForWhoMaySeeIt) {
  const auto said = bob.say(room, "one");
  const std::string path = message_path(room, said), edits = path + "/edits";
  bob.patch(path, R"({"body":"two"})");
  bob.patch(path, R"({"body":"three"})");
  const auto all = bob.get(edits);
  ASSERT_EQ(all.count("/items"), 3u) << all.body;
  EXPECT_EQ(all.number("/items/0/edit"), 0);
  EXPECT_EQ(all.text("/items/0/body"), "one");
  EXPECT_EQ(all.text("/items/0/at"), said.text("/created_at"));
  EXPECT_EQ(all.text("/items/2/body"), "three");
  bob.del(path);
  EXPECT_TRUE(bob.get(edits).is_null("/items/0/body"));
  EXPECT_EQ(ada.get(edits).text("/items/1/body"), "two") << "who moderates sees deleted words";
  const std::string nothing = messages_of(room) + "/0190b1f0-7c3a-7abc-8def-0123456789ab/edits";
  expect_problem(bob.get(nothing), 404, "not_found", nothing);
}

TEST_F(Messages, AuthorsAndTheirModeratorsDelete) {
  const auto of_ada = ada.say(room, "mine"), of_bob = bob.say(room, "also mine");
  expect_problem(bob.del(message_path(room, of_ada)), 403, "forbidden", message_path(room, of_ada));
  for (int i = 0; i < 2; ++i) {
    const auto deleted = ada.del(message_path(room, of_bob));
    EXPECT_EQ(deleted.status, 204);
    EXPECT_EQ(deleted.body, "");
  }
  const auto tombstone = bob.get(message_path(room, of_bob));
  EXPECT_TRUE(tombstone.is_null("/body"));
  EXPECT_FALSE(tombstone.is_null("/deleted_at"));
  EXPECT_EQ(bob.get("/api/v1/rooms/" + room).number("/message_count"), 1);
  expect_problem(bob.patch(message_path(room, of_bob), R"({"body":"again"})"), 409, "message_deleted",
                 message_path(room, of_bob));
}

TEST_F(Messages, AMessageOfAnotherRoomIsNotFoundHere) {
  const std::string other = ada.make_room("elsewhere");
  const auto foreign = ada.say(other, "not here");
  const std::string wrong = path + '/' + foreign.text("/id");
  const auto before = server.events();
  expect_problem(ada.get(wrong), 404, "not_found", wrong);
  expect_problem(ada.patch(wrong, R"({"body":"x"})"), 404, "not_found", wrong);
  expect_problem(ada.del(wrong), 404, "not_found", wrong);
  expect_problem(ada.post(wrong + "/reactions", R"({"emoji":"👍"})"), 404, "not_found", wrong + "/reactions");
  expect_problem(ada.get(wrong + "/reactions"), 404, "not_found", wrong + "/reactions");
  EXPECT_EQ(server.events(), before);
}

// ---- Reactions

TEST_F(Messages, AReactionIsPutAndTakenBackAsOftenAsOneLikes) {
  const auto message = ada.say(room, "react!");
  const std::string heart = message_path(room, message) + "/reactions/" + escaped("❤");
  for (int i = 0; i < 2; ++i) {
    const auto got = bob.put(heart);
    ASSERT_EQ(got.status, 200) << got.body;
    EXPECT_EQ(got.json("/reactions"), R"([{"emoji":"❤️","count":1,"me":true}])");
  }
  EXPECT_EQ(ada.get(message_path(room, message)).json("/reactions"), R"([{"emoji":"❤️","count":1,"me":false}])");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(bob.del(heart).status, 204);
  EXPECT_EQ(ada.get(message_path(room, message)).count("/reactions"), 0u);
  EXPECT_EQ(ada.get("/api/v1/rooms/" + room).number("/last_seq"), message.number("/seq") + 2);
}

TEST_F(Messages, AToggleSaysWhatItDid) {
  const auto message = ada.say(room, "react!");
  const std::string reactions = message_path(room, message) + "/reactions";
  const auto on = bob.post(reactions, R"({"emoji":"👍"})", {{"Idempotency-Key", "t-1"}});
  ASSERT_EQ(on.status, 200) << on.body;
  EXPECT_TRUE(on.flag("/added"));
  EXPECT_EQ(on.number("/reactions/0/count"), 1);
  const auto replayed = bob.post(reactions, R"({"emoji":"👍"})", {{"Idempotency-Key", "t-1"}});
  EXPECT_EQ(replayed.body, on.body);
  EXPECT_EQ(replayed.header("Idempotency-Replayed"), "true");
  const auto off = bob.post(reactions, R"({"emoji":"👍"})");
  EXPECT_FALSE(off.flag("/added"));
  EXPECT_EQ(off.count("/reactions"), 0u);
}

TEST_F(Messages, WhoReactedAndToManyAtOnce) {
  const auto first = ada.say(room, "one"), second = ada.say(room, "two"), third = ada.say(room, "three");
  ada.put(message_path(room, first) + "/reactions/" + escaped("👍"));
  bob.put(message_path(room, first) + "/reactions/" + escaped("👍"));
  bob.put(message_path(room, third) + "/reactions/" + escaped("🎉"));
  const auto who = bob.get(message_path(room, first) + "/reactions");
  ASSERT_EQ(who.count("/items"), 2u) << who.body;
  EXPECT_EQ(who.text("/items/0/emoji"), "👍");
  EXPECT_EQ(who.text("/items/0/user_id"), ada.id());
  const auto one = bob.get(message_path(room, first) + "/reactions?limit=1");
  EXPECT_EQ(bob.get(one.text("/next")).json("/items/0"), who.json("/items/1"));

  const std::string summary = "/api/v1/rooms/" + room + "/reactions";
  const auto many = bob.get(summary + "?message_ids=" + first.text("/id") + ',' + second.text("/id") + ',' +
                            third.text("/id") + ",00000000-0000-7000-8000-000000000000");
  ASSERT_EQ(many.count("/items"), 3u) << many.body;
  EXPECT_EQ(many.text("/items/0/message_id"), first.text("/id"));
  EXPECT_EQ(many.json("/items/0/reactions"), R"([{"emoji":"👍","count":2,"me":true}])");
  EXPECT_EQ(many.count("/items/1/reactions"), 0u);

  expect_problem(bob.get(summary), 422, "validation_failed", summary);
  expect_problem(bob.get(summary + "?message_ids=a,b"), 422, "validation_failed", summary);
  std::string too_many = first.text("/id");
  for (int i = 0; i < 200; ++i) too_many += ',' + first.text("/id");
  expect_problem(bob.get(summary + "?message_ids=" + too_many), 422, "limit_exceeded", summary);
}

} // namespace
} // namespace palabre::testing

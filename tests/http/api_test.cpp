#include "edge_fixture.hpp"
#include "http/idempotency.hpp"
#include "http/schema.hpp"
#include "http/shape.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

/// Says what it was given: "path|captures|query|body|standing".
awaitable<answer_or_problem> echo(services&, call& c) {
  answer a;
  a.body = c.path + "|";
  for (const auto& capture : c.captures) a.body += capture + ",";
  a.body += "|";
  for (const auto& [name, value] : c.query) a.body += name + "=" + value + ",";
  a.body += "|" + c.body + "|";
  if (c.standing) a.body += boost::describe::enum_to_string(c.standing->as, "");
  if (!c.idempotency_key.empty()) a.body += "|" + c.idempotency_key;
  co_return a;
}

struct any_body {
  static constexpr std::string_view example = "{}";
  static std::string schema() { return "{}"; }
};

route row(verb method, std::string_view path, access needs, std::string_view rpc = {}) {
  return {.name = path,
          .tag = "Tests",
          .method = method,
          .path = path,
          .needs = needs,
          .run = &echo,
          .summary = "A test.",
          .rpc = rpc};
}
route with_body(route r) {
  r.takes = takes_a<any_body>;
  return r;
}
route with_key(route r) {
  r.idempotent_key = true;
  return r;
}

const std::vector<route> table = {
    row(verb::get, "/open", access::anyone),
    with_body(row(verb::post, "/open", access::user)),
    row(verb::get, "/mine", access::user, "mine.get"),
    with_key(with_body(row(verb::post, "/mine", access::user))),
    row(verb::post, "/bare", access::user),
    row(verb::get, "/rooms/{id}", access::room_see),
    with_body(row(verb::patch, "/rooms/{id}", access::room_administrate, "room.change")),
    row(verb::del, "/rooms/{id}", access::room_own),
    row(verb::get, "/rooms/{id}/messages", access::room_read, "room.history"),
    with_key(with_body(row(verb::post, "/rooms/{id}/messages", access::room_post, "message.post"))),
    row(verb::del, "/rooms/{id}/messages/{mid}", access::room_read, "message.delete"),
};

class Api : public edge_fixture {
protected:
  Api() { catch_up(); }

  call request(verb method, std::string path, std::optional<user_id> by = {}) {
    call c;
    c.method = method;
    c.path = std::move(path);
    if (by) c.authorization = "Bearer " + token_of(*by);
    c.content_type = "application/json";
    return c;
  }
  /// "404 not_found", or "200" and the body.
  static std::string said(const answer_or_problem& outcome) {
    if (const auto* p = std::get_if<problem>(&outcome)) return std::to_string(p->status) + " " + p->code;
    return std::to_string(std::get<answer>(outcome).status) + " " + std::get<answer>(outcome).body;
  }
  std::string handle(call c) { return said(run(io, operations.handle(c))); }
  std::string get(std::string path, std::optional<user_id> by = {}) {
    return handle(request(verb::get, std::move(path), by));
  }
  std::string rpc(std::string_view method, std::string data, user_id by) {
    access_claims claims{by, {}, timestamp{time.at.ms + 1'000}};
    const auto outcome = run(io, operations.call_rpc(method, std::move(data), claims, "r"));
    return outcome ? said(*outcome) : "no such method";
  }
  std::string at(room_id room) { return "/rooms/" + to_text(room); }

  api operations{edge, table};
  user_id ada = a_user(), bob = a_user(), eve = a_user();
  room_id open_room = room_of(ada, events::visibility::open), closed_room = room_of(ada, events::visibility::closed);
};

TEST_F(Api, AnUnknownPathIsNotFound) {
  EXPECT_EQ(get("/nowhere"), "404 not_found");
  EXPECT_EQ(get("/nowhere", ada), "404 not_found");
}

TEST_F(Api, WhatIsOpenNeedsNoToken) {
  EXPECT_EQ(get("/open"), "200 /open||||");
}

TEST_F(Api, NeedsAToken) {
  EXPECT_EQ(get("/mine"), "401 unauthenticated");
  EXPECT_EQ(get("/mine", ada), "200 /mine||||");
  call c = request(verb::get, "/mine");
  const std::string token = token_of(ada);
  for (const std::string& header :
       {std::string("Bearer"), std::string("Bearer "), std::string("Bearer x"), "Basic " + token, token}) {
    c.authorization = header;
    EXPECT_EQ(handle(c), "401 unauthenticated") << header;
  }
  c.authorization = "bearer   " + token_of(ada);
  EXPECT_EQ(handle(c), "200 /mine||||");
}

TEST_F(Api, SaysWhenATokenHasExpired) {
  call c = request(verb::get, "/mine", ada);
  time.at.ms += 900'000;
  EXPECT_EQ(handle(c), "401 token_expired");
}

TEST_F(Api, AnotherMethodIsNotAllowed) {
  call c = request(verb::put, "/open");
  const auto outcome = run(io, operations.handle(c));
  EXPECT_EQ(said(outcome), "405 method_not_allowed"); // one of its rows is for anyone
  EXPECT_EQ(std::get<problem>(outcome).headers, (decltype(problem::headers){{"Allow", "GET, HEAD, POST"}}));
  EXPECT_EQ(handle(request(verb::put, "/mine")), "401 unauthenticated");
  EXPECT_EQ(handle(request(verb::put, "/mine", ada)), "405 method_not_allowed");
}

TEST_F(Api, ARoomThatIsNotThereIsNotFound) {
  EXPECT_EQ(get("/rooms/7", ada), "404 not_found");
  EXPECT_EQ(get(at(a_room()), ada), "404 not_found");
  EXPECT_EQ(get("/rooms/7"), "401 unauthenticated");
}

TEST_F(Api, EachLevelIsForWhoMay) {
  happened(open_room, bob, joined(bob));
  happened(closed_room, bob, joined(bob));
  catch_up();
  struct row {
    user_id by;
    room_id room;
    std::string see, read, administrate, own;
  };
  const std::string ok = "200", no = "403 forbidden", none = "404 not_found";
  const row rows[] = {{ada, open_room, ok, ok, ok, ok}, {ada, closed_room, ok, ok, ok, ok},
                      {bob, open_room, ok, ok, no, no}, {bob, closed_room, ok, ok, no, no},
                      {eve, open_room, ok, no, no, no}, {eve, closed_room, none, none, none, none}};
  for (const row& r : rows) {
    const auto begins = [](const std::string& text, const std::string& with) {
      return text.substr(0, with.size()) == with;
    };
    EXPECT_PRED2(begins, get(at(r.room), r.by), r.see);
    EXPECT_PRED2(begins, get(at(r.room) + "/messages", r.by), r.read);
    EXPECT_PRED2(begins, handle(request(verb::post, at(r.room) + "/messages", r.by)), r.read);
    EXPECT_PRED2(begins, handle(request(verb::patch, at(r.room), r.by)), r.administrate);
    EXPECT_PRED2(begins, handle(request(verb::del, at(r.room), r.by)), r.own);
  }
}

TEST_F(Api, APrivateRoomDoesNotExistForStrangersWhateverElseIsWrong) {
  call c = request(verb::put, at(closed_room), eve); // no such method
  EXPECT_EQ(handle(c), "404 not_found");
  c.method = verb::patch;
  c.content_type = "text/plain";
  c.body_too_large = true;
  EXPECT_EQ(handle(c), "404 not_found");
}

TEST_F(Api, ChecksInTheOrderThatIsPromised) {
  call c = request(verb::put, at(open_room));
  c.body_too_large = true;
  c.content_type = "text/plain";
  EXPECT_EQ(handle(c), "401 unauthenticated");
  c.authorization = "Bearer " + token_of(ada);
  EXPECT_EQ(handle(c), "405 method_not_allowed");
  c.method = verb::post;
  c.path += "/messages";
  c.idempotency_key = "two words";
  c.authorization = "Bearer " + token_of(eve);
  EXPECT_EQ(handle(c), "403 forbidden");
  c.authorization = "Bearer " + token_of(ada);
  EXPECT_EQ(handle(c), "413 payload_too_large");
  c.body_too_large = false;
  EXPECT_EQ(handle(c), "415 unsupported_media_type");
  c.content_type = "application/json";
  EXPECT_EQ(handle(c), "422 validation_failed");
  c.idempotency_key = "one-word";
  EXPECT_EQ(handle(c).substr(0, 3), "200");
}

TEST_F(Api, TakesJsonOnlyWhereThereIsABody) {
  call c = request(verb::post, "/mine", ada);
  for (const char* type :
       {"", "text/plain", "application/jsonx", "application/json-patch+json", "application/x-www-form-urlencoded"}) {
    c.content_type = type;
    EXPECT_EQ(handle(c), "415 unsupported_media_type") << type;
  }
  for (const char* type :
       {"application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;a=b"}) {
    c.content_type = type;
    EXPECT_EQ(handle(c).substr(0, 3), "200") << type;
  }
  c = request(verb::post, "/bare", ada);
  c.content_type = "";
  EXPECT_EQ(handle(c).substr(0, 3), "200");
}

TEST_F(Api, AnIdempotencyKeyIsVisibleAscii) {
  call c = request(verb::post, "/mine", ada);
  for (const std::string& key : {std::string("a b"), std::string("é"), std::string(129, 'k'), std::string("\x7f")}) {
    c.idempotency_key = key;
    EXPECT_EQ(handle(c), "422 validation_failed") << key;
  }
  c.idempotency_key = std::string(128, 'k');
  EXPECT_EQ(handle(c), "200 /mine|||||" + c.idempotency_key);
}

TEST_F(Api, AnIdempotencyKeyIsIgnoredWhereItMeansNothing) {
  call c = request(verb::post, "/bare", ada);
  c.idempotency_key = "a b";
  EXPECT_EQ(handle(c), "200 /bare||||");
}

TEST_F(Api, ADenialLooksTwiceWhileTheViewsLag) {
  happened(closed_room, bob, joined(bob)); // durable, but the views do not know
  boost::asio::post(io, [this] { catch_up(); });
  call c = request(verb::post, at(closed_room) + "/messages", bob);
  EXPECT_EQ(handle(c).substr(0, 3), "200");
}

TEST_F(Api, AReadWaitsForWhatWasDurableWhenItCame) {
  happened(closed_room, bob, joined(bob));
  boost::asio::post(io, [this] { catch_up(); });
  EXPECT_EQ(get(at(closed_room), bob).substr(0, 3), "200");
  happened(closed_room, bob, events::member_left{bob});
  boost::asio::post(io, [this] { catch_up(); });
  EXPECT_EQ(get(at(closed_room), bob), "404 not_found");
}

TEST_F(Api, AReadThatCannotWaitLongerIsNotYet) {
  happened(closed_room, bob, joined(bob));
  EXPECT_EQ(get("/mine", bob), "503 not_yet");
}

TEST_F(Api, AReadWaitsForThePositionItNames) {
  call c = request(verb::get, "/mine", ada);
  catch_up();
  c.min_position = std::to_string(log.head().value);
  EXPECT_EQ(handle(c).substr(0, 3), "200");
  for (const char* text : {"x", "-1", "1 ", "1.0", "99999999999999999999999"}) {
    c.min_position = text;
    EXPECT_EQ(handle(c), "422 validation_failed") << text;
  }
  c.min_position = std::to_string(log.head().value + 1);
  boost::asio::post(io, [this] {
    happened(closed_room, bob, joined(bob));
    catch_up();
  });
  EXPECT_EQ(handle(c).substr(0, 3), "200");
  c.min_position = std::to_string(log.head().value + 1);
  EXPECT_EQ(handle(c), "503 not_yet");
}

TEST_F(Api, SaysWhichRowItUsed) {
  call c = request(verb::get, at(open_room), eve);
  catch_up();
  const route* row = nullptr;
  run(io, operations.handle(c, &row));
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->path, "/rooms/{id}");
}

TEST_F(Api, AnRpcIsItsRoute) {
  catch_up();
  const std::string room = to_text(open_room), data = R"({"room_id":")" + room + R"(","body":"hi"})";
  EXPECT_EQ(rpc("message.post", data, ada), "200 /rooms/" + room + "/messages|" + room + ",||" + data + "|owner");
  EXPECT_EQ(rpc("message.post", data, eve), "403 forbidden");
  EXPECT_EQ(rpc("message.posts", data, ada), "no such method");
}

TEST_F(Api, AnRpcTakesItsQueryFromItsParameters) {
  catch_up();
  const std::string room = to_text(open_room),
                    data = R"({"room_id":")" + room + R"(","before":12,"limit":-1,"x":null,"flag":true})";
  EXPECT_EQ(rpc("room.history", data, ada), "200 /rooms/" + room + "/messages|" + room + ",|room_id=" + room +
                                                ",before=12,limit=-1,flag=true,|" + data + "|owner");
}

TEST_F(Api, AnRpcWithoutItsPathParametersIsRefused) {
  catch_up();
  EXPECT_EQ(rpc("message.post", R"({"body":"hi"})", ada), "422 validation_failed");
  EXPECT_EQ(rpc("message.post", R"({"room_id":7})", ada), "422 validation_failed");
  EXPECT_EQ(rpc("message.post", R"({"room_id":""})", ada), "422 validation_failed");
  EXPECT_EQ(rpc("message.post", R"({"room_id":"../mine"})", ada), "404 not_found");
  EXPECT_EQ(rpc("message.post", R"({"room_id":"\udc00"})", ada), "400 malformed_json");
  EXPECT_EQ(rpc("message.post", "", ada), "422 validation_failed");
  EXPECT_EQ(rpc("message.post", "null", ada), "422 validation_failed");
  EXPECT_EQ(rpc("message.post", "{", ada), "400 malformed_json");
  EXPECT_EQ(rpc("mine.get", "", ada), "200 /mine|||{}|");
}

TEST_F(Api, AKeyIsTheSameOnlyForTheSameUserMethodPathAndKey) {
  call c = request(verb::post, "/mine", ada);
  EXPECT_TRUE(idempotency_of(edge, c, 201).empty());
  c.idempotency_key = "k";
  c.body = "{}";
  const auto key_of = [this](call from, user_id by) {
    from.who = access_claims{by, {}, {}};
    return idempotency_of(edge, from, 201).at(0);
  };
  const auto first = key_of(c, ada);
  EXPECT_EQ(first, key_of(c, ada));
  EXPECT_EQ(first.status, 201);
  EXPECT_NE(first.scope, key_of(c, bob).scope);
  call other = c;
  other.path = "/mines";
  EXPECT_NE(first.scope, key_of(other, ada).scope);
  other = c;
  other.method = verb::put;
  EXPECT_NE(first.scope, key_of(other, ada).scope);
  other = c;
  other.idempotency_key = "l";
  EXPECT_NE(first.scope, key_of(other, ada).scope);
  other = c;
  other.body = "{ }";
  EXPECT_EQ(first.scope, key_of(other, ada).scope);
  EXPECT_NE(first.request, key_of(other, ada).request);
}

TEST_F(Api, AClientIdIsTheSameByRestAndByRpc) {
  const auto first = idempotency_of_client_id(edge, ada, open_room, "c", "content", 201);
  EXPECT_EQ(first, idempotency_of_client_id(edge, ada, open_room, "c", "content", 201));
  EXPECT_NE(first.scope, idempotency_of_client_id(edge, bob, open_room, "c", "content", 201).scope);
  EXPECT_NE(first.scope, idempotency_of_client_id(edge, ada, closed_room, "c", "content", 201).scope);
  EXPECT_NE(first.scope, idempotency_of_client_id(edge, ada, open_room, "d", "content", 201).scope);
  EXPECT_NE(first.request, idempotency_of_client_id(edge, ada, open_room, "c", "other", 201).request);
}

} // namespace
} // namespace palabre::http

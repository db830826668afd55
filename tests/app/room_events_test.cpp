// The events of a room by pages, and as a stream for a plain EventSource.
#include "realtime_scene.hpp"
#include "stream_client.hpp"

#include <thread>

namespace palabre::testing {
namespace {

std::string events_path(const std::string& room) {
  return "/api/v1/rooms/" + room + "/events";
}

std::string authorized(const person& who) {
  return "Authorization: Bearer " + who.token() + "\r\n";
}

const std::string event_stream = "Accept: text/event-stream\r\n";

/// The number behind the colon of an id.
std::int64_t seq_of(const stream_message& event) {
  return std::stoll(event.id.substr(event.id.find(':') + 1));
}

class RoomEvents : public Realtime {
protected:
  stream_client stream(const person& who, std::string_view query = {}, std::string_view more = {}) {
    const std::string target = events_path(room_) + std::string(query);
    return stream_client(server_.port(), get_request(target, event_stream + authorized(who) + std::string(more)));
  }
  std::int64_t top() { return ada_.get("/api/v1/rooms/" + room_).number("/last_seq"); }
};

// ---- Pages

TEST_F(RoomEvents, ArePaged) {
  for (int i = 1; i <= 6; ++i) ada_.say(room_, "word " + std::to_string(i));
  const std::int64_t last = top();
  const auto newest = ada_.get(events_path(room_) + "?limit=2");
  ASSERT_EQ(newest.status, 200) << newest.body;
  EXPECT_EQ(newest.count("/items"), 2u);
  EXPECT_EQ(newest.number("/items/1/seq"), last);
  EXPECT_EQ(newest.text("/items/1/type"), "message.posted");
  EXPECT_EQ(newest.text("/items/1/data/body"), "word 6");
  EXPECT_TRUE(newest.is_null("/next"));
  std::int64_t seq = last;
  for (auto page = newest;; page = ada_.get(page.text("/prev"))) {
    for (std::size_t i = page.count("/items"); i-- > 0;)
      ASSERT_EQ(page.number("/items/" + std::to_string(i) + "/seq"), seq--);
    if (page.is_null("/prev")) break;
  }
  EXPECT_EQ(seq, 0);
  for (auto page = ada_.get(events_path(room_) + "?after=0&limit=3");; page = ada_.get(page.text("/next"))) {
    for (std::size_t i = 0; i < page.count("/items"); ++i)
      ASSERT_EQ(page.number("/items/" + std::to_string(i) + "/seq"), ++seq);
    if (page.is_null("/next")) break;
  }
  EXPECT_EQ(seq, last);
}

TEST_F(RoomEvents, RefuseWhatIsNoPage) {
  const std::string path = events_path(room_);
  const std::int64_t last = top();
  EXPECT_EQ(ada_.get(path + "?after=" + std::to_string(last)).count("/items"), 0u);
  expect_problem(ada_.get(path + "?after=" + std::to_string(last + 1)), 409, "position_unknown", path);
  EXPECT_EQ(ada_.get(path + "?before=" + std::to_string(last + 100)).count("/items"), static_cast<std::size_t>(last));
  for (const char* query : {"?after=1&before=2", "?limit=0", "?before=-1", "?after=x"})
    expect_problem(ada_.get(path + query), 422, "validation_failed", path);
}

TEST_F(RoomEvents, AreForMembers) {
  person bob(server_, "bob");
  const std::string closed = ada_.make_room("Closed");
  for (const std::string& more : {std::string(), event_stream}) {
    const auto status = [&](const std::string& room) {
      return stream_client(server_.port(), get_request(events_path(room), more + authorized(bob))).status();
    };
    EXPECT_EQ(status(room_), 403);
    EXPECT_EQ(status(closed), 404);
    EXPECT_EQ(status("01900000-0000-7000-8000-000000000001"), 404);
    EXPECT_EQ(stream_client(server_.port(), get_request(events_path(room_), more)).status(), 401);
    EXPECT_EQ(stream_client(server_.port(), post_request(events_path(room_), "{}", more + authorized(bob))).status(),
              403);
  }
}

// ---- Streams

TEST_F(RoomEvents, AreStreamedWithIds) {
  stream_client live = stream(ada_);
  EXPECT_EQ(live.status(), 200);
  EXPECT_EQ(live.header("Content-Type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(live.header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(live.header("Cache-Control"), "no-store");
  const auto beginning = live.next();
  EXPECT_EQ(seq_of(*beginning), top());
  EXPECT_EQ(beginning->data, "");
  websocket_client socket = connected(server_, ada_);
  socket.ask(subscribe_to(room_));
  for (int i = 0; i < 3; ++i) {
    ada_.say(room_, "word " + std::to_string(i));
    const auto event = live.next();
    EXPECT_EQ(event->event, "");
    EXPECT_EQ(event->data, socket.next_with("/push/pub").json("/push/pub/data")) << "the same bytes";
    EXPECT_EQ(seq_of(*event), event->json().number("/seq"));
  }
}

TEST_F(RoomEvents, GoOnFromAPosition) {
  for (int i = 1; i <= 5; ++i) ada_.say(room_, "word " + std::to_string(i));
  const std::int64_t last = top();
  stream_client all = stream(ada_, "?after=0");
  std::string id;
  for (std::int64_t seq = 1; seq <= last; ++seq) {
    const auto event = all.next();
    ASSERT_EQ(seq_of(*event), seq);
    if (seq == last - 2) id = event->id;
  }
  stream_client rest = stream(ada_, "?after=0", "Last-Event-ID: " + id + "\r\n");
  EXPECT_EQ(seq_of(*rest.next()), last - 1) << "the header counts";
  EXPECT_EQ(seq_of(*rest.next()), last);
  ada_.say(room_, "live");
  EXPECT_EQ(rest.next()->json().text("/data/body"), "live");
  EXPECT_EQ(seq_of(*all.next()), last + 1);
}

TEST_F(RoomEvents, GoOnFromAnIdInTheQuery) {
  for (int i = 1; i <= 4; ++i) ada_.say(room_, "word " + std::to_string(i));
  const std::int64_t last = top();
  const std::string epoch = stream(ada_).next()->id.substr(0, 8);
  const auto id = [&](std::int64_t seq) { return epoch + ':' + std::to_string(seq); };
  const auto first_of = [&](const std::string& query, const std::string& header) {
    const std::string more = header.empty() ? "" : "Last-Event-ID: " + header + "\r\n";
    return *stream(ada_, query, more).next();
  };
  const std::string in_query = "last_event_id=" + url_encoded(id(last - 2));
  for (const std::string& query : {'?' + in_query, "?after=0&" + in_query, "?limit=1&" + in_query}) {
    SCOPED_TRACE(query);
    const auto event = first_of(query, "");
    EXPECT_EQ(event.event, "");
    EXPECT_EQ(event.id, id(last - 1));
  }
  EXPECT_EQ(first_of('?' + in_query, id(last - 1)).id, id(last)) << "the header counts";
  EXPECT_EQ(first_of('?' + in_query, "garbage").event, "reload") << "read or not";
  EXPECT_EQ(first_of("?last_event_id=garbage", id(last - 1)).id, id(last));
  EXPECT_EQ(first_of("?after=0&last_event_id=", "").id, id(1)) << "an empty one says nothing";
  EXPECT_EQ(ada_.get(events_path(room_) + "?after=0&" + in_query).number("/items/0/seq"), 1) << "not of pages";
}

TEST_F(RoomEvents, TellWhoseHistoryIsAnotherToReload) {
  const std::int64_t last = top();
  const std::string epoch = stream(ada_).next()->id.substr(0, 8);
  const std::string ahead = std::to_string(last + 1);
  for (const auto& [query, id] :
       std::vector<std::pair<std::string, std::string>>{{"?after=" + ahead, ""},
                                                        {"", "otherone:1"},
                                                        {"", epoch + ":" + ahead},
                                                        {"?after=1", "garbage"},
                                                        {"?last_event_id=otherone:1", ""},
                                                        {"?last_event_id=" + epoch + ":" + ahead, ""},
                                                        {"?after=1&last_event_id=garbage", ""},
                                                        {"", epoch + ":"},
                                                        {"", ":1"}}) {
    SCOPED_TRACE(query + " " + id);
    stream_client client = stream(ada_, query, id.empty() ? "" : "Last-Event-ID: " + id + "\r\n");
    const auto reload = client.next();
    EXPECT_EQ(reload->event, "reload");
    EXPECT_EQ(reload->id, epoch + ":" + std::to_string(last));
    EXPECT_EQ(reload->json().text("/epoch"), epoch);
    EXPECT_EQ(reload->json().number("/last_seq"), last);
  }
  stream_client client = stream(ada_, "", "Last-Event-ID: otherone:1\r\n");
  client.next();
  ada_.say(room_, "live");
  EXPECT_EQ(seq_of(*client.next()), last + 1);
}

/// More than a stretch of recovery may have, by number and by bytes; while it is read, more comes.
TEST_F(RoomEvents, StreamALongTailWithoutGapOrRepetition) {
  websocket_client writer = connected(server_, ada_);
  constexpr int count = 1'500;
  const std::string words(1'000, 'w');
  for (int i = 0; i < count; ++i) {
    writer.send(R"({"id":)" + std::to_string(10 + i) + ',' + post_by_rpc(room_, words) + '}');
    if (i % 100 == 99) writer.next_with("/rpc");
  }
  while (writer.next_with("/id").number("/id") != 10 + count - 1) {
  }
  stream_client client = stream(ada_, "?after=0");
  std::int64_t seq = 0;
  for (; seq < 500; ++seq) ASSERT_EQ(seq_of(*client.next()), seq + 1);
  std::thread more([&] {
    for (int i = 0; i < 200; ++i) ada_.say(room_, "while it is read");
  });
  for (; seq < 2 + count + 200; ++seq) ASSERT_EQ(seq_of(*client.next()), seq + 1);
  more.join();
}

TEST_F(RoomEvents, HoldNoWordsOfDeletedMessages) {
  person bob(server_, "bob");
  ASSERT_EQ(bob.post("/api/v1/rooms/" + room_ + "/join", "").status, 200);
  const auto said = ada_.say(room_, "canary");
  ASSERT_EQ(ada_.del(message_path(room_, said)).status, 204);
  const auto page = bob.get(events_path(room_));
  EXPECT_EQ(page.body.find("canary"), std::string::npos);
  EXPECT_NE(page.body.find(R"("body":null)"), std::string::npos);
  stream_client client = stream(bob, "?after=0");
  for (std::int64_t seq = 0; seq < top(); ++seq) EXPECT_EQ(client.next()->data.find("canary"), std::string::npos);
  EXPECT_NE(ada_.get(events_path(room_)).body.find("canary"), std::string::npos) << "its owner sees them";
}

TEST_F(RoomEvents, EndWithTheMembership) {
  person bob(server_, "bob");
  ASSERT_EQ(bob.post("/api/v1/rooms/" + room_ + "/join", "").status, 200);
  stream_client client = stream(bob);
  client.next();
  ASSERT_EQ(bob.post("/api/v1/rooms/" + room_ + "/leave", "").status, 204);
  ada_.say(room_, "now that he is gone");
  EXPECT_EQ(client.next()->json().text("/type"), "member.left");
  EXPECT_FALSE(client.next());
  EXPECT_TRUE(client.ends_in_order());
}

TEST_F(RoomEvents, EndWithTheSession) {
  stream_client client = stream(ada_);
  client.next();
  ASSERT_EQ(ada_.post("/api/v1/auth/logout", R"({"refresh_token":")" + ada_.refresh_token() + "\"}").status, 204);
  EXPECT_FALSE(client.next());
  EXPECT_TRUE(client.ends_in_order());
}

TEST_F(RoomEvents, EndWhenTheServerStops) {
  stream_client client = stream(ada_);
  client.next();
  std::thread stopping([&] { EXPECT_EQ(server_.stop(), 0); });
  EXPECT_TRUE(client.ends_in_order());
  stopping.join();
}

TEST_F(RoomEvents, KnowHeadAndOldClients) {
  const std::string target = events_path(room_) + " HTTP/1.1\r\nHost: x\r\n" + event_stream + authorized(ada_) + "\r\n";
  stream_client head(server_.port(), "HEAD " + target + get_request("/health"));
  EXPECT_EQ(head.status(), 200);
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream; charset=utf-8");
  stream_client old(server_.port(),
                    "GET " + events_path(room_) + " HTTP/1.0\r\n" + event_stream + authorized(ada_) + "\r\n");
  EXPECT_EQ(old.status(), 505);
}

TEST(RoomEventDeadlines, KeepTheStreamAliveUntilTheTokenExpires) {
  running_server server("[realtime]\nping_interval = \"1s\"\n[auth]\naccess_token_ttl = \"4s\"\n");
  person ada(server, "ada");
  const std::string room = ada.make_room("Salon");
  stream_client client(server.port(), get_request(events_path(room), event_stream + authorized(ada)));
  client.next();
  EXPECT_TRUE(client.next()->is_comment);
  EXPECT_TRUE(client.ends_in_order());
}

/// Whether it has ended shows in the places that its user has.
TEST(RoomEventDeadlines, EndWhoTakesNothing) {
  running_server server("[realtime]\nping_interval = \"1s\"\n[limits]\nconnections_per_user = 2\n");
  person ada(server, "ada");
  const std::string room = ada.make_room("Salon");
  websocket_client writer = connected(server, ada);
  constexpr int count = 6'000; // far more than the buffers of both sockets hold
  for (int i = 0; i < count; ++i) {
    writer.send(R"({"id":)" + std::to_string(10 + i) + ',' + post_by_rpc(room, std::string(3'900, 'w')) + '}');
    if (i % 50 == 49)
      while (writer.next_with("/id").number("/id") != 10 + i) {
      }
  }
  stream_client lazy(server.port(), get_request(events_path(room) + "?after=0", event_stream + authorized(ada)));
  EXPECT_EQ(seq_of(*lazy.next()), 1);
  while (true) {
    websocket_client third(server.port());
    third.send(R"({"id":1,)" + connect_with(ada.token()) + '}');
    if (const auto reply = third.next()) {
      EXPECT_TRUE(reply->has("/connect"));
      break;
    }
    EXPECT_EQ(third.end().code, 3504);
    writer.ask(R"("ping":{})"); // and so answers those of the server
  }
  std::int64_t seq = 1;
  while (const auto event = lazy.next()) ASSERT_EQ(seq_of(*event), ++seq);
  EXPECT_LT(seq, count);
}

// ---- Tickets

class Tickets : public RoomEvents {
protected:
  http_answer ask_for(const std::string& path) {
    return ada_.post("/api/v1/me/tickets", R"({"path":)" + json_quoted(path) + '}');
  }
  int status_with(const std::string& path, const std::string& ticket) {
    return stream_client(server_.port(), get_request(path + "?ticket=" + ticket, event_stream)).status();
  }
};

TEST_F(Tickets, AreGoodOnceForOnePath) {
  const std::string path = events_path(room_), other = events_path(ada_.make_room("Other"));
  const auto given = ask_for(path);
  ASSERT_EQ(given.status, 200) << given.body;
  EXPECT_EQ(given.number("/expires_in"), 30);
  EXPECT_EQ(given.header("Cache-Control"), "no-store");
  const std::string ticket = given.text("/ticket");
  EXPECT_EQ(ticket.size(), 43u) << "256 bits";
  EXPECT_EQ(status_with(path, ticket), 200);
  EXPECT_EQ(status_with(path, ticket), 401) << "spent";
  const std::string elsewhere = ask_for(path).text("/ticket");
  EXPECT_EQ(status_with(other, elsewhere), 401);
  EXPECT_EQ(status_with(path, elsewhere), 401) << "spent by the attempt";
  EXPECT_EQ(status_with(path, "AAAA"), 401);
  EXPECT_EQ(status_with("/api/v1/me", ask_for(path).text("/ticket")), 401) << "not a path that takes tickets";
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_EQ(server_.log().find(ticket), std::string::npos);
}

TEST_F(Tickets, StreamAsTheirUser) {
  const std::string ticket = ask_for(events_path(room_)).text("/ticket");
  stream_client client(server_.port(), get_request(events_path(room_) + "?after=0&ticket=" + ticket, event_stream));
  EXPECT_EQ(client.next()->json().text("/type"), "room.created");
  ASSERT_EQ(ada_.post("/api/v1/auth/logout", R"({"refresh_token":")" + ada_.refresh_token() + "\"}").status, 204);
  EXPECT_TRUE(client.ends_in_order());
}

TEST_F(Tickets, EndWithTheSessionTheyAreOf) {
  const std::string ticket = ask_for(events_path(room_)).text("/ticket");
  ASSERT_EQ(ada_.post("/api/v1/auth/logout", R"({"refresh_token":")" + ada_.refresh_token() + "\"}").status, 204);
  EXPECT_EQ(status_with(events_path(room_), ticket), 401);
}

TEST_F(Tickets, AreForPathsThatTakeThem) {
  for (const std::string& path : {std::string("/api/v1/me"), events_path(room_) + "?after=1", std::string("nowhere"),
                                  std::string("/api/v1/rooms"), events_path(room_) + "/"}) {
    const auto refused = ask_for(path);
    expect_problem(refused, 422, "validation_failed", "/api/v1/me/tickets");
    expect_field_problem(refused, "/path", "not_allowed");
  }
  EXPECT_EQ(ada_.post("/api/v1/me/tickets", "{}").status, 422);
  EXPECT_EQ(http_client(server_.port()).request("POST", "/api/v1/me/tickets", "{}").status, 401);
}

TEST_F(Tickets, AreNotHoarded) {
  for (int i = 0; i < 64; ++i) ASSERT_EQ(ask_for(events_path(room_)).status, 200);
  const auto refused = ask_for(events_path(room_));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.text("/code"), "limit_exceeded");
}

} // namespace
} // namespace palabre::testing

// The audit route: for whom it is, what it takes, and what it shows.

#include "edge_fixture.hpp"

namespace palabre::http {
namespace {

class AdminEvents : public edge_fixture {
protected:
  AdminEvents() {
    registered(ada, "ada", "Ada");
    registered(bob, "bob", "Bob");
    append(events::stream_of(ada), {}, events::user_promoted{});
    catch_up();
  }

  void registered(user_id who, const std::string& login, const std::string& name) {
    events::user_registered event;
    event.login.value = login;
    event.profile.display_name.value = name;
    event.password_hash.value = "$argon2id$";
    append(events::stream_of(who), who, event);
  }
  call asking(std::optional<user_id> by, std::vector<std::pair<std::string, std::string>> query = {}) {
    call c;
    c.path = "/api/v1/admin/events";
    c.query = std::move(query);
    if (by) c.authorization = "Bearer " + token_of(*by);
    return c;
  }
  answer_or_problem asked(std::optional<user_id> by, std::vector<std::pair<std::string, std::string>> query = {}) {
    call c = asking(by, std::move(query));
    return run(io, operations.handle(c));
  }
  /// "403 forbidden", or "200".
  static std::string said(const answer_or_problem& outcome) {
    if (const auto* p = std::get_if<problem>(&outcome)) return std::to_string(p->status) + " " + p->code;
    return std::to_string(std::get<answer>(outcome).status);
  }
  std::string body(std::vector<std::pair<std::string, std::string>> query = {}) {
    const auto outcome = asked(ada, std::move(query));
    EXPECT_EQ(said(outcome), "200");
    return std::holds_alternative<answer>(outcome) ? std::get<answer>(outcome).body : std::string{};
  }

  const user_id ada = a_user(), bob = a_user();
  api operations{edge};
};

TEST_F(AdminEvents, IsForAdministrators) {
  EXPECT_EQ(said(asked({})), "401 unauthenticated");
  EXPECT_EQ(said(asked(bob)), "403 forbidden");
  EXPECT_EQ(said(asked(a_user())), "403 forbidden") << "an account that is gone";
  EXPECT_EQ(said(asked(ada)), "200");
  call c = asking(bob);
  c.method = verb::post;
  EXPECT_EQ(said(run(io, operations.handle(c))), "403 forbidden") << "whatever else is wrong";
  edge.settings.administrators = {"nobody", "bob"};
  EXPECT_EQ(said(asked(bob)), "200");
  edge.settings.administrators = {};
  EXPECT_EQ(said(asked(bob)), "403 forbidden");
}

TEST_F(AdminEvents, ADemotionCountsAtOnce) {
  append(events::stream_of(ada), {}, events::user_demoted{}); // and the views do not know yet
  std::optional<answer_or_problem> got;
  call c = asking(ada);
  start(io, operations.handle(c), got);
  io.restart();
  io.poll();
  EXPECT_FALSE(got);
  catch_up();
  io.restart();
  io.run();
  EXPECT_EQ(said(*got), "403 forbidden");
}

TEST_F(AdminEvents, RefusesWhatItDoesNotUnderstand) {
  const std::pair<const char*, const char*> table[] = {
      {"room", "salon"},
      {"stream", "7"},
      {"stream", "cellar:"
                 "0190b1f0-7c3a-7abc-8def-0123456789ab"},
      {"user", "ada"},
      {"about", "ada"},
      {"type", "message.sent"},
      {"since", "noon"},
      {"until", "noon"},
      {"before", "-1"},
      {"after", "first"},
      {"limit", "0"},
      {"limit", "201"},
      {"before", ""},
      {"type", ""},
      {"room", ""},
  };
  for (const auto& [name, value] : table) {
    const auto outcome = asked(ada, {{name, value}});
    ASSERT_EQ(said(outcome), "422 validation_failed") << name << '=' << value;
    EXPECT_EQ(std::get<problem>(outcome).errors.front().pointer, '?' + std::string(name));
  }
  EXPECT_EQ(said(asked(ada, {{"before", "3"}, {"after", "1"}})), "422 validation_failed");
  EXPECT_EQ(said(asked(ada, {{"room", to_text(bob)}, {"stream", "user:" + to_text(bob)}})), "422 validation_failed");
  EXPECT_EQ(said(asked(ada, {{"after", std::to_string(log.head().value + 1)}})), "409 position_unknown");
  EXPECT_EQ(said(asked(ada, {{"after", std::to_string(log.head().value)}})), "200");
}

TEST_F(AdminEvents, ShowsWhoDidWhatToWhatWhenAndByWhichRequest) {
  const room_id room = room_of(bob, events::visibility::closed);
  events::message_posted posted;
  posted.message = message_id{random.next_id(time.now())};
  posted.body.value = "hello";
  happened(room, bob, posted);
  catch_up();
  const std::string position = std::to_string(log.head().value), id = to_text(room), message = to_text(posted.message);
  const auto hash = log_->read(log.head()).value().hash;
  EXPECT_EQ(
      body({{"limit", "1"}}),
      R"({"items":[{"position":)" + position + R"(,"stream":"room:)" + id +
          R"(","type":"message.posted","v":2,"at":"2027-01-15T08:00:00.000Z","actor":{"id":")" + to_text(bob) +
          R"(","display_name":"Bob"},"action":"message.posted","resource":{"kind":"message","id":")" + message +
          R"("},"request_id":"test","hash":")" + to_hex(as_bytes(hash)) + R"(","erased":false,"data":{"message_id":")" +
          message +
          R"(","body":"hello","reply_to":null,"reply_to_seq":0,"client_id":null,"metadata":null,"author_name":"","mentioned_user_ids":[]}}],)"
          R"("next":"/api/v1/admin/events?before=)" +
          position + R"(&limit=1","prev":null})");
  const std::string joined = body({{"type", "member.joined"}});
  EXPECT_NE(joined.find(R"("resource":{"kind":"member","id":")" + to_text(bob)), std::string::npos) << joined;
  const std::string promoted = body({{"type", "user.promoted"}});
  EXPECT_NE(promoted.find(
                R"("actor":{"id":null,"display_name":null},"action":"user.promoted","resource":{"kind":"user","id":")" +
                to_text(ada)),
            std::string::npos)
      << promoted;
}

TEST_F(AdminEvents, LinksKeepTheFiltersAndLeadBothWays) {
  const auto shown = [&](std::vector<std::pair<std::string, std::string>> query) {
    const std::string all = body(std::move(query));
    return all.substr(all.rfind(R"(,"next":)"));
  };
  const std::string prefix = R"("/api/v1/admin/events?)";
  EXPECT_EQ(shown({}), R"(,"next":null,"prev":null})") << "all three";
  EXPECT_EQ(shown({{"limit", "1"}, {"since", "2026-01-01T00:00:00+02:00"}}),
            R"(,"next":)" + prefix + R"(before=3&limit=1&since=2026-01-01T00%3A00%3A00%2B02%3A00","prev":null})");
  EXPECT_EQ(shown({{"limit", "1"}, {"before", "3"}, {"request", "a&b"}}),
            R"(,"next":null,"prev":)" + prefix + R"(after=2&limit=1&request=a%26b"})");
  EXPECT_EQ(shown({{"limit", "1"}, {"after", "1"}}),
            R"(,"next":)" + prefix + R"(after=2&limit=1","prev":)" + prefix + R"(before=2&limit=1"})");
  EXPECT_EQ(shown({{"after", "3"}}), R"(,"next":null,"prev":)" + prefix + R"(before=4&limit=50"})");
  EXPECT_EQ(shown({{"after", "0"}}), R"(,"next":null,"prev":null})");
  EXPECT_EQ(shown({{"before", "0"}}), R"(,"next":null,"prev":)" + prefix + R"(after=0&limit=50"})");
}

TEST_F(AdminEvents, ShowsNoSecret) {
  const std::string all = body();
  EXPECT_NE(all.find(R"("password_hash":null)"), std::string::npos) << all;
  EXPECT_EQ(all.find("argon2id"), std::string::npos);
}

TEST_F(AdminEvents, HasARateOfItsOwn) {
  std::string last;
  int taken = 0;
  for (last = said(asked(ada)); last == "200" && taken < 10'000; last = said(asked(ada))) ++taken;
  EXPECT_EQ(last, "429 rate_limited");
  EXPECT_GE(taken, 39);
  append(events::stream_of(bob), {}, events::user_promoted{});
  catch_up();
  EXPECT_EQ(said(asked(bob)), "200") << "each their own";
}

} // namespace
} // namespace palabre::http

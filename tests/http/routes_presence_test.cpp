#include "presence_fixture.hpp"

#include "base/limits.hpp"

namespace palabre::http {
namespace {

edge_settings of_small_rooms() {
  edge_settings s;
  s.presence_individuals_max = 3;
  return s;
}

class PresenceRoutes : public presence_fixture {
protected:
  PresenceRoutes() : presence_fixture(of_small_rooms()) {
    presence.start(io, {});
    happened(salon, bob, joined(bob));
    catch_up();
  }
  ~PresenceRoutes() override { presence.stop(); }

  /// "422 validation_failed /expires_at out_of_range", or "200" and the body.
  std::string said(call c) {
    std::optional<answer_or_problem> got;
    http::start(io, operations.handle(c), got);
    return words(until_there(got));
  }
  std::string get(user_id by, std::string path, std::vector<std::pair<std::string, std::string>> query = {}) {
    call c = request(verb::get, std::move(path), by);
    c.query = std::move(query);
    return said(std::move(c));
  }
  std::string put(user_id by, std::string body) {
    call c = request(verb::put, "/api/v1/me/presence", by);
    c.body = std::move(body);
    return said(std::move(c));
  }
  std::string rpc(user_id by, std::string data) {
    std::optional<std::optional<answer_or_problem>> got;
    const access_claims claims{by, {}, timestamp{time.at.ms + 1'000}};
    http::start(io, operations.call_rpc("presence.set", std::move(data), claims, "r"), got);
    return words(until_there(got).value());
  }
  std::string of(user_id by, user_id whom) { return get(by, "/api/v1/presence", {{"user_ids", to_text(whom)}}); }
  std::string in_room(user_id by, room_id room) { return get(by, "/api/v1/rooms/" + to_text(room) + "/presence"); }

  void connect(user_id user) {
    presence.arrive(user);
    presence.tick();
    carry_out();
    presence.tick();
  }
  std::string item(user_id user, std::string_view status, std::string_view rest) const {
    return R"({"user_id":")" + to_text(user) + R"(","status":")" + std::string(status) + '"' + std::string(rest) + '}';
  }
  std::string nothing_known(user_id user) const {
    return item(user, "offline", R"(,"text":null,"expires_at":null,"last_seen_at":null)");
  }
  std::string seen_now() const { return R"(,"last_seen_at":")" + to_rfc3339(time.at) + '"'; }

  api operations{edge};
  user_id ada = someone(), bob = someone(), eve = someone();
  room_id salon = room_of(ada, events::visibility::open);

private:
  call request(verb method, std::string path, user_id by) {
    call c;
    c.method = method;
    c.path = std::move(path);
    c.authorization = "Bearer " + token_of(by);
    c.content_type = "application/json";
    return c;
  }
  template <class T>
  T until_there(std::optional<T>& got) {
    while (!got) {
      io.restart();
      io.poll();
      carry_out();
    }
    return std::move(*got);
  }
  static std::string words(const answer_or_problem& outcome) {
    if (const auto* a = std::get_if<answer>(&outcome)) return std::to_string(a->status) + ' ' + a->body;
    const auto& p = std::get<problem>(outcome);
    std::string text = std::to_string(p.status) + ' ' + p.code;
    for (const field_problem& field : p.errors) text += ' ' + field.pointer + ' ' + field.code;
    return text;
  }
};

TEST_F(PresenceRoutes, OnesOwnBeforeAnythingHappened) {
  EXPECT_EQ(get(ada, "/api/v1/me/presence"),
            R"(200 {"user_id":")" + to_text(ada) +
                R"(","status":"offline","manual":null,"text":null,"expires_at":null,"auto_away_after":300,)" +
                R"("last_seen_at":null})");
}

TEST_F(PresenceRoutes, SetsByHandAndGoesBackToAuto) {
  connect(ada);
  const std::string ends = to_rfc3339({time.at.ms + 60'000});
  EXPECT_EQ(put(ada, R"({"status":"busy","text":"deep work","expires_at":")" + ends + R"(","auto_away_after":600})"),
            "200 " + item(ada, "busy",
                          R"(,"manual":"busy","text":"deep work","expires_at":")" + ends +
                              R"(","auto_away_after":600)" + seen_now()));
  EXPECT_EQ(put(ada, R"({"status":"auto"})"),
            "200 " + item(ada, "online",
                          R"(,"manual":null,"text":null,"expires_at":null,"auto_away_after":600)" + seen_now()));
  EXPECT_EQ(rpc(ada, R"({"status":"away"})"),
            "200 " + item(ada, "away",
                          R"(,"manual":"away","text":null,"expires_at":null,"auto_away_after":600)" + seen_now()));
  EXPECT_EQ(get(ada, "/api/v1/me/presence").substr(0, 3), "200");
}

TEST_F(PresenceRoutes, AStatusSetByHandWithoutAConnectionDoesNotShow) {
  const std::string set = put(ada, R"({"status":"busy"})");
  EXPECT_NE(set.find(R"("status":"offline","manual":"busy")"), std::string::npos) << set;
}

TEST_F(PresenceRoutes, RefusesWhatIsOutOfBounds) {
  const std::string text(limits::presence_text_code_points_max + 1, 'x');
  const std::string past = to_rfc3339(time.at), late = to_rfc3339({time.at.ms + 31ll * 24 * 3'600'000});
  const std::vector<std::pair<std::string, std::string>> table{
      {R"({})", "422 validation_failed /status required"},
      {R"({"status":"asleep"})", "422 validation_failed /status not_allowed"},
      {R"({"status":null})", "422 validation_failed /status wrong_type"},
      {R"({"status":"busy","text":")" + text + R"("})", "422 limit_exceeded /text limit_exceeded"},
      {R"({"status":"busy","text":"two\nlines"})", "422 validation_failed /text not_allowed"},
      {R"({"status":"busy","expires_at":")" + past + R"("})", "422 validation_failed /expires_at out_of_range"},
      {R"({"status":"busy","expires_at":")" + late + R"("})", "422 limit_exceeded /expires_at limit_exceeded"},
      {R"({"status":"auto","expires_at":")" + late + R"("})", "422 validation_failed /expires_at not_allowed"},
      {R"({"status":"auto","auto_away_after":59})", "422 validation_failed /auto_away_after out_of_range"},
      {R"({"status":"auto","auto_away_after":86401})", "422 validation_failed /auto_away_after out_of_range"},
      {R"({"status":)", "400 malformed_json"},
  };
  for (const auto& [body, expected] : table) EXPECT_EQ(put(ada, body), expected) << body;
  EXPECT_EQ(presence_events(), 0u);
}

TEST_F(PresenceRoutes, ShowsPeopleOneSharesARoomWith) {
  connect(ada);
  connect(eve);
  const std::string online_now = R"(,"text":null,"expires_at":null)" + seen_now();
  EXPECT_EQ(of(bob, ada), R"(200 {"items":[)" + item(ada, "online", online_now) + "]}");
  EXPECT_EQ(of(ada, ada), R"(200 {"items":[)" + item(ada, "online", online_now) + "]}") << "oneself";
  const user_id nobody = a_user();
  EXPECT_EQ(of(bob, eve), R"(200 {"items":[)" + nothing_known(eve) + "]}") << "no room in common";
  EXPECT_EQ(of(bob, nobody), R"(200 {"items":[)" + nothing_known(nobody) + "]}") << "and none such: alike";
  EXPECT_EQ(get(bob, "/api/v1/presence", {{"user_ids", to_text(eve) + "," + to_text(ada)}}),
            R"(200 {"items":[)" + nothing_known(eve) + "," + item(ada, "online", online_now) + "]}");
}

TEST_F(PresenceRoutes, RefusesListsThatAreNone) {
  const auto ask = [&](std::string ids) { return get(ada, "/api/v1/presence", {{"user_ids", std::move(ids)}}); };
  EXPECT_EQ(get(ada, "/api/v1/presence"), "422 validation_failed ?user_ids required");
  EXPECT_EQ(ask(""), "422 validation_failed ?user_ids required");
  EXPECT_EQ(ask("x"), "422 validation_failed ?user_ids not_an_id");
  EXPECT_EQ(ask(to_text(ada) + ","), "422 validation_failed ?user_ids not_an_id");
  std::string many = to_text(ada);
  for (std::size_t i = 1; i < limits::ids_per_request_max; ++i) many += "," + to_text(a_user());
  EXPECT_EQ(ask(many).substr(0, 3), "200");
  EXPECT_EQ(ask(many + "," + to_text(a_user())), "422 limit_exceeded ?user_ids limit_exceeded");
  EXPECT_EQ(ask(to_text(ada) + "," + to_text(ada)), ask(to_text(ada))) << "twice is once";
}

TEST_F(PresenceRoutes, ShowsWhoIsThereInARoom) {
  connect(ada);
  EXPECT_EQ(in_room(ada, salon), R"(200 {"online":1,"away":0,"busy":0,"offline":1,"items":[)" +
                                     item(ada, "online", R"(,"text":null,"expires_at":null)" + seen_now()) + "]}");
  connect(bob);
  put(bob, R"({"status":"busy"})");
  EXPECT_EQ(in_room(ada, salon).substr(0, 48), R"(200 {"online":1,"away":0,"busy":1,"offline":0,"i)");
  EXPECT_EQ(in_room(eve, salon), "403 forbidden");
  EXPECT_EQ(in_room(ada, a_room()), "404 not_found");
}

TEST_F(PresenceRoutes, OnlyCountsInLargeRooms) {
  std::vector<user_id> crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.push_back(someone());
    happened(salon, crowd.back(), joined(crowd.back()));
  }
  catch_up();
  connect(ada);
  const std::string one = in_room(bob, salon);
  EXPECT_EQ(one, R"(200 {"online":1,"away":0,"busy":0,"offline":5,"items":[)" +
                     item(ada, "online", R"(,"text":null,"expires_at":null)" + seen_now()) + "]}")
      << "many members, few of them connected";
  for (const user_id& user : crowd) connect(user);
  EXPECT_EQ(in_room(bob, salon), R"(200 {"online":5,"away":0,"busy":0,"offline":1,"items":null})");
}

TEST_F(PresenceRoutes, AnExpiredStatusIsNotShown) {
  connect(ada);
  put(ada, R"({"status":"busy","text":"lunch","expires_at":")" + to_rfc3339({time.at.ms + 1'000}) + R"("})");
  time.at.ms += 1'000; // and no tick
  const std::string mine = get(ada, "/api/v1/me/presence");
  EXPECT_NE(mine.find(R"("manual":null,"text":null,"expires_at":null)"), std::string::npos) << mine;
}

} // namespace
} // namespace palabre::http

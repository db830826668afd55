// Searching over real sockets.

#include "realtime_scene.hpp"

#include "http/router.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace palabre::testing {
namespace {

class Search : public Realtime {
protected:
  static std::string asking(std::string_view q, std::string_view more = {}) {
    return "/api/v1/search?q=" + http::percent_encoded(q) + std::string(more);
  }
  /// What is found, in that order.
  static std::vector<std::string> found(person& who, std::string_view q, std::string_view more = {}) {
    const auto got = who.get(asking(q, more));
    EXPECT_EQ(got.status, 200) << got.body;
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i < got.count("/items"); ++i)
      bodies.push_back(got.text("/items/" + std::to_string(i) + "/message/body"));
    return bodies;
  }
  std::vector<std::string> hers(std::string_view q, std::string_view more = {}) { return found(ada_, q, more); }
  std::string say(const std::string& words) { return ada_.say(room_, words).text("/id"); }

  using some = std::vector<std::string>;
  person bob_{server_, "bob"};
};

TEST_F(Search, FindsWordsInTheirOtherForms) {
  say("The runners are running");
  say("Les chevaux mangeaient des pommes");
  say("Un été à Besançon");
  EXPECT_EQ(hers("run"), some{"The runners are running"});
  EXPECT_EQ(hers("mange pomme"), some{"Les chevaux mangeaient des pommes"});
  EXPECT_EQ(hers("ete besancon"), some{"Un été à Besançon"});
  EXPECT_EQ(hers("été"), some{"Un été à Besançon"});
  EXPECT_EQ(hers("Besancon"), some{"Un été à Besançon"});
  EXPECT_EQ(hers("\"ete a besancon\""), some{"Un été à Besançon"});
  EXPECT_EQ(hers("Running"), some{"The runners are running"});
  EXPECT_EQ(hers("running pommes"), some{}) << "all words have to be there";
  EXPECT_EQ(hers("nothing"), some{});
}

TEST_F(Search, FindsPhrasesAndLeavesOut) {
  say("good early morning");
  say("early but not good, this morning");
  EXPECT_EQ(hers("\"early morning\""), some{"good early morning"});
  EXPECT_EQ(hers("morning -not"), some{"good early morning"});
  EXPECT_EQ(hers("-not"), some{"good early morning"});
  EXPECT_EQ(hers("from:me -\"early morning\""), some{"early but not good, this morning"});
}

TEST_F(Search, FiltersByPersonPlaceTimeAndLink) {
  ASSERT_EQ(bob_.post("/api/v1/rooms/" + room_ + "/join", "").status, 200);
  const std::string club = ada_.make_room("Lecture d'été");
  say("tea for two");
  bob_.say(room_, "tea for me https://example.org/tea");
  ada_.say(club, "tea at the club");
  EXPECT_EQ(hers("tea from:bob"), some{"tea for me https://example.org/tea"});
  EXPECT_EQ(hers("tea from:me").size(), 2u);
  EXPECT_EQ(hers("tea from:nobody"), some{});
  EXPECT_EQ(hers("tea in:\"lecture d'ete\""), some{"tea at the club"});
  EXPECT_EQ(hers("tea in:" + club), some{"tea at the club"});
  EXPECT_EQ(hers("tea in:nowhere"), some{});
  EXPECT_EQ(hers("has:link"), some{"tea for me https://example.org/tea"});
  EXPECT_EQ(hers("tea", "&room_id=" + club), some{"tea at the club"});
  EXPECT_EQ(hers("tea after:2020-01-01 before:2100-01-01").size(), 3u);
  EXPECT_EQ(hers("tea before:2020-01-01"), some{});
  EXPECT_EQ(hers("tea after:2100-01-01"), some{});
  EXPECT_EQ(hers("from:me", "&sort=time"), (some{"tea at the club", "tea for two"})) << "without words by time";
}

TEST_F(Search, ShowsWhatWasFoundAndEscapesTheRest) {
  say("<b>tea</b> & cake");
  const auto got = ada_.get(asking("tea"));
  EXPECT_EQ(got.text("/items/0/snippet"), "&lt;b&gt;<mark>tea</mark>&lt;/b&gt; &amp; cake") << got.body;
  EXPECT_EQ(got.text("/items/0/message/author/display_name"), "ada");
  EXPECT_EQ(got.text("/items/0/message/room_id"), room_);
}

TEST_F(Search, DoesNotFindWhatIsNoLongerSaid) {
  const std::string path = "/api/v1/rooms/" + room_ + "/messages/";
  const std::string changed = say("walrus first"), gone = say("walrus second");
  EXPECT_EQ(hers("walrus").size(), 2u);
  ASSERT_EQ(ada_.patch(path + changed, R"({"body":"penguin now"})").status, 200);
  ASSERT_EQ(ada_.del(path + gone).status, 204);
  EXPECT_EQ(hers("walrus"), some{});
  EXPECT_EQ(hers("penguin"), some{"penguin now"});
}

TEST_F(Search, EndsWhereTheCallersRoomsEnd) {
  say("secret walrus");
  const std::string hidden = ada_.make_room("Hidden");
  ada_.say(hidden, "hidden walrus");
  EXPECT_EQ(found(bob_, "walrus"), some{}) << "a public room is searched by who is in it";
  expect_problem(bob_.get(asking("walrus", "&room_id=" + hidden)), 404, "not_found", "/api/v1/search");
  expect_problem(bob_.get(asking("walrus", "&room_id=" + room_)), 403, "forbidden", "/api/v1/search");
  ASSERT_EQ(bob_.post("/api/v1/rooms/" + room_ + "/join", "").status, 200);
  EXPECT_EQ(found(bob_, "walrus"), some{"secret walrus"});
  EXPECT_EQ(found(bob_, "walrus in:Hidden"), some{});
  ASSERT_EQ(bob_.post("/api/v1/rooms/" + room_ + "/leave", "").status, 204);
  EXPECT_EQ(found(bob_, "walrus"), some{});
}

TEST_F(Search, GoesByPages) {
  for (int i = 0; i < 7; ++i) say("walrus number " + std::to_string(i));
  some all;
  std::string next = asking("walrus", "&limit=3&sort=time");
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = ada_.get(next);
    ASSERT_EQ(page.status, 200) << page.body;
    for (std::size_t i = 0; i < page.count("/items"); ++i)
      all.push_back(page.text("/items/" + std::to_string(i) + "/message/body"));
    if (page.is_null("/next")) break;
    next = page.text("/next");
  }
  ASSERT_EQ(all.size(), 7u);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], "walrus number " + std::to_string(6 - i));
  const std::string cursor = next.substr(next.find("&cursor="));
  expect_field_problem(ada_.get(asking("other", "&limit=3&sort=time" + cursor)), "?cursor", "not_a_cursor");
}

TEST_F(Search, RefusesWhatItDoesNotUnderstand) {
  expect_field_problem(ada_.get("/api/v1/search"), "?q", "required");
  expect_field_problem(ada_.get(asking("  ")), "?q", "required");
  expect_field_problem(ada_.get(asking("before:yesterday")), "?q", "not_understood");
  expect_field_problem(ada_.get(asking(std::string(600, 'x'))), "?q", "too_long");
  expect_field_problem(ada_.get(asking("x", "&sort=luck")), "?sort", "not_allowed");
  expect_field_problem(ada_.get(asking("x", "&room_id=here")), "?room_id", "not_an_id");
}

TEST_F(Search, GoesOnAfterARestartAndAKill) {
  const auto ask = [&](std::string_view method, const std::string& target, const std::string& body = {}) {
    http_client client(server_.port()); // each start has a port of its own
    return client.request(method, target, body,
                          {{"Authorization", "Bearer " + ada_.token()}, {"Content-Type", "application/json"}});
  };
  say("walrus before");
  EXPECT_EQ(hers("walrus").size(), 1u);
  EXPECT_EQ(server_.stop(), 0);
  server_.start();
  EXPECT_EQ(ask("POST", messages_of(room_), R"({"body":"walrus between"})").status, 201);
  server_.kill();
  server_.start();
  EXPECT_EQ(ask("POST", messages_of(room_), R"({"body":"walrus after"})").status, 201);
  const auto got = ask("GET", asking("walrus", "&sort=time"));
  ASSERT_EQ(got.count("/items"), 3u) << got.body;
  const char* bodies[] = {"walrus after", "walrus between", "walrus before"};
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(got.text("/items/" + std::to_string(i) + "/message/body"), bodies[i]);
}

TEST(SearchOfACommunity, FindsWhatANaiveLookFinds) {
  const std::vector<std::string> words = {"alpha", "beta", "gamma", "delta"};
  for (const std::uint64_t seed : {1u, 2u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    running_server server;
    person ada(server, "ada");
    std::mt19937_64 random(seed);
    const std::vector<std::string> rooms = {ada.make_room("One"), ada.make_room("Two")};
    std::map<std::string, std::pair<std::string, std::set<std::string>>> said; ///< by path: id and words
    for (int step = 0; step < 150; ++step) {
      std::set<std::string> some;
      std::string body;
      for (const std::string& each : words)
        if (random() % 2 == 0) some.insert(each), body += each + ' ';
      body += "x";
      const auto any = said.empty() ? said.end() : std::next(said.begin(), static_cast<long>(random() % said.size()));
      const auto what = random() % 4;
      if (any == said.end() || what < 2) {
        const std::string& room = rooms[random() % rooms.size()];
        const auto posted = ada.say(room, body);
        said[message_path(room, posted)] = {posted.text("/id"), some};
      } else if (what == 2) {
        ASSERT_EQ(ada.patch(any->first, R"({"body":")" + body + "\"}").status, 200);
        any->second.second = some;
      } else {
        ASSERT_EQ(ada.del(any->first).status, 204);
        said.erase(any);
      }
      const std::string& wanted = words[random() % words.size()];
      std::set<std::string> is, should;
      for (const auto& [path, message] : said)
        if (message.second.contains(wanted)) should.insert(message.first);
      const auto got = ada.get("/api/v1/search?limit=200&q=" + wanted);
      for (std::size_t i = 0; i < got.count("/items"); ++i)
        is.insert(got.text("/items/" + std::to_string(i) + "/message/id"));
      ASSERT_EQ(is, should) << "step " << step << ", " << wanted;
    }
  }
}

} // namespace
} // namespace palabre::testing

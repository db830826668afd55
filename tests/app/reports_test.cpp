// Messages that members report, and moderators look at, over real sockets.

#include "realtime_scene.hpp"
#include "stream_client.hpp"

namespace palabre::testing {
namespace {

class Reports : public Realtime {
protected:
  std::string path(std::string_view rest = {}) const { return "/api/v1/rooms/" + room_ + std::string(rest); }
  std::string report_of(const std::string& message) const { return path("/messages/" + message + "/report"); }
  http_answer queue(std::string_view query = {}) { return ada_.get(path("/reports") + std::string(query)); }
  void SetUp() override {
    for (person* each : {&bob_, &eve_}) ASSERT_EQ(each->post(path("/join"), "").status, 200);
  }

  person bob_{server_, "bob"}, eve_{server_, "eve"}, other_{server_, "other"};
};

TEST_F(Reports, StandInTheQueueOfTheModeratorsUntilOneHasLooked) {
  websocket_client member = connected(server_, eve_);
  member.ask(subscribe_to(room_));
  const std::string bad = eve_.say(room_, "buy this").text("/id"), fine = ada_.say(room_, "fine").text("/id");
  ASSERT_EQ(bob_.put(report_of(bad), R"({"reason":"advertising"})").status, 204);
  ASSERT_EQ(bob_.put(report_of(bad), R"({"reason":"again"})").status, 204) << "changes nothing";
  ASSERT_EQ(ada_.put(report_of(bad), "{}").status, 204);
  ASSERT_EQ(eve_.put(report_of(fine), R"({"reason":""})").status, 204);
  EXPECT_EQ(eve_.put(report_of(bad), "{}").status, 403) << "one's own";
  EXPECT_EQ(other_.put(report_of(bad), "{}").status, 403);
  EXPECT_EQ(bob_.put(report_of(room_), "{}").status, 404);
  EXPECT_EQ(bob_.put(report_of(bad), R"({"reason":")" + std::string(501, 'x') + "\"}").status, 422);

  const auto list = queue();
  ASSERT_EQ(list.count("/items"), 2u) << list.body;
  EXPECT_EQ(list.text("/items/0/message/body"), "buy this");
  ASSERT_EQ(list.count("/items/0/reports"), 2u);
  EXPECT_EQ(list.text("/items/0/reports/0/by_id"), bob_.id());
  EXPECT_EQ(list.text("/items/0/reports/0/by/display_name"), "bob");
  EXPECT_EQ(list.text("/items/0/reports/0/reason"), "advertising");
  EXPECT_TRUE(list.is_null("/items/0/reports/1/reason"));
  EXPECT_TRUE(list.is_null("/items/1/reports/0/reason"));
  for (person* each : {&bob_, &eve_, &other_}) EXPECT_EQ(each->get(path("/reports")).status, 403);

  EXPECT_NE(ada_.get(path("/events?after=0")).body.find("advertising"), std::string::npos);
  for (person* each : {&bob_, &eve_}) {
    const auto events = each->get(path("/events?after=0"));
    EXPECT_EQ(events.body.find("reported"), std::string::npos) << events.body;
  }
  ASSERT_EQ(ada_.del(path("/reports/" + bad)).status, 204);
  ASSERT_EQ(ada_.del(path("/reports/" + bad)).status, 204);
  EXPECT_EQ(queue().count("/items"), 1u);
  EXPECT_EQ(bob_.del(path("/reports/" + fine)).status, 403);
  ASSERT_EQ(eve_.say(room_, "the end").status, 201);
  for (std::string text = "buy this"; text != "the end";) { // what the member is told of: messages alone
    const auto next = member.next_with("/push/pub/data/data/message_id");
    EXPECT_EQ(next.text("/push/pub/data/type"), "message.posted") << next.body;
    text = next.text("/push/pub/data/data/body");
  }

  ASSERT_EQ(ada_.del(path("/messages/" + fine)).status, 204);
  EXPECT_EQ(queue().count("/items"), 0u) << "what is deleted needs no look";
  ASSERT_EQ(bob_.put(report_of(bad), R"({"reason":"still"})").status, 204) << "after the look it counts again";
  EXPECT_EQ(queue().text("/items/0/reports/0/reason"), "still");
}

TEST_F(Reports, AreToldToModeratorsAtOnceAndToWhoComesBack) {
  websocket_client hers = connected(server_, ada_), his = connected(server_, bob_);
  const auto begun = hers.ask(subscribe_to(room_));
  his.ask(subscribe_to(room_));
  stream_client stream(server_.port(),
                       get_request(path("/events?after=0"),
                                   "Accept: text/event-stream\r\nAuthorization: Bearer " + ada_.token() + "\r\n"));
  const std::string bad = eve_.say(room_, "buy this").text("/id");
  ASSERT_EQ(bob_.put(report_of(bad), R"({"reason":"advertising"})").status, 204);
  const auto reason_heard = [](auto& by, const std::string& pointer) {
    return by.next_with(pointer + "/data/reason").text(pointer + "/data/reason");
  };
  EXPECT_EQ(reason_heard(hers, "/push/pub/data"), "advertising");
  EXPECT_EQ(reason_heard(stream, ""), "advertising");

  ASSERT_EQ(ada_.patch(path("/members/" + bob_.id()), R"({"role":"moderator"})").status, 200);
  ASSERT_EQ(eve_.put(report_of(ada_.say(room_, "fine").text("/id")), R"({"reason":"for bob too"})").status, 204);
  EXPECT_EQ(reason_heard(his, "/push/pub/data"), "for bob too") << "the first that he hears of";

  const auto types_since = [&](const person& who) {
    websocket_client back = connected(server_, who);
    const auto since = begun.number("/subscribe/offset");
    const auto reply = back.ask(subscribe_to(room_, recover_from(since, begun.text("/subscribe/epoch"))));
    std::string types;
    for (std::size_t n = 0; n < reply.count("/subscribe/publications"); ++n)
      types += reply.text("/subscribe/publications/" + std::to_string(n) + "/data/type") + ' ';
    return types;
  };
  EXPECT_EQ(types_since(bob_), "message.posted message.reported member.role_changed message.posted message.reported ");
  EXPECT_EQ(types_since(eve_), "message.posted member.role_changed message.posted ");
}

TEST_F(Reports, ComeInPages) {
  for (int n = 0; n < 5; ++n)
    ASSERT_EQ(bob_.put(report_of(eve_.say(room_, std::to_string(n)).text("/id")), "{}").status, 204);
  std::string words;
  for (auto page = queue("?limit=2");; page = ada_.get(page.text("/next"))) {
    ASSERT_EQ(page.status, 200) << page.body;
    for (std::size_t i = 0; i < page.count("/items"); ++i)
      words += page.text("/items/" + std::to_string(i) + "/message/body");
    if (page.is_null("/next")) break;
  }
  EXPECT_EQ(words, "01234");
  EXPECT_EQ(queue("?cursor=AAAA").status, 422);
}

} // namespace
} // namespace palabre::testing

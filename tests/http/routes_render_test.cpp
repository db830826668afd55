#include "http/routes/render.hpp"

#include "events/streams.hpp"

#include <gtest/gtest.h>

namespace palabre::http {
namespace {

uuid id_of_byte(std::uint8_t last) {
  uuid id;
  id.bytes[15] = last;
  return id;
}

projections::user_row ada() {
  projections::user_row row;
  row.login = "ada";
  row.email = "ada@example.org";
  row.profile.display_name = {"Ada \"the first\""};
  row.profile.interests = {{"engines", "numbers"}};
  row.created_at = {1'000};
  return row;
}

TEST(Render, AUserShowsOthersNoAddress) {
  EXPECT_EQ(render_user(user_id{id_of_byte(1)}, ada(), profile_of::other),
            R"({"id":"00000000-0000-0000-0000-000000000001","login":"ada","display_name":"Ada \"the first\"",)"
            R"("avatar_url":null,"bio":null,"city":null,"interests":["engines","numbers"],)"
            R"("created_at":"1970-01-01T00:00:01.000Z"})");
}

TEST(Render, AUserSeesTheirOwnAddress) {
  const std::string json = render_user(user_id{id_of_byte(1)}, ada(), profile_of::self);
  EXPECT_NE(json.find(R"("email":"ada@example.org")"), std::string::npos) << json;
}

/// A message.posted as the log gives it back.
struct posted_record {
  std::string payload;
  storage::record view;

  explicit posted_record(const events::message_posted& event) : payload(to_json(event, events::secrets::stored)) {
    view.stream = events::stream_of(room_id{id_of_byte(2)});
    view.version = 41;
    view.actor = user_id{id_of_byte(1)};
    view.time = {2'000};
    view.type = events::message_posted::type.name;
    view.schema = events::message_posted::type.schema;
    view.payload = payload;
  }
};

TEST(Render, AMessageIsWhatItsEventSays) {
  events::message_posted event;
  event.message = message_id{id_of_byte(3)};
  event.body = {"two\nlines"};
  event.metadata = {events::raw_json{R"({"a":1})"}};
  event.mentioned_user_ids = {user_id{id_of_byte(4)}};
  const posted_record record(event);
  const auto json = render_posted(record.view, R"({"display_name":"Ada","avatar_url":null})", R"({"id":7})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json.value(),
            R"({"id":"00000000-0000-0000-0000-000000000003","room_id":"00000000-0000-0000-0000-000000000002","seq":41,)"
            R"("author_id":"00000000-0000-0000-0000-000000000001","author":{"display_name":"Ada","avatar_url":null},)"
            R"("body":"two\nlines","metadata":{"a":1},"mentioned_user_ids":[)"
            R"("00000000-0000-0000-0000-000000000004"],"reply_to":null,"created_at":"1970-01-01T00:00:02.000Z",)"
            R"("edited_at":null,"deleted_at":null,"reactions":[],"parent":{"id":7},"reply_count":0})");
}

TEST(Render, AMessageThatIsNoneIsCorrupt) {
  posted_record record(events::message_posted{});
  record.view.payload = "{}";
  const auto json = render_posted(record.view, "{}", "null");
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().code, errc::corrupt);
}

TEST(Render, APageHasLinksOrNull) {
  EXPECT_EQ(render_page("[]", "", ""), R"({"items":[],"next":null,"prev":null})");
  EXPECT_EQ(render_page("[1]", "/a?after=1", "/a?before=1"),
            R"({"items":[1],"next":"/a?after=1","prev":"/a?before=1"})");
}

TEST(Render, AListedRoomOfSomeoneElseHasNoRole) {
  projections::roster_queries::listed_room item;
  item.row.share_code = "0123456789";
  std::string json;
  append_listed_room(json, item, std::nullopt, {});
  EXPECT_TRUE(json.ends_with(R"("role":null,"joined_at":null,"last_read_seq":null,"unread_count":null,)"
                             R"("mention_count":null,"notifications":null,"has_draft":null})"))
      << json;
  EXPECT_EQ(json.find("0123456789"), std::string::npos);
}

TEST(Render, TheNameOfAnAuthorIsReadBack) {
  EXPECT_EQ(display_name_in(R"({"display_name":"Ada \"A\"","avatar_url":null})").value(), "Ada \"A\"");
  EXPECT_EQ(display_name_in(R"({"display_name":null,"avatar_url":null})").value(), "");
}

TEST(Render, AReplayedAnswerHasTheFirstStatusAndSaysSo) {
  actors::outcome done;
  done.replayed = true;
  done.first_status = 204;
  done.durable = {9};
  const answer a = written(201, "", done);
  EXPECT_EQ(a.status, 204);
  const std::vector<std::pair<std::string, std::string>> headers{{"Idempotency-Replayed", "true"},
                                                                 {"Palabre-Position", "9"}};
  EXPECT_EQ(a.headers, headers);
}

} // namespace
} // namespace palabre::http

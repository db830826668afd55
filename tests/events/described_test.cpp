#include "events/catalog.hpp"

#include <gtest/gtest.h>

namespace palabre::events {
namespace {

// An event type that changed its shape twice.
struct moved_v1 {
  static constexpr event_type type{"thing.moved", 1, audience::members};
  int x = 0;
};
BOOST_DESCRIBE_STRUCT(moved_v1, (), (x))

struct moved_v2 {
  static constexpr event_type type{"thing.moved", 2, audience::members};
  using previous = moved_v1;
  static moved_v2 upcast(moved_v1 old) { return {old.x, 0}; }
  int x = 0, y = 0;
};
BOOST_DESCRIBE_STRUCT(moved_v2, (), (x, y))

struct moved {
  static constexpr event_type type{"thing.moved", 3, audience::members};
  using previous = moved_v2;
  static moved upcast(moved_v2 old) { return {old.x, old.y, "unknown"}; }
  int x = 0, y = 0;
  std::string unit;
};
BOOST_DESCRIBE_STRUCT(moved, (), (x, y, unit))

using thing_event = std::variant<moved>;

TEST(Upcasting, ReadsEveryShapeThatWasEverWritten) {
  const auto first = decode<thing_event>("thing.moved", 1, R"({"x":3})");
  ASSERT_TRUE(first);
  EXPECT_EQ(std::get<moved>(first.value()).x, 3);
  EXPECT_EQ(std::get<moved>(first.value()).unit, "unknown");
  const auto second = decode<thing_event>("thing.moved", 2, R"({"x":3,"y":4})");
  ASSERT_TRUE(second);
  EXPECT_EQ(std::get<moved>(second.value()).y, 4);
  const auto third = decode<thing_event>("thing.moved", 3, R"({"x":3,"y":4,"unit":"m"})");
  ASSERT_TRUE(third);
  EXPECT_EQ(std::get<moved>(third.value()).unit, "m");
}

TEST(Upcasting, SaysWhenAnEventIsFromTheFuture) {
  EXPECT_EQ(decode<thing_event>("thing.moved", 4, R"({})").error().code, errc::from_the_future);
  EXPECT_EQ(decode<thing_event>("thing.moved", 0, R"({})").error().code, errc::from_the_future);
  EXPECT_EQ(decode<thing_event>("thing.sold", 1, R"({})").error().code, errc::from_the_future);
}

TEST(Described, RefusesWhatIsNotItsShape) {
  for (const char* wrong : {"", "[]", "null", "{", R"({"x":1})", R"({"x":"1","y":2,"unit":"m"})",
                            R"({"x":99999999999,"y":2,"unit":"m"})", R"({"x":1,"y":2,"unit":null})"})
    EXPECT_EQ(decode<thing_event>("thing.moved", 3, wrong).error().code, errc::corrupt) << wrong;
}

TEST(Described, HidesSecretsAndKeepsTheShape) {
  const session_opened e{session_id{}, {"the hash"}, {1'700'000'000'000}};
  const std::string stored = to_json(e, secrets::stored), shown = to_json(e, secrets::hidden);
  EXPECT_NE(stored.find("the hash"), std::string::npos);
  EXPECT_EQ(
      shown,
      R"({"session_id":"00000000-0000-0000-0000-000000000000","token_hash":null,"expires_at":"2023-11-14T22:13:20.000Z"})");
}

TEST(Catalog, HidesTheWordsOfDeletedMessages) {
  message_posted e;
  e.body.value = "secret \"words\"";
  e.author_name.value = "Ada";
  const std::string shown = public_json(any_event{room_event{e}}, words::hidden);
  EXPECT_EQ(shown.find("words"), std::string::npos);
  EXPECT_NE(shown.find(R"("body":null)"), std::string::npos);
  EXPECT_NE(shown.find(R"("author_name":"Ada")"), std::string::npos);
}

TEST(Catalog, NamesEachTypeOnceInItsStreamsAndMarksItsSecrets) {
  std::vector<std::pair<stream_kind, std::string_view>> names;
  for (const auto& t : all_types()) {
    const std::pair name{t.stream, t.type.name};
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 0) << t.type.name;
    names.push_back(name);
    const bool says_all_by_its_name = t.type.name == user_promoted::type.name || t.type.name == user_demoted::type.name;
    EXPECT_EQ(t.fields.empty(), says_all_by_its_name) << t.type.name;
    for (const auto& field : t.fields)
      if (field.name.find("hash") != std::string_view::npos || field.name.find("code") != std::string_view::npos) {
        EXPECT_TRUE(field.is_secret) << t.type.name << "." << field.name;
      }
  }
  EXPECT_TRUE(has_secrets('r', "room.created"));
  EXPECT_FALSE(has_secrets('r', "message.posted"));
  EXPECT_TRUE(has_secrets('r', "no.such_type"));
  EXPECT_TRUE(has_secrets('i', "room.created")) << "not a type of an inbox";
  EXPECT_EQ(audience_of('u', "user.registered"), audience::nobody);
}

TEST(Catalog, KnowsATypeByItsStreamAndItsName) {
  EXPECT_EQ(audience_of('r', "member.joined"), audience::members);
  EXPECT_EQ(audience_of('i', "member.joined"), audience::self);
  EXPECT_EQ(audience_of('u', "member.joined"), audience::nobody);
  const std::string payload = R"({"room_id":"0190b1f0-7c3a-7abc-8def-0123456789ac"})";
  EXPECT_TRUE(decode_any('i', "member.left", 1, payload));
  EXPECT_EQ(decode_any('r', "member.left", 1, payload).error().code, errc::corrupt) << "whose leaving is it?";
}

TEST(Inbox, TellsTheRoomFirst) { // publications look for it there
  for (const auto& t : all_types())
    if (t.stream == stream_kind::inbox) {
      EXPECT_EQ(t.fields.front().name, "room_id") << t.type.name;
    }
}

TEST(Inbox, IsNamedByItsUser) {
  const auto ada = *user_id::parse("0190b1f0-7c3a-7abc-8def-0123456789ab");
  EXPECT_EQ(name_of(inbox_of(ada)), "inbox:0190b1f0-7c3a-7abc-8def-0123456789ab");
  EXPECT_NE(inbox_of(ada), stream_of(ada));
}

} // namespace
} // namespace palabre::events

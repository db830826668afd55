// What of an event is sealed, and that it comes back as it was.

#include "golden_events.hpp"

#include "events/catalog.hpp"
#include "events/sealing.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace palabre::events {
namespace {

using testing::golden_event;
using testing::golden_events;

divided_payload divide_any(const any_event& event) {
  return std::visit([](const auto& family) { return divide(family); }, event);
}

message_posted a_message() {
  message_posted e;
  e.body.value = R"(He said "sealed":"x"} \ and {[left)";
  e.metadata.value.text = R"({"client_id":"\"}","a":[1,{"b":"]"}]})";
  e.author_name.value = "Ada";
  e.client_id = R"(q"}{)";
  return e;
}

// An event with a struct that is part open, and an older shape of it.
struct address {
  personal<std::string> street;
  std::string country;
};
BOOST_DESCRIBE_STRUCT(address, (), (street, country))
struct person_moved_v1 {
  static constexpr event_type type{"person.moved", 1, audience::members};
  personal<std::string> to;
};
BOOST_DESCRIBE_STRUCT(person_moved_v1, (), (to))
struct person_moved {
  static constexpr event_type type{"person.moved", 2, audience::members};
  using previous = person_moved_v1;
  static person_moved upcast(person_moved_v1 old) { return {7, {std::move(old.to), "unknown"}, {std::nullopt}}; }
  int van = 0;
  address to;
  personal<std::optional<std::string>> why;
};
BOOST_DESCRIBE_STRUCT(person_moved, (), (van, to, why))

TEST(Sealing, EveryEventComesBackByteByByte) {
  for (const golden_event& e : golden_events()) {
    const auto event = decode_any(e.kind, e.type, e.schema, e.payload);
    ASSERT_TRUE(event) << e.type;
    const divided_payload parts = divide_any(event.value());
    if (parts.personal.empty()) continue;
    const auto whole = make_whole_any(e.kind, e.type, e.schema, with_seal(parts.open, "AbC-_9"), parts.personal);
    ASSERT_TRUE(whole) << e.type << ": " << whole.error().context;
    EXPECT_EQ(whole.value(), e.payload);
  }
}

TEST(Sealing, NothingPersonalStandsOpen) {
  for (const golden_event& e : golden_events()) {
    const auto& types = all_types();
    const auto known = std::find_if(types.begin(), types.end(), [&](const auto& t) {
      return static_cast<char>(t.stream) == e.kind && t.type.name == e.type;
    });
    const divided_payload parts = divide_any(decode_any(e.kind, e.type, e.schema, e.payload).value());
    bool any = false;
    for (const auto& field : known->fields) any = any || field.is_personal;
    EXPECT_EQ(any, !parts.personal.empty()) << e.type;
    for (const char* word : {"Hello", "Ada", "ada", "naïve", "Nîmes", "example.org", "\"a\":[1", "deep"})
      EXPECT_EQ(parts.open.find(word), std::string::npos) << e.type << " leaves " << word << " open";
  }
}

TEST(Sealing, WhatIsErasedIsNullAndSaysSo) {
  const divided_payload parts = divide_one(a_message());
  const auto whole = make_whole<message_posted>(with_seal(parts.open, "x"), std::nullopt);
  ASSERT_TRUE(whole) << whole.error().context;
  const auto erased = decode_as<message_posted>(message_posted::type.schema, whole.value());
  ASSERT_TRUE(erased) << erased.error().context;
  EXPECT_TRUE(erased.value().body.erased);
  EXPECT_EQ(erased.value().body.value, "");
  EXPECT_TRUE(erased.value().author_name.erased);
  EXPECT_EQ(erased.value().metadata.value.text, "null");
  EXPECT_EQ(erased.value().client_id, a_message().client_id);
  EXPECT_EQ(to_json(erased.value(), secrets::stored), whole.value()) << "it is written as it was read";
  EXPECT_NE(public_json(any_event{room_event{erased.value()}}, words::hidden).find(R"("body":null)"),
            std::string::npos);
}

TEST(Sealing, AStructIsDividedByItsFields) {
  const person_moved e{3, {{"Rue de l'Aspic"}, "FR"}, {"the sun"}};
  const divided_payload parts = divide_one(e);
  EXPECT_EQ(parts.open, R"({"van":3,"to":{"country":"FR"}})");
  EXPECT_EQ(parts.personal, R"({"to":{"street":"Rue de l'Aspic"},"why":"the sun"})");
  const std::string stored = with_seal(parts.open, "abc");
  EXPECT_EQ(stored, R"({"van":3,"to":{"country":"FR"},"sealed":"abc"})");
  EXPECT_EQ(make_whole<person_moved>(stored, parts.personal).value(), to_json(e, secrets::stored));
  EXPECT_EQ(make_whole<person_moved>(stored, std::nullopt).value(),
            R"({"van":3,"to":{"street":null,"country":"FR"},"why":null})");
}

TEST(Sealing, AnOlderShapeIsOpenedAndThenTakenUp) {
  const divided_payload parts = divide_one(person_moved_v1{{"Nîmes"}});
  EXPECT_EQ(parts.open, "{}");
  const std::string stored = with_seal(parts.open, "abc");
  EXPECT_EQ(stored, R"({"sealed":"abc"})");
  const auto whole = make_whole_as<person_moved>(1, stored, parts.personal);
  ASSERT_TRUE(whole) << whole.error().context;
  const auto event = decode<std::variant<person_moved>>("person.moved", 1, whole.value());
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<person_moved>(event.value()).to.street.value, "Nîmes");
  EXPECT_EQ(std::get<person_moved>(event.value()).van, 7);
  EXPECT_EQ(make_whole_as<person_moved>(3, stored, parts.personal).error().code, errc::from_the_future);
}

TEST(Sealing, WhereThereAreNoWordsNothingIsSealed) {
  EXPECT_EQ(divide_one(presence_changed{}).personal, "");
  EXPECT_EQ(divide_one(reaction_added{}).personal, "");
  EXPECT_NE(divide_one(profile_changed{{{"Ada"}, {}, {}, {}, {}}}).personal, "");
}

TEST(Sealing, TheSealIsTheLastFieldAndNothingElse) {
  const struct {
    std::string payload, seal;
  } table[] = {
      {R"({"sealed":"abc"})", "abc"},
      {R"({"a":"\"sealed\":\"x","sealed":"abc"})", "abc"},
      {R"({"a":"\"sealed\":\"x\""})", ""},
      {R"({"sealed":"abc","a":1})", ""},
      {R"({"sealed":"abc","a":"b"})", ""},
      {R"({"a":1})", ""},
      {"", ""},
  };
  for (const auto& row : table) EXPECT_EQ(seal_in(row.payload), row.seal) << row.payload;
}

TEST(Sealing, WhatIsNotItsShapeIsCorrupt) {
  const divided_payload parts = divide_one(a_message());
  const std::string stored = with_seal(parts.open, "abc");
  for (std::size_t size = 0; size + 1 < parts.open.size(); ++size)
    EXPECT_EQ(make_whole<message_posted>(stored.substr(0, size), parts.personal).error().code, errc::corrupt) << size;
  for (std::size_t size = 0; size + 1 < parts.personal.size(); ++size)
    EXPECT_EQ(make_whole<message_posted>(stored, parts.personal.substr(0, size)).error().code, errc::corrupt) << size;
  EXPECT_EQ(make_whole<message_posted>(R"({"message":1})", parts.personal).error().code, errc::corrupt);
  EXPECT_EQ(make_whole<message_posted>("[]", std::nullopt).error().code, errc::corrupt);
  EXPECT_EQ(make_whole<message_posted>("{}", parts.personal).error().context, "message.posted: no field message_id");
}

TEST(Sealing, MarksAreFoundInNestedFields) {
  EXPECT_TRUE(has_personal<address>);
  EXPECT_TRUE(has_open<address>);
  EXPECT_FALSE(has_open<user_profile>);
  EXPECT_FALSE(has_personal<room_settings>);
  EXPECT_TRUE(has_secret<user_registered>);
  EXPECT_TRUE(has_secret<std::vector<session_opened>>);
  EXPECT_FALSE(has_secret<message_posted>);
}

} // namespace
} // namespace palabre::events

#include "events/room.hpp"
#include "http/schema.hpp"

#include <gtest/gtest.h>

namespace palabre::http {
namespace {

struct note {
  text<1, 5, "note_code_points"> body;
  std::optional<message_id> reply_to;
  std::optional<key_text> client_id;
  std::optional<metadata_json> metadata;
};
BOOST_DESCRIBE_STRUCT(note, (), (body, reply_to, client_id, metadata))

struct settings {
  patched<line<1, 4>> topic;
  std::optional<events::visibility> visibility;
  std::optional<events::room_kind> kind;
  std::optional<bool> loud;
  std::optional<whole<1, 10>> size;
  std::optional<std::uint64_t> seq;
  std::optional<list<user_id, 2, "ids_per_request">> users;
  std::optional<timestamp> until;
  std::optional<email_text> email;
  std::optional<url_text> url;
  std::optional<secret_text<8, 16>> password;
};
BOOST_DESCRIBE_STRUCT(settings, (), (topic, visibility, kind, loud, size, seq, users, until, email, url, password))

struct envelope {
  note inner;
  list<note, 3> more;
};
BOOST_DESCRIBE_STRUCT(envelope, (), (inner, more))

template <class T>
T accepted(std::string_view json) {
  auto parsed = parse_body<T>(json);
  if (std::holds_alternative<T>(parsed)) return std::get<T>(std::move(parsed));
  const problem& p = std::get<problem>(parsed);
  ADD_FAILURE() << json << " was refused: " << p.code << ", " << p.detail
                << (p.errors.empty() ? "" : ", " + p.errors.front().pointer + " " + p.errors.front().code);
  return {};
}

/// "422 validation_failed /body:required /x:too_short"
template <class T>
std::string refusal(std::string_view json) {
  const auto parsed = parse_body<T>(json);
  if (std::holds_alternative<T>(parsed)) return "accepted";
  const problem& p = std::get<problem>(parsed);
  std::string said = std::to_string(p.status) + " " + p.code;
  for (const field_problem& e : p.errors) said += " " + e.pointer + ":" + e.code;
  return said;
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}
std::string nested_object(std::size_t depth) {
  std::string json;
  for (std::size_t i = 1; i < depth; ++i) json += "{\"a\":";
  return json + "{}" + std::string(depth - 1, '}');
}

TEST(Schema, ReadsABodyWithAllItsFields) {
  const auto body = accepted<note>(
      R"({"body":"hé\n","reply_to":"0190b1f0-7c3a-7000-8000-000000000001","client_id":"c-1","metadata":{"a":[1,-2,1.5,null,true,"x"]},"unknown":1})");
  EXPECT_EQ(body.body.value, "hé\n");
  EXPECT_EQ(to_text(*body.reply_to), "0190b1f0-7c3a-7000-8000-000000000001");
  EXPECT_EQ(body.client_id->value, "c-1");
  EXPECT_EQ(body.metadata->value.text, R"({"a":[1,-2,1.5,null,true,"x"]})");
}

TEST(Schema, NullIsAbsentForAnOptionalField) {
  const auto body = accepted<note>(R"({"body":"x","reply_to":null,"metadata":null})");
  EXPECT_FALSE(body.reply_to);
  EXPECT_FALSE(body.metadata);
}

TEST(Schema, APatchTellsAbsentFromNullFromAValue) {
  EXPECT_FALSE(accepted<settings>("{}").topic.present);
  const auto emptied = accepted<settings>(R"({"topic":null})");
  EXPECT_TRUE(emptied.topic.present);
  EXPECT_FALSE(emptied.topic.value);
  EXPECT_EQ(accepted<settings>(R"({"topic":"news"})").topic.value->value, "news");
}

TEST(Schema, TextIsNormalisedAndCountedInCodePoints) {
  EXPECT_EQ(accepted<note>("{\"body\":\"e\xCC\x81\"}").body.value, "é");
  EXPECT_EQ(accepted<note>(R"({"body":"😀😀😀😀😀"})").body.value, "😀😀😀😀😀");
  EXPECT_EQ(accepted<note>(R"({"body":"\ud83d\ude00"})").body.value, "😀");
}

TEST(Schema, RefusesWhatIsNotJson) {
  for (const char* body :
       {"", " ", "{", "{\"body\":}", "{\"body\":\"x\"", "{'body':'x'}", "{\"body\":\"x\",}", "nul", "{\"body\":01}",
        "{\"body\":\"x\"} {}", "{\"body\":\"a\nb\"}", "{\"a\":1e999}", "{body:1}", "\xEF\xBB\xBF"})
    EXPECT_EQ(refusal<note>(body), "400 malformed_json") << body;
}

TEST(Schema, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(refusal<note>("{\"body\":\"\xFF\"}"), "400 malformed_json");
  EXPECT_EQ(refusal<note>("{\"body\":\"\xC0\xAF\"}"), "400 malformed_json");
  EXPECT_EQ(refusal<note>("{\"body\":\"\xED\xA0\x80\"}"), "400 malformed_json");
}

TEST(Schema, RefusesHalfASurrogatePair) {
  for (const char* half : {R"(\ud800)", R"(\udc00)", R"(\ud800x)", R"(\ud800\ud800)", R"(\udfff\ud800)"}) {
    EXPECT_EQ(refusal<note>(R"({"body":")" + std::string(half) + "\"}"), "400 malformed_json") << half;
    EXPECT_EQ(refusal<note>(R"({"body":"x","metadata":{"a":")" + std::string(half) + "\"}}"), "400 malformed_json")
        << half;
    EXPECT_EQ(refusal<note>(R"({"body":"x","metadata":{")" + std::string(half) + "\":1}}"), "400 malformed_json")
        << half;
  }
}

TEST(Schema, RefusesABodyThatIsNoObject) {
  for (const char* body : {"[]", "1", "\"x\"", "null", "true"})
    EXPECT_EQ(refusal<note>(body), "422 validation_failed :wrong_type") << body;
}

TEST(Schema, RefusesDeepNestingByTheNameOfTheBound) {
  for (const std::size_t depth : {40u, 1'000u, 10'000u, 100'000u}) {
    const auto parsed = parse_body<note>(R"({"body":"x","unknown":)" + nested(depth) + "}");
    ASSERT_TRUE(std::holds_alternative<problem>(parsed)) << depth;
    EXPECT_EQ(std::get<problem>(parsed).status, 400);
    EXPECT_EQ(std::get<problem>(parsed).detail.substr(0, 11), "json_depth:");
  }
  EXPECT_EQ(refusal<note>(nested(10'000)), "400 malformed_json");
  EXPECT_EQ(refusal<note>(std::string(200'000, '[')), "400 malformed_json");
}

TEST(Schema, BoundsTheDepthOfMetadata) {
  EXPECT_EQ(accepted<note>(R"({"body":"x","metadata":)" + nested_object(32) + "}").metadata->value.text,
            nested_object(32));
  EXPECT_EQ(refusal<note>(R"({"body":"x","metadata":)" + nested_object(33) + "}"),
            "422 limit_exceeded /metadata:limit_exceeded");
  EXPECT_EQ(refusal<note>(R"({"body":"x","metadata":)" + nested_object(500) + "}"),
            "422 limit_exceeded /metadata:limit_exceeded");
}

TEST(Schema, BoundsTheBytesOfMetadata) {
  const std::string fits(4'096 - 8, 'x'), over(4'096 - 7, 'x');
  EXPECT_EQ(refusal<note>(R"({"body":"x", "metadata": { "a" : ")" + fits + "\" } }"), "accepted");
  EXPECT_EQ(refusal<note>(R"({"body":"x","metadata":{"a":")" + over + "\"}}"),
            "422 limit_exceeded /metadata:limit_exceeded");
}

TEST(Schema, MetadataIsAnObject) {
  for (const char* other : {"[]", "1", "\"x\"", "true"})
    EXPECT_EQ(refusal<note>(R"({"body":"x","metadata":)" + std::string(other) + "}"),
              "422 validation_failed /metadata:wrong_type");
}

TEST(Schema, MetadataKeepsNumbersAsTheyAre) {
  const std::string numbers =
      R"({"a":9223372036854775807,"b":-9223372036854775808,"c":18446744073709551615,"d":0.1,"e":1e+300})";
  EXPECT_EQ(accepted<note>(R"({"body":"x","metadata":)" + numbers + "}").metadata->value.text, numbers);
}

TEST(Schema, NamesTheBoundThatIsExceeded) {
  const auto parsed = parse_body<note>(R"({"body":"abcdef"})");
  const problem& p = std::get<problem>(parsed);
  EXPECT_EQ(p.code, "limit_exceeded");
  ASSERT_EQ(p.errors.size(), 1u);
  EXPECT_EQ(p.errors[0].pointer, "/body");
  EXPECT_EQ(p.errors[0].code, "limit_exceeded");
  EXPECT_EQ(p.errors[0].detail, "note_code_points: at most 5");
}

TEST(Schema, ABoundBesideAnotherProblemIsAFailedValidation) {
  EXPECT_EQ(refusal<note>(R"({"body":"abcdef","reply_to":"x"})"),
            "422 validation_failed /body:limit_exceeded /reply_to:not_an_id");
}

TEST(Schema, TellsEverythingThatIsWrongAtOnce) {
  EXPECT_EQ(refusal<note>(R"({"reply_to":5,"client_id":"a b","metadata":[]})"),
            "422 validation_failed /body:required /reply_to:wrong_type /client_id:not_allowed /metadata:wrong_type");
}

TEST(Schema, PointsIntoNestedFields) {
  EXPECT_EQ(refusal<envelope>(R"({"inner":{"body":1},"more":[{"body":"x"},{}]})"),
            "422 validation_failed /inner/body:wrong_type /more/1/body:required");
  EXPECT_EQ(refusal<envelope>(R"({"inner":[],"more":{}})"), "422 validation_failed /inner:wrong_type /more:wrong_type");
}

TEST(Schema, RefusesEachBadValueByItsPlace) {
  const std::pair<const char*, const char*> table[] = {
      {R"({"topic":""})", "422 validation_failed /topic:too_short"},
      {R"({"topic":"   "})", "422 validation_failed /topic:too_short"},
      {R"({"topic":"abcde"})", "422 limit_exceeded /topic:limit_exceeded"},
      {R"({"topic":"a\nb"})", "422 validation_failed /topic:not_allowed"},
      {R"({"topic":"a\u0000"})", "422 validation_failed /topic:not_allowed"},
      {R"({"topic":"\u001b["})", "422 validation_failed /topic:not_allowed"},
      {R"({"topic":7})", "422 validation_failed /topic:wrong_type"},
      {R"({"visibility":"secret"})", "422 validation_failed /visibility:not_allowed"},
      {R"({"visibility":true})", "422 validation_failed /visibility:wrong_type"},
      {R"({"kind":"Salon"})", "422 validation_failed /kind:not_allowed"},
      {R"({"loud":"true"})", "422 validation_failed /loud:wrong_type"},
      {R"({"loud":1})", "422 validation_failed /loud:wrong_type"},
      {R"({"size":0})", "422 validation_failed /size:out_of_range"},
      {R"({"size":11})", "422 validation_failed /size:out_of_range"},
      {R"({"size":1.5})", "422 validation_failed /size:wrong_type"},
      {R"({"size":"3"})", "422 validation_failed /size:wrong_type"},
      {R"({"size":18446744073709551615})", "422 validation_failed /size:out_of_range"},
      {R"({"seq":-1})", "422 validation_failed /seq:out_of_range"},
      {R"({"seq":1.5})", "422 validation_failed /seq:wrong_type"},
      {R"({"users":["x"]})", "422 validation_failed /users/0:not_an_id"},
      {R"({"until":"tomorrow"})", "422 validation_failed /until:not_a_time"},
      {R"({"email":"ada"})", "422 validation_failed /email:not_an_email"},
      {R"({"email":"a b@c"})", "422 validation_failed /email:not_an_email"},
      {R"({"email":"@c"})", "422 validation_failed /email:not_an_email"},
      {R"({"url":"javascript:x"})", "422 validation_failed /url:not_a_url"},
      {R"({"url":"https://"})", "422 validation_failed /url:not_a_url"},
      {R"({"url":"https://a/<x>"})", "422 validation_failed /url:not_a_url"},
      {R"({"password":"short"})", "422 validation_failed /password:too_short"},
      {R"({"password":"far too long a word"})", "422 limit_exceeded /password:limit_exceeded"},
  };
  for (const auto& [body, said] : table) EXPECT_EQ(refusal<settings>(body), said) << body;
}

TEST(Schema, TakesEachGoodValue) {
  const auto body = accepted<settings>(
      R"({"visibility":"public","kind":"session","loud":false,"size":10,"seq":18446744073709551615,)"
      R"("users":["0190b1f0-7c3a-7000-8000-000000000001","0190b1f0-7c3a-7000-8000-000000000002"],)"
      R"("until":"2026-11-21T01:00:00Z","email":"ada@example.org","url":"https://example.org/a.png?x=1","password":"pässwörd"})");
  EXPECT_EQ(body.visibility, events::visibility::open);
  EXPECT_EQ(body.kind, events::room_kind::session);
  EXPECT_EQ(body.loud, false);
  EXPECT_EQ(body.size->value, 10);
  EXPECT_EQ(body.seq, UINT64_MAX);
  EXPECT_EQ(body.users->value.size(), 2u);
  EXPECT_EQ(to_rfc3339(*body.until), "2026-11-21T01:00:00.000Z");
  EXPECT_EQ(body.email->value, "ada@example.org");
  EXPECT_EQ(body.password->value, "pässwörd");
}

TEST(Schema, BoundsLists) {
  const std::string id = R"("0190b1f0-7c3a-7000-8000-000000000001")";
  EXPECT_EQ(refusal<settings>("{\"users\":[" + id + "," + id + "," + id + "]}"),
            "422 limit_exceeded /users:limit_exceeded");
}

TEST(Schema, OfAFieldThatComesTwiceTheFirstCounts) {
  EXPECT_EQ(accepted<note>(R"({"body":"a","body":"b"})").body.value, "a");
}

TEST(Schema, EmojiAreExactlyOne) {
  emoji_text heart;
  simdjson::dom::parser parser;
  body_checks checks;
  heart.read(parser.parse(std::string_view("\"❤\"")), checks);
  EXPECT_EQ(heart.value, "❤️");
  EXPECT_TRUE(checks.problems().empty());
  for (const std::string_view not_one : {"\"\"", "\"a\"", "\"😀😀\"", "\"1\""}) heart.read(parser.parse(not_one), checks);
  EXPECT_EQ(checks.problems().size(), 4u);
}

TEST(Schema, CanonicalBytesAreEqualExactlyWhenTheFieldsAre) {
  const auto a = canonical(accepted<note>(R"({"body":"x","metadata":{"a":1}})"));
  EXPECT_EQ(a, canonical(accepted<note>(
                   R"({ "room_id": "r", "metadata": { "a": 1 }, "reply_to": null, "body": "\u0078" })")));
  EXPECT_NE(a, canonical(accepted<note>(R"({"body":"y","metadata":{"a":1}})")));
  EXPECT_NE(a, canonical(accepted<note>(R"({"body":"x"})")));
  EXPECT_NE(canonical(accepted<note>(R"({"body":"x","client_id":"y"})")),
            canonical(accepted<note>(R"({"body":"xy"})")));
  EXPECT_NE(canonical(accepted<settings>(R"({"topic":null})")), canonical(accepted<settings>("{}")));
}

} // namespace
} // namespace palabre::http

#include "events/catalog.hpp"
#include "given.hpp"

namespace palabre::events {
namespace {

using namespace testing;

TEST(Streams, AreFoundByTheirNames) {
  const std::string key(32, 'k');
  for (const stream_id& stream : {stream_of(ada), stream_of(garden), inbox_of(ada), login_stream(key, "ada"),
                                  share_code_stream(key, "ABC"), direct_pair_stream(ada, bob)})
    EXPECT_EQ(parse_stream(name_of(stream)), stream) << name_of(stream);
  const std::string id = to_text(ada);
  for (const std::string& wrong : {std::string(), std::string(":"), std::string("user"), std::string("user:"), id,
                                   ":" + id, "cellar:" + id, "user:" + id + "0", "User:" + id, "user :" + id})
    EXPECT_EQ(parse_stream(wrong), std::nullopt) << wrong;
}

TEST(Streams, OfAPairAreTheSameFromBothSides) {
  EXPECT_EQ(direct_pair_stream(person(1), person(2)), direct_pair_stream(person(2), person(1)));
  EXPECT_NE(direct_pair_stream(person(1), person(2)), direct_pair_stream(person(1), person(3)));
}

TEST(Event, IsBlankWithoutAWordOfAnyone) {
  message_posted said;
  EXPECT_TRUE(is_blank(any_event{room_event{said}}));
  said.body.value = "hello";
  EXPECT_FALSE(is_blank(any_event{room_event{said}}));
  user_registered registered;
  EXPECT_TRUE(is_blank(any_event{user_event{registered}}));
  registered.password_hash.value = "a secret is nobody's word";
  EXPECT_TRUE(is_blank(any_event{user_event{registered}}));
  registered.profile.city.value = "Paris";
  EXPECT_FALSE(is_blank(any_event{user_event{registered}}));
  EXPECT_TRUE(is_blank(any_event{user_event{user_promoted{}}})) << "it has no place for any";
}

} // namespace
} // namespace palabre::events

// Who is told of people who have no connection: ada is in the salon without one.

#include "presence_desk_fixture.hpp"

namespace palabre::http {
namespace {

class PresenceOfTheAbsent : public presence_desk_fixture {
protected:
  PresenceOfTheAbsent() { joins(salon, ada); }

  /// Someone in the salon, with all said that is to be said of them.
  user_id there() {
    const user_id user = connected(salon);
    settle();
    told.clear();
    return user;
  }
  static events::presence_changed sets_by_hand(std::string_view text) {
    events::presence_changed e;
    e.status = busy;
    e.text.value = std::string(text);
    return e;
  }

  const room_id salon = room();
  const user_id ada = someone();
};

TEST_F(PresenceOfTheAbsent, IsToldToWhoSharesARoom) {
  const user_id bob = there();
  set(ada, events::set_presence{busy, "on the train", {}, offline, presence.lease().boot});
  settle();
  EXPECT_EQ(heard(bob, ada), words{"offline"});
  EXPECT_NE(told.at(0).second->find("on the train"), std::string::npos);
}

TEST_F(PresenceOfTheAbsent, IsToldWhileTheLogGoesOn) {
  const user_id bob = there();
  appears(ada, sets_by_hand("on the train"));
  catch_up();
  happened(salon, someone(), joined(someone())); // the views are behind, as they always are
  presence.tick();
  EXPECT_EQ(heard(bob, ada), words{"busy"});
}

TEST_F(PresenceOfTheAbsent, IsToldOnceAsItWasLast) {
  const user_id bob = there();
  appears(ada, sets_by_hand("on the train"));
  catch_up();
  appears(ada, sets_by_hand("at the station")); // the views do not know yet
  presence.tick();
  EXPECT_EQ(heard(bob, ada), words{});
  catch_up();
  presence.tick();
  presence.tick();
  ASSERT_EQ(heard(bob, ada), words{"busy"});
  EXPECT_NE(told.at(0).second->find("at the station"), std::string::npos);
}

TEST_F(PresenceOfTheAbsent, IsToldToWhoeverComesBeforeTheViewsKnow) {
  const user_id bob = someone();
  joins(salon, bob);
  appears(ada, sets_by_hand("on the train"));
  presence.tick(); // nobody is there, and the views do not know yet
  presence.arrive(bob);
  settle();
  EXPECT_EQ(heard(bob, ada), words{"busy"});
}

TEST_F(PresenceOfTheAbsent, IsNotToldToWhoCameOnceTheyHadLeft) {
  const user_id bob = connected(room()), eve = there();
  appears(ada, sets_by_hand("on the train"));
  catch_up();
  events::member_left left;
  left.user = ada;
  happened(salon, ada, left); // the views do not know this yet
  happened(salon, bob, joined(bob));
  presence.tick();
  EXPECT_EQ(heard(bob, ada), words{});
  settle();
  EXPECT_EQ(heard(bob, ada), words{});
  EXPECT_EQ(heard(eve, ada), words{}) << "who is not in a room with her any more reads it where she is to be seen";
}

TEST_F(PresenceOfTheAbsent, IsNotToldToWhoHasJustLeft) {
  const user_id bob = there(), eve = there();
  appears(ada, sets_by_hand("on the train"));
  presence.tick(); // the views do not know yet
  events::member_left left;
  left.user = bob;
  happened(salon, bob, left);
  catch_up();
  presence.tick();
  EXPECT_EQ(heard(eve, ada), words{"busy"});
  EXPECT_EQ(heard(bob, ada), words{});
}

} // namespace
} // namespace palabre::http

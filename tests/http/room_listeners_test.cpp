// What a subscriber hears of a room, by its role and up to the end of its subscription, as bytes on its socket.
#include "edge_fixture.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/endpoint.hpp"
#include "http/realtime/publisher.hpp"
#include "http/realtime/recovery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>

#include <array>

namespace palabre::http::realtime {
namespace {

using boost::asio::ip::tcp;
using ::testing::ElementsAre;

/// A connection, and the other end of its socket.
struct listener {
  std::shared_ptr<connection> near;
  tcp::socket far;
  subscription* mine = nullptr;
};

/// "3" for a publication with that offset, "2000" for an end with that code.
std::string told_by(std::string_view push) {
  for (const std::string_view before : {R"(,"offset":)", R"("unsubscribe":{"code":)"})
    if (const auto at = push.find(before); at != push.npos) {
      const std::string_view number = push.substr(at + before.size());
      return std::string(number.substr(0, number.find_first_not_of("0123456789")));
    }
  return std::string(push);
}

/// A public room of ada's with bob in it.
class RoomListeners : public edge_fixture {
protected:
  RoomListeners() {
    journal_.add_listener([this](const storage::committed_batch_ptr& batch) { frames.publish(batch); });
  }

  /// Has all of the room's events up to `last`; hears those behind that `filter` admits, if there is one.
  listener listen(user_id who, stream_version last, std::string_view filter, wire framing = wire::websocket) {
    tcp::acceptor acceptor(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    tcp::socket far(io);
    far.connect(acceptor.local_endpoint());
    listener made{std::make_shared<connection>(acceptor.accept(), framing, home, shared), std::move(far)};
    made.near->start();
    const access_claims claims{who, session_id{random.next_id(time.now())}, timestamp{time.at.ms + 900'000}};
    EXPECT_TRUE(made.near->accept(identity::of(claims), random.next_id(time.now())));
    made.mine = &made.near->listen(channel_of(room));
    if (!filter.empty()) {
      made.mine->terms = std::make_unique<subscription_terms>();
      made.mine->terms->filter = tag_filter::parse(filter);
    }
    made.mine->note_member(who == ada ? events::role::owner : events::role::member, begun);
    home.open(*made.mine, last);
    return made;
  }
  listener listen(user_id who, std::string_view filter, wire framing = wire::websocket) {
    return listen(who, begun, filter, framing);
  }

  void deliver() {
    io.restart();
    io.poll();
  }
  /// All that it was told. Closes its connection, so that there is an end to what can come.
  static std::vector<std::string> heard(listener& by) {
    by.near->drop();
    std::string bytes;
    std::array<char, 4'096> buffer;
    boost::system::error_code end;
    while (!end) bytes.append(buffer.data(), by.far.read_some(boost::asio::buffer(buffer), end));
    std::vector<std::string> told;
    for (std::string_view rest = bytes; !rest.empty();) told.push_back(told_by(take_message(rest)));
    return told;
  }

  static events::message_deleted deleted(stream_version seq) {
    events::message_deleted event;
    event.message_seq = seq;
    return event;
  }
  static events::member_left left(user_id who) {
    events::member_left event;
    event.user = who;
    return event;
  }

  /// Of somebody who is not here: moderators alone see it.
  events::member_banned banned() {
    events::member_banned event;
    event.user = a_user();
    return event;
  }
  static events::member_role_changed made(user_id who, events::role as) {
    events::member_role_changed event;
    event.user = who;
    event.role = as;
    return event;
  }
  /// Without any bytes.
  static std::shared_ptr<channel_frames> frames_of(room_id in, stream_version first, stream_version last) {
    auto frames = std::make_shared<channel_frames>();
    frames->channel = channel_of(in);
    frames->first = first;
    frames->last = last;
    return frames;
  }
  void drop(std::shared_ptr<channel_frames> what) {
    delivery full;
    full.channels.push_back(std::move(what));
    all.hand_over(without_frames(full));
  }

  static constexpr stream_version begun = 3;
  static constexpr std::string_view only_posted = R"({"key":"t","cmp":"eq","val":"message.posted"})";

  const std::vector<route> no_routes;
  api operations{edge, no_routes};
  hub home{io, edge};
  hubs all{{&home}};
  context shared{edge, operations, all};
  publisher frames{all};
  const user_id ada = a_user(), bob = a_user();
  const room_id room = [this] {
    const room_id made = room_of(ada, events::visibility::open);
    happened(made, bob, joined(bob));
    return made;
  }();
  const events::message_posted posted{};
};

// ---- Farewells

class Farewells : public RoomListeners {};

TEST_F(Farewells, ComeBehindAllThatIsWantedUpToThem) {
  listener hers = listen(ada, only_posted), his = listen(bob, only_posted), all_of_it = listen(bob, "");
  listener one_way = listen(bob, only_posted, wire::uni_websocket);
  listener all_one_way = listen(bob, "", wire::uni_websocket);
  happened(room, ada, posted, deleted(4), posted, left(bob), posted);
  deliver();
  EXPECT_THAT(heard(hers), ElementsAre("4", "6", "8"));
  EXPECT_THAT(heard(his), ElementsAre("4", "6", "2000"));
  EXPECT_THAT(heard(one_way), ElementsAre("4", "6", "2000"));
  EXPECT_THAT(heard(all_of_it), ElementsAre("4", "5", "6", "7", "2000"));
  EXPECT_THAT(heard(all_one_way), ElementsAre("4", "5", "6", "7", "2000"));
}

TEST_F(Farewells, ComeOnceAndRepeatNothing) {
  listener hers = listen(ada, only_posted), his = listen(bob, 5, only_posted), all_of_it = listen(bob, 5, "");
  happened(room, ada, posted, deleted(4), posted, left(bob), posted, events::room_archived{}, posted);
  deliver();
  EXPECT_THAT(heard(hers), ElementsAre("4", "6", "8", "2000"));
  EXPECT_THAT(heard(his), ElementsAre("6", "2000"));
  EXPECT_THAT(heard(all_of_it), ElementsAre("6", "7", "2000"));
}

TEST_F(Farewells, AreNotForWhoHasComeBack) {
  listener his = listen(bob, only_posted);
  his.mine->member_at = 5;
  happened(room, bob, left(bob), joined(bob), posted);
  deliver();
  EXPECT_THAT(heard(his), ElementsAre("6"));
}

/// The last word would be final: who misses something before it has to ask for that, and learns the rest then.
TEST_F(Farewells, WaitWhereEventsWereDropped) {
  listener hers = listen(ada, only_posted), his = listen(bob, only_posted), all_of_it = listen(bob, "");
  listener has_it_all = listen(bob, 6, only_posted);
  auto dropped = frames_of(room, 4, 6);
  dropped->farewells.push_back({6, bob});
  drop(std::move(dropped));
  deliver();
  EXPECT_THAT(heard(hers), ElementsAre("2500"));
  EXPECT_THAT(heard(his), ElementsAre("2500"));
  EXPECT_THAT(heard(all_of_it), ElementsAre("2500"));
  EXPECT_THAT(heard(has_it_all), ElementsAre("2000"));
}

// ---- What moderators alone see

class ModeratorsOfARoom : public RoomListeners {};

TEST_F(ModeratorsOfARoom, HearMoreThanMembersAndAllInItsOrder) {
  listener hers = listen(ada, ""), only_some = listen(ada, only_posted), later = listen(ada, 4, "");
  listener one_way = listen(ada, "", wire::uni_websocket);
  listener his = listen(bob, ""), his_one_way = listen(bob, "", wire::uni_websocket);
  happened(room, ada, posted, banned(), posted, banned());
  deliver();
  EXPECT_THAT(heard(hers), ElementsAre("4", "5", "6", "7"));
  EXPECT_THAT(heard(only_some), ElementsAre("4", "6"));
  EXPECT_THAT(heard(later), ElementsAre("5", "6", "7"));
  EXPECT_THAT(heard(one_way), ElementsAre("4", "5", "6", "7"));
  EXPECT_THAT(heard(his), ElementsAre("4", "6"));
  EXPECT_THAT(heard(his_one_way), ElementsAre("4", "6"));
}

TEST_F(ModeratorsOfARoom, HearItFromWhenToWhenTheyAreThat) {
  listener hers = listen(ada, ""), his = listen(bob, "");
  happened(room, ada, made(bob, events::role::moderator));
  happened(room, ada, banned());
  happened(room, ada, made(bob, events::role::member));
  happened(room, ada, banned(), posted);
  deliver();
  EXPECT_THAT(heard(hers), ElementsAre("4", "5", "6", "7", "8"));
  EXPECT_THAT(heard(his), ElementsAre("4", "5", "6", "8"));
}

TEST_F(ModeratorsOfARoom, AreItsOwnerAndWhoWasThat) {
  listener hers = listen(ada, ""), his = listen(bob, "");
  events::room_owner_changed handed_over;
  handed_over.user = bob;
  handed_over.was = ada;
  happened(room, ada, handed_over);
  happened(room, bob, banned());
  happened(room, bob, made(ada, events::role::member), banned());
  deliver();
  EXPECT_THAT(heard(hers), ElementsAre("4", "5", "6"));
  EXPECT_THAT(heard(his), ElementsAre("4", "5", "6", "7"));
}

TEST_F(ModeratorsOfARoom, HearItUpToTheirFarewell) {
  listener his = listen(bob, "");
  his.mine->note_role(events::role::moderator, begun);
  happened(room, ada, banned(), left(bob), banned());
  deliver();
  EXPECT_THAT(heard(his), ElementsAre("4", "5", "2000"));
}

/// What was looked up when they subscribed may be of before a change that has reached the hub since.
TEST_F(ModeratorsOfARoom, AreThoseOfTheLatestThatIsKnown) {
  listener his = listen(bob, "");
  happened(room, ada, made(bob, events::role::moderator), made(bob, events::role::member));
  deliver();
  his.mine->note_member(events::role::moderator, 4);
  happened(room, ada, banned());
  deliver();
  EXPECT_THAT(heard(his), ElementsAre("4", "5"));
}

/// Between the look-up of a role and the reading of the log.
TEST_F(ModeratorsOfARoom, AreThoseOfTheSeqThatIsReadUpTo) {
  happened(room, ada, made(bob, events::role::moderator), banned(), made(bob, events::role::member));
  const auto role_of = [&](user_id who, events::role as, stream_version at, stream_version top) {
    return role_at(edge.log, room, {who, as, at}, top);
  };
  EXPECT_EQ(role_of(bob, events::role::member, 3, 3).value(), events::role::member);
  EXPECT_EQ(role_of(bob, events::role::member, 3, 5).value(), events::role::moderator);
  EXPECT_EQ(role_of(bob, events::role::moderator, 5, 6).value(), events::role::member);
  EXPECT_EQ(role_of(bob, events::role::moderator, 6, 6).value(), events::role::moderator) << "as it was looked up";
  EXPECT_EQ(role_of(ada, events::role::owner, 3, 6).value(), events::role::owner);
  happened(room, bob, left(bob), joined(bob));
  EXPECT_EQ(role_of(bob, events::role::moderator, 4, 8).error().code, errc::not_a_member);
  for (std::size_t n = 0; n <= limits::recovery_publications_max; ++n) happened(room, ada, posted);
  happened(room, ada, made(bob, events::role::admin));
  const stream_version top = 10 + limits::recovery_publications_max;
  EXPECT_EQ(role_of(bob, events::role::member, 8, top).value(), events::role::admin) << "behind any number of others";
}

TEST_F(ModeratorsOfARoom, AreKnownAlsoWhereEventsWereDropped) {
  listener has_it_all = listen(bob, 4, "");
  auto dropped = frames_of(room, 4, 4);
  dropped->role_changes.push_back({4, bob, events::role::moderator});
  drop(std::move(dropped));
  happened(room, ada, posted, banned());
  deliver();
  EXPECT_THAT(heard(has_it_all), ElementsAre("5"));
}

} // namespace
} // namespace palabre::http::realtime

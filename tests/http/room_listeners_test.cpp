// What a subscriber hears of a room up to the end of its subscription, as bytes on its socket.
#include "edge_fixture.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/endpoint.hpp"
#include "http/realtime/publisher.hpp"

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

class Farewells : public edge_fixture {
protected:
  Farewells() {
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
    made.mine->member_at = begun;
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
  auto dropped = std::make_shared<channel_frames>();
  dropped->channel = channel_of(room);
  dropped->first = 4;
  dropped->last = 6;
  dropped->farewells.push_back({6, bob});
  delivery full;
  full.channels.push_back(std::move(dropped));
  all.hand_over(without_frames(full));
  deliver();
  EXPECT_THAT(heard(hers), ElementsAre("2500"));
  EXPECT_THAT(heard(his), ElementsAre("2500"));
  EXPECT_THAT(heard(all_of_it), ElementsAre("2500"));
  EXPECT_THAT(heard(has_it_all), ElementsAre("2000"));
}

} // namespace
} // namespace palabre::http::realtime

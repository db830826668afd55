// The desk over a log, with time that stands still between ticks: what is appended, and who is told what.

#include "presence_desk_fixture.hpp"

#include "base/limits.hpp"

#include <set>

namespace palabre::http {
namespace {

class PresenceDesk : public presence_desk_fixture {};

TEST_F(PresenceDesk, AppendsTransitionsAndNothingElse) {
  const user_id ada = connected(room());
  settle();
  EXPECT_EQ(row(ada).status, online);
  EXPECT_EQ(row(ada).boot, presence.lease().boot);
  for (int i = 0; i < 100; ++i) {
    presence.act(ada);
    pass(seconds(10));
  }
  EXPECT_EQ(presence_events(), 1u);
  pass(seconds(300));
  EXPECT_EQ(row(ada).status, away);
  presence.act(ada);
  settle();
  EXPECT_EQ(row(ada).status, online);
  presence.depart(ada);
  pass(seconds(9));
  presence.arrive(ada);
  pass(seconds(60));
  EXPECT_EQ(presence_events(), 3u) << "back within the grace";
  presence.depart(ada);
  pass(seconds(10));
  EXPECT_EQ(row(ada).status, offline);
  EXPECT_EQ(presence_events(), 4u);
  pass(seconds(1000));
  EXPECT_EQ(presence_events(), 4u);
}

TEST_F(PresenceDesk, TellsPeopleWhoShareARoom) {
  const room_id salon = room();
  const user_id ada = connected(salon), bob = connected(salon), eve = connected(room());
  settle();
  EXPECT_EQ(heard(bob, ada), words{"online"});
  EXPECT_EQ(heard(ada, bob), words{"online"});
  EXPECT_EQ(heard(ada, ada), words{});
  EXPECT_EQ(heard(eve, ada), words{});
  told.clear();
  presence.depart(ada);
  pass(seconds(10));
  EXPECT_EQ(heard(bob, ada), words{"offline"});
  EXPECT_EQ(told.size(), 1u);
}

TEST_F(PresenceDesk, TellsWhatThePublicationHas) {
  const room_id salon = room();
  const user_id ada = connected(salon), bob = connected(salon);
  settle();
  told.clear();
  const timestamp ends{time.at.ms + 60'000};
  set(ada, events::set_presence{busy, "deep \"work\"", ends, online, presence.lease().boot});
  const std::string at = to_rfc3339(time.at);
  settle();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].first, bob);
  const std::string id = told[0].second->substr(told[0].second->find(R"("id":)") + 6, 36);
  EXPECT_TRUE(parse_uuid(id)) << *told[0].second;
  EXPECT_EQ(*told[0].second, R"({"type":"presence.changed","v":1,"id":")" + id + R"(","actor_id":")" + to_text(ada) +
                                 R"(","at":")" + at + R"(","data":{"user_id":")" + to_text(ada) +
                                 R"(","status":"busy","text":"deep \"work\"","expires_at":")" + to_rfc3339(ends) +
                                 R"(","last_seen_at":")" + at + R"("}})");
}

TEST_F(PresenceDesk, TellsOnlyTheLastStateOfAnInterval) {
  const room_id salon = room();
  const user_id ada = connected(salon), bob = connected(salon);
  settle();
  told.clear();
  for (const auto manual : {busy, away, online, busy, away})
    set(ada, events::set_presence{manual, {}, {}, online, presence.lease().boot});
  settle();
  EXPECT_EQ(heard(bob, ada), words{"away"});
}

TEST_F(PresenceDesk, AStatusSetByHandEndsByItself) {
  const user_id ada = connected(room());
  settle();
  set(ada, events::set_presence{busy, "lunch", timestamp{time.at.ms + 60'000}, online, presence.lease().boot});
  pass(seconds(59));
  EXPECT_EQ(row(ada).status, busy);
  pass(seconds(1));
  EXPECT_EQ(row(ada).status, online);
  EXPECT_FALSE(row(ada).manual || row(ada).text);
}

TEST_F(PresenceDesk, WhatWasSetBeforeTheConnectionCounts) {
  const user_id ada = someone();
  joins(room(), ada);
  set(ada, events::set_presence{busy, {}, timestamp{time.at.ms + 60'000}, offline, presence.lease().boot});
  set(ada, events::configure_presence{seconds(100)});
  EXPECT_EQ(row(ada).status, offline);
  presence.arrive(ada);
  settle();
  EXPECT_EQ(row(ada).status, busy);
  pass(seconds(60));
  EXPECT_EQ(row(ada).status, online) << "expired";
  pass(seconds(40));
  EXPECT_EQ(row(ada).status, away) << "by her own idle time";
}

TEST_F(PresenceDesk, CountsInLargeRooms) {
  const room_id hall = room(), corner = room();
  std::vector<user_id> crowd;
  for (int i = 0; i < 4; ++i) crowd.push_back(connected(hall));
  joins(corner, crowd[0]);
  joins(corner, crowd[1]);
  settle();
  told.clear();
  counted.clear();
  set(crowd[0], events::set_presence{busy, {}, {}, online, presence.lease().boot});
  settle();
  EXPECT_EQ(heard(crowd[1], crowd[0]), words{"busy"}) << "they share a small room as well";
  EXPECT_EQ(told.size(), 1u);
  ASSERT_EQ(counted.size(), 1u) << "once in an interval";
  EXPECT_EQ(counted[0].first, hall);
  EXPECT_EQ(counted[0].second, R"({"type":"presence.counted","v":1,"room_id":")" + to_text(hall) + R"(","at":")" +
                                   counted[0].second.substr(counted[0].second.find(R"("at":")") + 6, 24) +
                                   R"(","data":{"online":3,"away":0,"busy":1}})");
  EXPECT_EQ(presence.gathered_in(hall).counts, (presence_counts{3, 0, 1}));
  EXPECT_FALSE(presence.gathered_in(hall).connected);
  EXPECT_EQ(presence.gathered_in(corner).connected.value().size(), 2u);
}

TEST_F(PresenceDesk, FollowsWhoIsInWhichRoom) {
  const room_id salon = room();
  const user_id ada = connected(salon), bob = connected(salon), eve = connected(room());
  settle();
  joins(salon, eve);
  events::member_left left;
  left.user = bob;
  happened(salon, bob, left);
  catch_up();
  settle();
  told.clear();
  set(ada, events::set_presence{busy, {}, {}, online, presence.lease().boot});
  settle();
  EXPECT_EQ(heard(eve, ada), words{"busy"});
  EXPECT_EQ(heard(bob, ada), words{});
  happened(salon, ada, events::room_archived{});
  catch_up();
  settle();
  told.clear();
  set(ada, events::set_presence{away, {}, {}, online, presence.lease().boot});
  settle();
  EXPECT_TRUE(told.empty());
}

/// Between counting a connection and reading its rooms the log goes on.
TEST_F(PresenceDesk, MissesNothingWhileSomeonesRoomsAreRead) {
  const room_id salon = room(), other = room();
  const user_id ada = connected(salon);
  settle();
  const user_id bob = someone();
  happened(salon, bob, joined(bob)); // the views do not know yet
  presence.tick();                   // and the desk does not care
  presence.arrive(bob);
  presence.tick();
  EXPECT_EQ(presence.gathered_in(salon).connected.value().size(), 1u) << "bob's rooms cannot be read yet";
  happened(other, bob, joined(bob));
  gateway.users.clear(); // bob's own transition comes again later
  presence.tick();
  told.clear();
  catch_up();
  set(ada, events::set_presence{busy, {}, {}, online, presence.lease().boot});
  settle();
  EXPECT_EQ(heard(bob, ada), words{"busy"});
  EXPECT_EQ(presence.gathered_in(other).connected.value(), std::vector{bob});
}

TEST_F(PresenceDesk, TellsWhoseRoomsAreReadLateWhatTheyMissed) {
  const room_id salon = room();
  const user_id ada = connected(salon), bob = connected(salon);
  settle();
  const user_id eve = someone();
  happened(salon, eve, joined(eve)); // the views do not know yet
  presence.tick();                   // and the desk does not care
  presence.arrive(eve);
  // An event that is in the log and not in the views: what ada sets is heard and told before eve can be read.
  events::presence_changed set_by_hand;
  set_by_hand.status = busy;
  set_by_hand.boot = presence.lease().boot;
  appears(ada, set_by_hand);
  told.clear();
  for (int i = 0; i < 6; ++i) presence.tick();
  EXPECT_EQ(heard(bob, ada), words{"busy"});
  EXPECT_EQ(heard(eve, ada), words{});
  settle();
  EXPECT_EQ(heard(eve, ada), words{"busy"});
  EXPECT_EQ(heard(bob, ada), words{"busy"}) << "and nobody twice";
}

TEST_F(PresenceDesk, TriesAgainWhenActorsAreTooBusy) {
  const user_id ada = connected(room());
  presence.tick();
  ASSERT_EQ(gateway.users.size(), 1u);
  gateway.users[0].answer.answer(error{errc::overloaded, "not now"});
  gateway.users.clear();
  presence.tick();
  EXPECT_TRUE(gateway.users.empty());
  pass(seconds(1));
  EXPECT_EQ(row(ada).status, online);
}

TEST_F(PresenceDesk, ForgetsPeopleWhoLeft) {
  const room_id salon = room();
  const user_id ada = connected(salon), bob = connected(salon);
  settle();
  EXPECT_EQ(presence.gathered_in(salon).connected.value().size(), 2u);
  presence.depart(ada);
  pass(seconds(10));
  settle();
  EXPECT_EQ(presence.gathered_in(salon).connected.value(), std::vector{bob});
  presence.arrive(ada);
  settle();
  EXPECT_EQ(presence.gathered_in(salon).connected.value().size(), 2u);
}

TEST_F(PresenceDesk, EndsLeasesOfAnotherBootAfterTheGrace) {
  const room_id salon = room();
  const user_id ada = connected(salon), bob = connected(salon);
  settle();
  const std::size_t before = presence_events();
  presence.stop(); // as if it were killed: nobody departs
  told.clear();

  presence_desk next({gateway, views, log, presences, roster, time, settings}, random);
  EXPECT_EQ(next.lease().effective(row(ada), time.at), online) << "they may be on their way back";
  journal_.add_listener([&](const storage::committed_batch_ptr& batch) { next.hear(*batch); });
  start(next);
  next.arrive(bob);
  const auto settle_next = [&] {
    for (int i = 0; i < 8; ++i) {
      next.tick();
      carry_out();
    }
  };
  settle_next();
  EXPECT_EQ(heard(bob, ada), words{});
  EXPECT_EQ(row(bob).boot, next.lease().boot) << "renewed";
  time.at.ms += 10'000;
  EXPECT_EQ(next.lease().effective(row(ada), time.at), offline);
  EXPECT_EQ(next.lease().effective(row(bob), time.at), online);
  settle_next();
  EXPECT_EQ(heard(bob, ada), words{"offline"});
  EXPECT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].second->find(R"("id":null)"), std::string::npos);
  EXPECT_EQ(presence_events(), before + 1) << "bob's renewal; nothing is appended for ada";
  next.stop();
}

TEST_F(PresenceDesk, ReadsAnewAfterALoss) {
  const room_id salon = room();
  const user_id ada = connected(salon), bob = connected(salon), eve = connected(salon);
  settle();
  events::member_left left;
  left.user = eve;
  happened(salon, eve, left);
  // More than is kept, before the next tick.
  const room_id elsewhere = a_room();
  storage::committed_batch many;
  for (std::size_t i = 0; i <= limits::presence_facts_max; ++i) many.records.push_back(a_joining(elsewhere));
  presence.hear(many);
  catch_up();
  settle();
  told.clear();
  set(ada, events::set_presence{busy, {}, {}, online, presence.lease().boot});
  settle();
  EXPECT_EQ(heard(bob, ada), words{"busy"});
  EXPECT_EQ(heard(eve, ada), words{}) << "that eve left was lost, and read anew";
}

TEST_F(PresenceDesk, SpreadsAStormOverTicks) {
  const std::size_t people = limits::presence_commands_per_tick_max + 50;
  for (std::size_t i = 0; i < people; ++i) presence.arrive(someone());
  presence.tick();
  EXPECT_EQ(gateway.users.size(), limits::presence_commands_per_tick_max);
  settle();
  EXPECT_EQ(presence_events(), people);
}

TEST_F(PresenceDesk, SaysNothingOnceItIsStopped) {
  const user_id ada = connected(room());
  settle();
  presence.stop();
  presence.depart(ada);
  time.at.ms += 60'000;
  io.restart();
  io.run_for(std::chrono::milliseconds(300));
  EXPECT_TRUE(gateway.users.empty());
}

TEST_F(PresenceDesk, TicksByItself) {
  const user_id ada = connected(room());
  io.restart();
  while (gateway.users.empty()) io.run_one();
  EXPECT_EQ(gateway.users.at(0).user, ada);
  carry_out();
  EXPECT_EQ(row(ada).status, online);
}

} // namespace
} // namespace palabre::http

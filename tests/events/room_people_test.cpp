// Roles, and what a room holds against people.

#include "given.hpp"

#include "base/limits.hpp"

namespace palabre::events {
namespace {

using namespace testing;

const user_id max = person(4), mia = person(5); // a moderator and an administrator

/// Ada's room: she owns it, Mia administrates, Max moderates, Bob is a member, Eve is not.
room_story given_a_staffed_room(visibility visible = visibility::open) {
  auto room = given_a_room(visible);
  room.by(max).happened(member_joined{max, role::moderator, join_way::open, {"Max"}});
  room.by(mia).happened(member_joined{mia, role::admin, join_way::open, {"Mia"}});
  return room;
}

timestamp later(std::int64_t seconds) {
  return {noon.ms + 1'000'000 + seconds * 1'000}; // decisions are made at noon + 1'000'000
}

const std::vector<user_id> everybody = {ada, mia, max, bob};

/// Who may do `command_on` to whom: a letter for each pair of who acts and whom it is about, in the order of
/// `everybody`.
template <class Command>
std::string reach_of(Command command_on) {
  std::string reach;
  for (const user_id& actor : everybody)
    for (const user_id& whom : everybody) {
      const auto room = given_a_staffed_room();
      const auto command = room_command(command_on(whom));
      const auto outcome = decide(room.state(), room.facts_for(actor, command), command, {actor, later(0), garden});
      if (!outcome) {
        EXPECT_EQ(outcome.error().code, errc::forbidden);
      }
      reach += outcome ? 'y' : '-';
    }
  return reach;
}

TEST(RoomPeople, AreModeratedFromAboveOnly) {
  const std::string from_above = "-yyy"  // the owner
                                 "--yy"  // an admin
                                 "---y"  // a moderator
                                 "----"; // a member
  EXPECT_EQ(reach_of([](user_id u) { return kick_member{u}; }), from_above);
  EXPECT_EQ(reach_of([](user_id u) { return ban_user{u, std::nullopt, std::nullopt}; }), from_above);
  EXPECT_EQ(reach_of([](user_id u) { return unban_user{u}; }), from_above);
  EXPECT_EQ(reach_of([](user_id u) { return mute_user{u, std::nullopt, std::nullopt}; }), from_above);
  EXPECT_EQ(reach_of([](user_id u) { return unmute_user{u}; }), from_above);
  EXPECT_EQ(reach_of([](user_id u) { return change_role{u, role::member}; }), "-yyy--yy--------");
}

TEST(RoomPeople, AreModeratedByNobodyFromOutside) {
  for (const room_command& command :
       std::vector<room_command>{kick_member{bob}, ban_user{bob, {}, {}}, unban_user{bob}, mute_user{bob, {}, {}},
                                 unmute_user{bob}, change_role{bob, role::admin}, transfer_room{bob}, restore_room{}}) {
    given_a_staffed_room(visibility::open).when(eve, command).then_refused(errc::forbidden);
    given_a_staffed_room(visibility::closed).when(eve, command).then_refused(errc::not_found);
  }
}

TEST(RoomPeople, GetRolesBelowThatOfWhoGivesThem) {
  const auto room = given_a_staffed_room();
  const std::string id = to_text(garden);
  room.when(ada, change_role{bob, role::admin})
      .then({"member.role_changed"})
      .then_told({{bob, "member.role_changed", R"({"room_id":")" + id + R"(","role":"admin"})"}});
  room.when(ada, change_role{bob, role::owner}).then_refused(errc::forbidden);
  room.when(mia, change_role{bob, role::moderator}).then({"member.role_changed"});
  room.when(mia, change_role{bob, role::admin}).then_refused(errc::forbidden);
  room.when(ada, change_role{bob, role::member}).then_nothing();
  room.when(ada, change_role{eve, role::admin}).then_refused(errc::not_a_member);
}

TEST(RoomPeople, TakeOverARoom) {
  auto room = given_a_staffed_room();
  room.when(mia, transfer_room{bob}).then_refused(errc::forbidden);
  room.when(ada, transfer_room{eve}).then_refused(errc::not_a_member);
  room.when(ada, transfer_room{ada}).then_nothing();
  room.when(ada, transfer_room{bob}).then({"room.owner_changed"});
  room.by(ada).happened(room_owner_changed{bob, ada});
  EXPECT_EQ(room.state().owner, bob);
  room.when(ada, archive_room{}).then_refused(errc::forbidden);
  room.when(bob, leave_room{}).then_refused(errc::owner_must_transfer);
  room.when(ada, leave_room{}).then({"member.left"});
  room.when(ada, kick_member{mia}).then_refused(errc::forbidden); // both are admins now
}

/// A room of one's own is no way to reach people who never came near it.
TEST(RoomPeople, AreToldNothingByARoomTheyAreNotIn) {
  for (const room_command& command : std::vector<room_command>{ban_user{eve, {}, "x"}, mute_user{eve, {}, "x"}})
    for (const visibility v : {visibility::open, visibility::closed})
      given_a_staffed_room(v).when(ada, command).then_told({});
  auto held = given_a_staffed_room(visibility::closed);
  held.by(ada).happened(member_banned{eve, std::nullopt, {}}).happened(member_muted{eve, std::nullopt, {}});
  held.when(ada, unban_user{eve}).then_told({});
  held.when(ada, unmute_user{eve}).then_told({});
}

TEST(RoomPeople, SpeakAgainOnceTheRoomIsTheirs) {
  auto room = given_a_staffed_room();
  room.by(max).happened(member_muted{bob, std::nullopt, {}});
  room.when(ada, transfer_room{bob}).then({"room.owner_changed", "member.unmuted"});
  room.by(ada).happened(room_owner_changed{bob, ada}).happened(member_unmuted{bob});
  room.when(bob, post(1)).then({"message.posted"});
}

TEST(RoomPeople, AreSentAwayAndComeBack) {
  auto room = given_a_staffed_room();
  room.when(max, kick_member{bob})
      .then({"member.kicked"})
      .then_told({{bob, "member.kicked", R"({"room_id":")" + to_text(garden) + R"("})"}});
  room.when(max, kick_member{eve}).then_refused(errc::not_a_member);
  const auto before = room.state().member_count;
  room.by(max).happened(member_kicked{bob});
  EXPECT_EQ(room.state().member_count, before - 1);
  room.when(bob, post(1)).then_refused(errc::forbidden);
  room.when(bob, join_room{}).then({"member.joined"});
}

TEST(RoomPeople, StayOutWhileTheyAreBanned) {
  auto room = given_a_staffed_room();
  room.when(max, ban_user{bob, std::nullopt, "spam"}).then({"member.kicked", "member.banned"});
  room.when(max, ban_user{eve, std::nullopt, std::nullopt}).then({"member.banned"});
  room.by(max).happened(member_kicked{bob}).happened(member_banned{bob, later(60), {"spam"}});
  room.when(bob, join_room{}).then_refused_with_words(errc::banned, to_rfc3339(later(60)));
  room.when(bob, join_room{"ABCDEFGHJK", "Bob"}).then_refused(errc::not_found); // as a wrong code
  auto archived = room;
  archived.by(ada).happened(room_archived{}).when(bob, join_room{}).then_refused(errc::banned);
  archived.when(bob, join_room{"ABCDEFGHJK", "Bob"}).then_refused(errc::not_found);
  auto closed = given_a_staffed_room(visibility::closed);
  closed.by(max).happened(member_kicked{bob}).happened(member_banned{bob, later(60), {}});
  closed.when(bob, join_room{}).then_refused(errc::not_found);
  closed.by(ada).happened(room_archived{}).when(bob, join_room{}).then_refused(errc::not_found);
  room.when(max, ban_user{bob, later(60), {}}).then_nothing();
  room.when(max, ban_user{bob, later(60), "a better reason"}).then({"member.banned"});
  room.when(max, ban_user{bob, later(90), {}}).then({"member.banned"});
  room.when(max, unban_user{bob}).then({"member.unbanned"});
  auto lifted = room;
  lifted.by(max).happened(member_unbanned{bob}).when(bob, join_room{}).then({"member.joined"});
  room.by(max).happened(member_banned{bob, later(0), {}}); // over as of now
  room.when(bob, join_room{}).then({"member.joined"});
  room.when(max, unban_user{bob}).then_nothing();
}

TEST(RoomPeople, SayNothingWhileTheyAreMutedAlsoWhenTheyComeBack) {
  auto room = given_a_staffed_room();
  room.by(bob).happened(posted(1));
  room.when(max, mute_user{bob, std::nullopt, std::nullopt})
      .then({"member.muted"})
      .then_told({{bob, "member.muted", R"({"room_id":")" + to_text(garden) + R"(","expires_at":null})"}});
  room.by(max).happened(member_muted{bob, std::nullopt, {}});
  room.when(bob, post(2)).then_refused(errc::muted);
  room.when(bob, edit_message{message(1), "x"}).then_refused(errc::muted);
  room.when(bob, react{message(1), "👍", reaction_change::add}).then({"reaction.added"});
  room.when(bob, delete_message{message(1)}).then({"message.deleted"});
  room.by(bob).happened(member_left{bob}).happened(member_joined{bob, role::member, join_way::open, {"Bob"}});
  room.when(bob, post(2)).then_refused(errc::muted);
  room.when(max, mute_user{bob, std::nullopt, {}}).then_nothing();
  room.when(max, mute_user{bob, std::nullopt, "a better reason"}).then({"member.muted"});
  auto unmuted = room;
  unmuted.by(max).happened(member_unmuted{bob}).when(bob, post(2)).then({"message.posted"});
  room.by(max).happened(member_muted{bob, later(0), {}}); // over as of now
  room.when(bob, post(2)).then({"message.posted"});
}

TEST(RoomPeople, WaitBetweenPostsInSlowMode) {
  auto room = given_a_staffed_room();
  room_settings slow = room.state().settings;
  slow.slow_mode_seconds = 2'000; // a post of the story is about 1000 s before what is decided
  room.by(ada).happened(room_updated{slow});
  room.when(bob, post(1)).then({"message.posted"});
  room.by(bob).happened(posted(1)).by(max).happened(posted(2));
  room.when(bob, post(3)).then_refused_with_words(errc::slow_mode, "1001 s");
  room.when(max, post(3)).then({"message.posted"}); // roles above members do not wait
  slow.slow_mode_seconds = 900;
  room.by(ada).happened(room_updated{slow});
  room.when(bob, post(3)).then({"message.posted"});
}

TEST(RoomPeople, FindARestoredRoomAsItWas) {
  auto room = given_a_staffed_room();
  room.by(ada).happened(room_archived{});
  for (const room_command& command : std::vector<room_command>{kick_member{bob}, ban_user{bob, {}, {}},
                                                               change_role{bob, role::admin}, transfer_room{bob}})
    room.when(ada, command).then_refused(errc::room_archived);
  room.when(mia, restore_room{}).then_refused(errc::forbidden);
  room.when(ada, restore_room{}).then({"room.restored"});
  room.by(ada).happened(room_restored{});
  room.when(ada, restore_room{}).then_nothing();
  room.when(bob, post(1)).then({"message.posted"});
}

} // namespace
} // namespace palabre::events

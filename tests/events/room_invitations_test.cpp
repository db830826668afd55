#include "base/limits.hpp"
#include "given.hpp"

namespace palabre::events {
namespace {

using namespace testing;

constexpr timestamp expiry{noon.ms + 10'000'000}; ///< behind every decision of a story

invitation_id invitation(std::uint8_t n) {
  invitation_id id;
  id.bytes[15] = n;
  return id;
}
create_invitation invite(std::uint8_t n, std::optional<user_id> whom = std::nullopt) {
  create_invitation c;
  c.invitation = invitation(n);
  c.code = "0123456789ABCDEF";
  c.user_id = whom;
  c.expires_at = expiry;
  return c;
}
invitation_created invited(std::uint8_t n, std::optional<user_id> whom = std::nullopt, std::uint32_t uses = 1,
                           timestamp expires_at = expiry) {
  return {invitation(n), {"0123456789ABCDEF"}, whom, {}, uses, expires_at};
}
join_room by(std::uint8_t n) {
  join_room join;
  join.invitation = invitation(n);
  return join;
}

TEST(Invitation, IsMadeByModeratorsAndTold) {
  const auto room = given_a_room();
  room.when(bob, invite(1)).then_refused(errc::forbidden);
  room.when(eve, invite(1)).then_refused(errc::not_found);
  room.when(ada, invite(1)).then({"invitation.created"}).then_told({});
  room.when(ada, invite(1, eve))
      .then({"invitation.created"})
      .then_told({{eve, "invitation.received",
                   R"({"room_id":")" + to_text(garden) + R"(","invitation_id":")" + to_text(invitation(1)) +
                       R"(","expires_at":")" + to_rfc3339(expiry) + "\"}"}});
}

TEST(Invitation, IsForNobodyWhoIsInOrBanned) {
  auto room = given_a_room();
  room.when(ada, invite(1, bob)).then_refused(errc::conflict);
  room.by(ada).happened(invited(1, person(9)));
  room.when(ada, invite(2, person(9))).then_refused(errc::conflict);
  room.when(ada, invite(2)).then({"invitation.created"});
  room.by(ada).happened(member_banned{eve, std::nullopt, {}});
  room.when(ada, invite(1, eve)).then_refused(errc::banned);
}

TEST(Invitation, LetsWhoShowsItIntoAPrivateRoomOnce) {
  auto room = given_a_room().by(ada).happened(invited(1));
  room.when(eve, by(2)).then_refused(errc::not_found);
  room.when(eve, join_room{}).then_refused(errc::not_found);
  room.when(eve, by(1)).then({"member.joined", "invitation.accepted"});
  room.by(eve).happened(member_joined{eve, role::member, join_way::invitation, {}});
  room.happened(invitation_accepted{invitation(1)});
  EXPECT_TRUE(room.state().invitations.empty());
  room.when(eve, by(1)).then_nothing();
  room.when(person(9), by(1)).then_refused(errc::not_found);
}

TEST(Invitation, OfSeveralUsesEndsWithTheLast) {
  auto room = given_a_room().by(ada).happened(invited(1, std::nullopt, 2));
  for (const std::uint8_t n : {10, 11}) {
    room.when(person(n), by(1)).then({"member.joined", "invitation.accepted"});
    room.by(person(n)).happened(member_joined{person(n), role::member, join_way::invitation, {}});
    room.happened(invitation_accepted{invitation(1)});
  }
  room.when(person(12), by(1)).then_refused(errc::not_found);
}

TEST(Invitation, ForSomebodyIsNobodyElsesAndNeedsNoCode) {
  const auto room = given_a_room().by(ada).happened(invited(1, eve));
  room.when(person(9), by(1)).then_refused(errc::not_found);
  room.when(person(9), join_room{}).then_refused(errc::not_found);
  room.when(eve, join_room{}).then({"member.joined", "invitation.accepted"});
  room.when(eve, join_room{"ABCDEFGHJK", "Eve"}).then({"member.joined", "invitation.accepted"});
}

TEST(Invitation, EndsByTimeByHandAndByABan) {
  auto room = given_a_room().by(ada).happened(invited(1, std::nullopt, 5, noon));
  room.when(eve, by(1)).then_refused(errc::not_found);
  room.happened(invited(2)).happened(invited(3));
  room.when(bob, revoke_invitation{invitation(2)}).then_refused(errc::forbidden);
  room.when(ada, revoke_invitation{invitation(2)}).then({"invitation.revoked"});
  room.happened(invitation_revoked{invitation(2)});
  room.when(ada, revoke_invitation{invitation(2)}).then_refused(errc::not_found);
  room.when(eve, by(2)).then_refused(errc::not_found);
  room.happened(member_banned{eve, std::nullopt, {}});
  room.when(eve, by(3)).then_refused(errc::not_found);
  room.happened(room_archived{});
  room.when(person(9), by(3)).then_refused(errc::not_found);
}

TEST(Invitation, MakesRoomWhenItHasExpired) {
  auto room = given_a_room().by(ada);
  for (std::size_t n = 0; n < limits::open_invitations_per_room_max; ++n)
    room.happened(invited(static_cast<std::uint8_t>(n), std::nullopt, 1, expiry));
  room.when(ada, invite(250)).then_refused_with_words(errc::limit_exceeded, "open_invitations_per_room");
  room.happened(invitation_revoked{invitation(0)});
  room.happened(invited(201, std::nullopt, 1, noon));
  room.when(ada, invite(250)).then({"invitation.revoked", "invitation.created"});
}

TEST(InvitationCodes, AreReadForgivingly) {
  const std::uint8_t random[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const std::string code = invitation_code_from(random);
  ASSERT_EQ(code.size(), 16u);
  EXPECT_EQ(canonical_invitation_code(code), code);
  EXPECT_EQ(canonical_invitation_code(code.substr(0, 8) + '-' + code.substr(8)), code);
  EXPECT_EQ(canonical_invitation_code("oooo-iiii-llll-abcd"), "000011111111ABCD");
  for (const std::string& wrong : {std::string(), code + '0', code.substr(1), std::string("UUUUUUUUUUUUUUUU")})
    EXPECT_EQ(canonical_invitation_code(wrong), std::nullopt) << wrong;
  EXPECT_NE(invitation_code_digest(code), invitation_code_digest("0000000000000000"));
}

} // namespace
} // namespace palabre::events

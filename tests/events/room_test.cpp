#include "given.hpp"

#include "base/limits.hpp"

namespace palabre::events {
namespace {

using namespace testing;

TEST(Room, IsCreatedWithItsOwnerAndItsCode) {
  create_room create;
  create.settings.name = "Garden";
  create.share_code_stream.id.bytes[0] = 7;
  auto made = given().when(ada, create);
  made.then({"room.created", "member.joined"});
  ASSERT_EQ(made.value().claims.size(), 1u);
  EXPECT_EQ(made.value().claims[0].event.type, "share_code.claimed");
  EXPECT_EQ(made.value().claims[0].name, create.share_code_stream);
}

TEST(Room, IsNotCreatedTwice) {
  given_a_room().when(ada, create_room{}).then_refused(errc::conflict);
}

open_direct_room direct_with(user_id other) {
  open_direct_room open;
  open.room = garden;
  open.user = other;
  open.pair = direct_pair_stream(ada, other);
  open.display_name = "Ada";
  return open;
}

TEST(Room, OfTwoPeopleIsClaimedByThePair) {
  auto made = given().when(ada, direct_with(bob));
  made.then({"room.created", "member.joined", "member.joined"});
  const std::string note = R"({"room_id":")" + to_text(garden) + R"(","role":"member","way":"created"})";
  made.then_told({{ada, "member.joined", note}, {bob, "member.joined", note}});
  ASSERT_EQ(made.value().claims.size(), 1u);
  EXPECT_EQ(made.value().claims[0].event.type, "direct_pair.claimed");
  EXPECT_EQ(made.value().claims[0].name, direct_pair_stream(bob, ada));
  EXPECT_EQ(std::get<member_joined>(made.value().events[2]).display_name.value, "") << "not theirs to write";
  given_a_room().when(ada, direct_with(bob)).then_refused(errc::conflict);
}

TEST(Room, OfTwoPeopleIsWithinTheBoundOfBoth) {
  for (const auto of : {&room_facts::rooms_of_user, &room_facts::rooms_of_other}) {
    room_facts facts;
    facts.*of = limits::rooms_per_user_max;
    decision<room_event>(decide({}, facts, direct_with(bob), {ada, noon, garden})).then_refused(errc::limit_exceeded);
    facts.*of -= 1;
    decision<room_event>(decide({}, facts, direct_with(bob), {ada, noon, garden}))
        .then({"room.created", "member.joined", "member.joined"});
  }
}

TEST(Room, OfTwoPeopleGivesNeitherMoreThanAMember) {
  room_story room = given().by(ada).happened(room_created{room_kind::direct, {}, {}});
  for (const user_id each : {ada, bob}) room.happened(member_joined{each, role::member, join_way::created, {}});
  room.by(bob).happened(posted(1));
  for (const room_command& command : std::vector<room_command>{
           leave_room{}, archive_room{}, transfer_room{bob}, kick_member{bob}, ban_user{bob, {}, {}},
           mute_user{bob, {}, {}}, delete_message{message(1)}, update_room{}, rotate_share_code{}})
    room.when(ada, command).then_refused(errc::forbidden);
  room.when(ada, post(2)).then({"message.posted"});
  room.when(bob, leave_room{}).then_refused(errc::forbidden);
  room.when(eve, join_room{}).then_refused(errc::not_found);
  room.when(eve, join_room{"", "Eve"}).then_refused(errc::not_found);
}

TEST(Room, RefusesACommandBeforeItExists) {
  given().when(ada, post(1)).then_refused(errc::not_found);
}

TEST(Room, LetsAMemberPost) {
  given_a_room().when(bob, post(1)).then({"message.posted"});
}

TEST(Room, RefusesAStranger) {
  given_a_room(visibility::open).when(eve, post(1)).then_refused(errc::forbidden);
}

TEST(Room, DoesNotExistForAStrangerWhenPrivate) {
  const auto room = given_a_room(visibility::closed).by(ada).happened(posted(1));
  for (const room_command& command :
       std::vector<room_command>{post(2), edit_message{message(1), "x"}, delete_message{message(1)},
                                 react{message(1), "👍", reaction_change::add}, join_room{}, leave_room{},
                                 archive_room{}, rotate_share_code{}, update_room{}})
    room.when(eve, command).then_refused(errc::not_found);
}

TEST(Room, AnswersOnlyToItsMembersOnce) {
  given_a_room(visibility::open).when(eve, join_room{}).then({"member.joined"});
  given_a_room(visibility::open).when(bob, join_room{}).then_nothing();
  given_a_room(visibility::open).when(eve, leave_room{}).then_nothing();
  given_a_room().when(bob, leave_room{}).then({"member.left"});
}

TEST(Room, TellsWhoeverComesAndGoes) {
  const std::string id = to_text(garden);
  create_room create;
  create.room = garden;
  given()
      .when(ada, create)
      .then_told({{ada, "member.joined", R"({"room_id":")" + id + R"(","role":"owner","way":"created"})"}});
  given_a_room(visibility::open)
      .when(eve, join_room{})
      .then_told({{eve, "member.joined", R"({"room_id":")" + id + R"(","role":"member","way":"open"})"}});
  given_a_room()
      .when(eve, join_room{"ABCDEFGHJK", "Eve"})
      .then_told({{eve, "member.joined", R"({"room_id":")" + id + R"(","role":"member","way":"share_code"})"}});
  given_a_room().when(bob, leave_room{}).then_told({{bob, "member.left", R"({"room_id":")" + id + R"("})"}});
  given_a_room().when(bob, post(1)).then_told({});
}

TEST(Room, OpensToItsShareCodeOnly) {
  given_a_room().when(eve, join_room{"ABCDEFGHJK", "Eve"}).then({"member.joined"});
  given_a_room().when(eve, join_room{"ABCDEFGHJM", "Eve"}).then_refused(errc::not_found);
  given_a_room()
      .by(ada)
      .happened(room_archived{})
      .when(eve, join_room{"ABCDEFGHJK", "Eve"})
      .then_refused(errc::not_found);
}

TEST(Room, KeepsItsOwner) {
  given_a_room().when(ada, leave_room{}).then_refused(errc::owner_must_transfer);
}

TEST(Room, IsReadOnlyOnceArchived) {
  const auto room = given_a_room(visibility::open).by(bob).happened(posted(1)).by(ada).happened(room_archived{});
  room.when(bob, post(2)).then_refused(errc::room_archived);
  room.when(bob, edit_message{message(1), "x"}).then_refused(errc::room_archived);
  room.when(bob, react{message(1), "👍", reaction_change::add}).then_refused(errc::room_archived);
  room.when(eve, join_room{}).then_refused(errc::room_archived);
  room.when(ada, update_room{}).then_refused(errc::room_archived);
  room.when(ada, archive_room{}).then_nothing();
}

TEST(Room, IsArchivedByItsOwnerAlone) {
  given_a_room().when(bob, archive_room{}).then_refused(errc::forbidden);
  given_a_room().when(ada, archive_room{}).then({"room.archived"});
}

TEST(Room, ChangesItsCodeWhenItTurnsPrivate) {
  const auto room = given_a_room(visibility::open);
  update_room update{room.state().settings, {}, "NEWCODE123", {'c', person(8)}, {'c', person(9)}, "ABCDEFGHJK"};
  update.settings.visibility = visibility::closed;
  auto changed = room.when(ada, update);
  changed.then({"room.updated", "room.code_rotated"});
  ASSERT_EQ(changed.value().claims.size(), 2u);
  EXPECT_EQ(changed.value().claims[0].event.type, "share_code.claimed");
  EXPECT_EQ(changed.value().claims[1].event.type, "share_code.released");
  update.old_share_code = "SOMETHING1";
  room.when(ada, update).then_refused(errc::conflict);
}

TEST(Room, DoesNothingForTheSameSettings) {
  const auto room = given_a_room();
  room.when(ada, update_room{room.state().settings, {}, {}, {}, {}, {}}).then_nothing();
  room.when(bob, update_room{}).then_refused(errc::forbidden);
}

TEST(Message, RepliesOnlyToAMessageOfItsRoom) {
  auto reply = post(2);
  reply.reply_to = message(1);
  given_a_room().when(bob, reply).then_refused(errc::invalid);
  auto answered = given_a_room().by(ada).happened(posted(1)).when(bob, reply);
  answered.then({"message.posted"});
  EXPECT_EQ(std::get<message_posted>(answered.value().events[0]).reply_to_seq, 4u);
}

TEST(Message, IsEditedByItsAuthorAlone) {
  const auto room = given_a_room().by(bob).happened(posted(1));
  auto edited = room.when(bob, edit_message{message(1), "better"});
  edited.then({"message.edited"});
  EXPECT_EQ(std::get<message_edited>(edited.value().events[0]).edit, 1u);
  EXPECT_EQ(std::get<message_edited>(edited.value().events[0]).message_seq, 4u);
  room.when(ada, edit_message{message(1), "worse"}).then_refused(errc::forbidden);
  room.when(bob, edit_message{message(7), "x"}).then_refused(errc::not_found);
}

TEST(Message, IsEditedAHundredTimesAtMost) {
  auto room = given_a_room().by(bob).happened(posted(1));
  for (std::uint32_t n = 1; n <= limits::edits_per_message_max; ++n)
    room.happened(message_edited{message(1), 4, n, {"x"}, {}});
  room.when(bob, edit_message{message(1), "x"}).then_refused_with_words(errc::limit_exceeded, "edits_per_message");
}

TEST(Message, IsDeletedByItsAuthorOrAHigherRole) {
  const auto of_bob = given_a_room().by(bob).happened(posted(1));
  of_bob.when(bob, delete_message{message(1)}).then({"message.deleted"});
  of_bob.when(ada, delete_message{message(1)}).then({"message.deleted"});
  const auto of_ada = given_a_room().by(ada).happened(posted(1));
  of_ada.when(bob, delete_message{message(1)}).then_refused(errc::forbidden);
}

TEST(Message, IsNotDeletedByAnEqualRole) {
  auto room = given_a_room().by(eve).happened(member_joined{eve, role::moderator, join_way::open, {"Eve"}});
  room.by(bob).happened(posted(1)).by(eve).happened(posted(2));
  room.by(person(4)).happened(member_joined{person(4), role::moderator, join_way::open, {"Dan"}});
  room.when(person(4), delete_message{message(1)}).then({"message.deleted"});
  room.when(person(4), delete_message{message(2)}).then_refused(errc::forbidden);
}

TEST(Message, StaysDeleted) {
  const auto room = given_a_room().by(bob).happened(posted(1)).happened(message_deleted{message(1), 4, bob});
  room.when(bob, delete_message{message(1)}).then_nothing();
  room.when(bob, edit_message{message(1), "x"}).then_refused(errc::message_deleted);
  room.when(bob, react{message(1), "👍", reaction_change::add}).then_refused(errc::message_deleted);
  EXPECT_EQ(room.state().message_count, 0u);
}

TEST(Pin, IsPutByModeratorsOnLivingMessages) {
  auto room = given_a_room().by(bob).happened(posted(1)).happened(posted(2));
  room.when(bob, pin_message{message(1)}).then_refused(errc::forbidden);
  room.when(eve, pin_message{message(1)}).then_refused(errc::not_found);
  room.when(ada, pin_message{message(9)}).then_refused(errc::not_found);
  room.when(ada, unpin_message{message(9)}).then_refused(errc::not_found);
  room.when(ada, unpin_message{message(1)}).then_nothing();
  room.when(ada, pin_message{message(1)}).then({"message.pinned"});

  room.by(ada).happened(message_pinned{message(1), 4}).happened(message_pinned{message(2), 5});
  EXPECT_EQ(room.state().pins, (std::vector<message_id>{message(1), message(2)}));
  room.when(ada, pin_message{message(1)}).then_nothing();
  room.when(bob, unpin_message{message(1)}).then_refused(errc::forbidden);
  room.when(ada, unpin_message{message(1)}).then({"message.unpinned"});
  room.by(ada).happened(message_unpinned{message(1), 4});
  EXPECT_EQ(room.state().pins, std::vector<message_id>{message(2)});
}

TEST(Pin, EndsWithItsMessage) {
  auto room = given_a_room().by(bob).happened(posted(1));
  room.by(ada).happened(message_pinned{message(1), 4}).happened(message_deleted{message(1), 4, bob});
  EXPECT_TRUE(room.state().pins.empty());
  room.when(ada, pin_message{message(1)}).then_refused(errc::message_deleted);
  room.when(ada, unpin_message{message(1)}).then_nothing();
  room.by(ada).happened(room_archived{});
  room.when(ada, unpin_message{message(1)}).then_refused(errc::room_archived);
}

TEST(Pin, HasABound) {
  auto room = given_a_room();
  for (std::uint8_t n = 1; n <= limits::pins_per_room_max; ++n)
    room.by(bob).happened(posted(n)).by(ada).happened(message_pinned{message(n), room.state().version});
  room.by(bob).happened(posted(200));
  room.when(ada, pin_message{message(200)}).then_refused_with_words(errc::limit_exceeded, "pins_per_room");
  room.when(ada, pin_message{message(7)}).then_nothing();
  room.by(ada).happened(message_unpinned{message(7), 4});
  room.when(ada, pin_message{message(200)}).then({"message.pinned"});
}

std::string told_of(std::uint8_t n, stream_version seq) {
  return R"({"room_id":")" + to_text(garden) + R"(","message_id":")" + to_text(message(n)) + R"(","message_seq":)" +
         std::to_string(seq) + '}';
}

TEST(Mention, IsToldToMembersButNotToWhoWrites) {
  auto room = given_a_room();
  room.when(ada, post(1, "@ada, @bob and @eve"))
      .then({"message.posted"})
      .then_told({{bob, "mention.received", told_of(1, 4)}});
  const auto said = room.when(bob, post(1, "@ada!")).value().events;
  EXPECT_EQ(std::get<message_posted>(said[0]).mentioned_user_ids, std::vector<user_id>{ada});
  room.when(ada, post(1, "@eve")).then({"message.posted"}).then_told({});
}

TEST(Mention, OfAnEditIsToldToWhomTheWordsBeforeDidNotName) {
  auto first = posted(1, "@ada");
  first.mentioned_user_ids = {ada};
  auto room = given_a_room().by(bob).happened(first);
  room.by(eve).happened(member_joined{eve, role::member, join_way::open, {"Eve"}});
  room.when(bob, edit_message{message(1), "dear @ada"}).then({"message.edited"}).then_told({});
  room.when(bob, edit_message{message(1), "@ada, @eve"})
      .then({"message.edited"})
      .then_told({{eve, "mention.received", told_of(1, 4)}});
  const auto without = room.when(bob, edit_message{message(1), "nobody"}).value().events;
  EXPECT_TRUE(std::get<message_edited>(without[0]).mentioned_user_ids.empty());
  room.by(bob).happened(std::get<message_edited>(without[0]));
  room.when(bob, edit_message{message(1), "@ada"}).then_told({{ada, "mention.received", told_of(1, 4)}});
}

TEST(Mention, HasABound) {
  auto room = given_a_room();
  const auto facts_with = [&](std::size_t members) {
    room_facts facts = room.facts_for(ada, post(1));
    for (std::uint8_t n = 100; facts.mentioned.size() < members; ++n) facts.mentioned.push_back({{person(n), true}});
    facts.mentioned.push_back({{person(100), true}}); // again
    facts.mentioned.push_back({{ada, true}});         // oneself
    facts.mentioned.push_back({{person(99), false}}); // and who is not there: they do not count
    return facts;
  };
  const command_meta meta{ada, noon, garden};
  decision<room_event>(decide(room.state(), facts_with(limits::mentions_per_message_max), post(1), meta))
      .then({"message.posted"});
  decision<room_event>(decide(room.state(), facts_with(limits::mentions_per_message_max + 1), post(1), meta))
      .then_refused_with_words(errc::limit_exceeded, "mentions_per_message");
}

TEST(Mention, IsOfTheFirstMemberWhomItMayMean) {
  auto room = given_a_room();
  room_facts facts = room.facts_for(ada, post(1));
  facts.mentioned = {{{eve, false}, {bob, true}, {person(9), true}}, {{eve, false}}};
  const auto said = decide(room.state(), facts, post(1), {ada, noon, garden});
  EXPECT_EQ(std::get<message_posted>(said.value().events[0]).mentioned_user_ids, std::vector<user_id>{bob});
}

TEST(Report, IsMadeByMembersOnceOnWhatOthersWrote) {
  auto room = given_a_room().by(ada).happened(posted(1));
  room.when(eve, report_message{message(1), "spam"}).then_refused(errc::not_found);
  room.when(bob, report_message{message(9), "spam"}).then_refused(errc::not_found);
  room.when(ada, report_message{message(1), "spam"}).then_refused(errc::forbidden);
  room.when(bob, report_message{message(1), "spam"}).then({"message.reported"});
  room.by(bob).happened(message_reported{message(1), 4, {"spam"}});
  room.when(bob, report_message{message(1), "again"}).then_nothing();
  room.by(eve).happened(member_joined{eve, role::member, join_way::open, {"Eve"}});
  room.when(eve, report_message{message(1), {}}).then({"message.reported"});
  room.by(ada).happened(message_deleted{message(1), 4, ada});
  room.when(eve, report_message{message(1), {}}).then_refused(errc::message_deleted);
}

TEST(Report, EndsWhenAModeratorHasLooked) {
  auto room = given_a_room().by(ada).happened(posted(1));
  room.when(ada, review_message{message(1)}).then_nothing();
  room.when(ada, review_message{message(9)}).then_refused(errc::not_found);
  room.by(bob).happened(message_reported{message(1), 4, {}});
  room.when(bob, review_message{message(1)}).then_refused(errc::forbidden);
  room.when(ada, review_message{message(1)}).then({"message.reviewed"});
  room.by(ada).happened(message_reviewed{message(1), 4});
  room.when(ada, review_message{message(1)}).then_nothing();
  room.when(bob, report_message{message(1), "still"}).then({"message.reported"});
}

TEST(Report, HasABoundPerMessage) {
  auto room = given_a_room().by(ada).happened(posted(1));
  for (std::size_t n = 0; n < limits::reports_per_message_max; ++n)
    room.by(person(static_cast<std::uint8_t>(100 + n))).happened(message_reported{message(1), 4, {}});
  room.when(bob, report_message{message(1), {}}).then_refused_with_words(errc::limit_exceeded, "reports_per_message");
}

TEST(Reaction, IsUniquePerPersonMessageAndEmoji) {
  auto room = given_a_room().by(bob).happened(posted(1));
  room.when(ada, react{message(1), "👍", reaction_change::add}).then({"reaction.added"});
  room.when(ada, react{message(1), "👍", reaction_change::remove}).then_nothing();
  room.by(ada).happened(reaction_added{message(1), 4, "👍"});
  room.when(ada, react{message(1), "👍", reaction_change::add}).then_nothing();
  room.when(ada, react{message(1), "👍", reaction_change::toggle}).then({"reaction.removed"});
  room.when(bob, react{message(1), "👍", reaction_change::toggle}).then({"reaction.added"});
}

TEST(Reaction, HasABoundOfKinds) {
  auto room = given_a_room().by(bob).happened(posted(1));
  for (std::size_t n = 0; n < limits::emoji_kinds_per_message_max; ++n)
    room.happened(reaction_added{message(1), 4, "kind" + std::to_string(n)});
  room.when(ada, react{message(1), "one more", reaction_change::add})
      .then_refused_with_words(errc::limit_exceeded, "emoji_kinds_per_message");
  room.when(ada, react{message(1), "kind7", reaction_change::add}).then({"reaction.added"});
}

TEST(Room, CountsMembersAndMessages) {
  auto room =
      given_a_room().by(bob).happened(posted(1)).happened(posted(2)).happened(message_deleted{message(1), 4, bob});
  EXPECT_EQ(room.state().member_count, 2u);
  EXPECT_EQ(room.state().message_count, 1u);
  room.happened(member_left{bob});
  EXPECT_EQ(room.state().member_count, 1u);
  EXPECT_EQ(room.state().version, 7u);
}

TEST(Room, StateSurvivesASnapshot) {
  auto room = given_a_room(visibility::open).by(bob).happened(posted(1)).happened(posted(2));
  room.by(ada).happened(message_pinned{message(2), 5}).happened(message_pinned{message(1), 4});
  const auto read = from_json<room_state>("snapshot", to_json(room.state(), secrets::stored));
  ASSERT_TRUE(read);
  EXPECT_EQ(read.value(), room.state());
}

TEST(ShareCode, ForgivesHowPeopleWrite) {
  EXPECT_EQ(canonical_share_code("abcde-fghjk"), "ABCDEFGHJK");
  EXPECT_EQ(canonical_share_code("oil0123456"), "0110123456");
  for (const char* wrong : {"", "ABC", "ABCDEFGHJU", "ABCDEFGHJKM", "ABCDE FGHJK", "ÀBCDEFGHJK"})
    EXPECT_FALSE(canonical_share_code(wrong)) << wrong;
}

TEST(ShareCode, OfRandomBitsIsCanonical) {
  for (int n = 0; n < 256; ++n) {
    const std::uint8_t random[7] = {static_cast<std::uint8_t>(n), 1, 255, static_cast<std::uint8_t>(255 - n), 0, 77, 3};
    const std::string code = share_code_from(random);
    EXPECT_EQ(canonical_share_code(code), code);
  }
}

} // namespace
} // namespace palabre::events

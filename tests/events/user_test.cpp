#include "given.hpp"

#include "base/limits.hpp"

namespace palabre::events {
namespace {

using namespace testing;

/// Ada's account, as a sequence of events.
class account {
public:
  account& happened(user_event e) {
    evolve(state_, e, {state_.version + 1, noon, ada});
    return *this;
  }
  decision<user_event> when(user_command command, timestamp now = noon) const {
    return decision<user_event>(decide(state_, command, {ada, now}));
  }
  const user_state& state() const { return state_; }

private:
  user_state state_;
};

session_opened opened(std::uint8_t n, std::string hash, timestamp expires = {noon.ms + 1000}) {
  return {session(n), {std::move(hash)}, expires};
}

account registered() {
  return account{}
      .happened(user_registered{{"ada"}, {std::nullopt}, {}, {"hash one"}})
      .happened(opened(1, "token one"));
}

TEST(User, RegistersWithALoginAndASession) {
  register_user command;
  command.login = "ada";
  command.login_stream = {'l', person(7)};
  command.session = opened(1, "token one");
  auto made = account{}.when(command);
  made.then({"user.registered", "session.opened"});
  ASSERT_EQ(made.value().claims.size(), 1u);
  EXPECT_EQ(made.value().claims[0].event.type, "login.claimed");
  registered().when(command).then_refused(errc::conflict);
}

TEST(User, DoesNothingBeforeRegistering) {
  account{}.when(change_profile{}).then_refused(errc::not_found);
}

TEST(User, ChangesTheProfileOnce) {
  user_profile profile;
  profile.display_name.value = "Ada L.";
  registered().when(change_profile{profile}).then({"profile.changed"});
  registered().happened(profile_changed{profile}).when(change_profile{profile}).then_nothing();
}

TEST(Session, OpensOnlyForThePasswordThatWasProved) {
  registered().when(open_session{opened(2, "t"), 1}).then({"session.opened"});
  registered()
      .happened(password_changed{{"hash two"}})
      .when(open_session{opened(2, "t"), 1})
      .then_refused(errc::wrong_credentials);
}

TEST(Session, RotatesItsToken) {
  registered().when(refresh_session{session(1), "token one", "token two", noon}).then({"session.refreshed"});
  registered().when(refresh_session{session(9), "token one", "token two", noon}).then_refused(errc::unauthenticated);
  registered().when(refresh_session{session(1), "never issued", "token two", noon}).then_refused(errc::unauthenticated);
}

TEST(Session, ClosesWhenASpentTokenComesBack) {
  const auto a = registered().happened(session_refreshed{session(1), {"token two"}, {noon.ms + 2000}});
  const auto reused = decide(a.state(), refresh_session{session(1), "token one", "token three", noon}, {ada, noon});
  ASSERT_TRUE(reused);
  ASSERT_EQ(reused.value().events.size(), 1u);
  EXPECT_EQ(std::get<session_closed>(reused.value().events[0]).reason, session_end::token_reused);
  ASSERT_TRUE(reused.value().refusal);
  EXPECT_EQ(reused.value().refusal->code, errc::unauthenticated);
}

TEST(Session, Expires) {
  registered()
      .when(refresh_session{session(1), "token one", "token two", noon}, {noon.ms + 1000})
      .then_refused(errc::token_expired);
}

TEST(Session, EndsByLogout) {
  const auto ended = registered().happened(session_closed{session(1), session_end::logout});
  ended.when(refresh_session{session(1), "token one", "t", noon}).then_refused(errc::unauthenticated);
  registered().when(close_session{session(1), "token one"}).then({"session.closed"});
}

TEST(Session, EndsWithThePasswordUnlessItAsked) {
  const auto two = registered().happened(opened(2, "other"));
  two.when(change_password{"hash two", session(1), 1}).then({"password.changed", "session.closed"});
  two.when(change_password{"hash two", session(1), 7}).then_refused(errc::conflict);
}

TEST(Session, HasABoundThatExpiredOnesLeave) {
  auto a = registered();
  for (std::size_t n = 1; n < limits::sessions_per_user_max; ++n)
    a.happened(opened(static_cast<std::uint8_t>(n + 1), "t"));
  a.when(open_session{opened(99, "t"), 1}).then_refused_with_words(errc::limit_exceeded, "sessions_per_user");
  std::vector<std::string> expected(limits::sessions_per_user_max, "session.closed");
  expected.push_back("session.opened");
  a.when(open_session{opened(99, "t"), 1}, {noon.ms + 1000}).then(expected);
}

TEST(Session, RemembersABoundedNumberOfSpentTokens) {
  auto a = registered();
  for (std::size_t n = 0; n < limits::spent_tokens_per_session_max + 5; ++n)
    a.happened(session_refreshed{session(1), {"t" + std::to_string(n)}, noon});
  EXPECT_EQ(a.state().sessions[0].spent.size(), limits::spent_tokens_per_session_max);
  EXPECT_EQ(a.state().sessions[0].spent.front(), "t4");
}

TEST(User, IsToldHowFarTheyHaveRead) {
  registered()
      .when(advance_read{garden, 41})
      .then({})
      .then_told({{ada, "read.advanced", R"({"room_id":")" + to_text(garden) + R"(","seq":41})"}});
  account{}.when(advance_read{garden, 41}).then_refused(errc::not_found);
}

TEST(User, KeepsADraftAndAChoiceForEachRoom) {
  const std::string here = R"({"room_id":")" + to_text(garden) + "\"";
  registered()
      .when(save_draft{garden, "Good mor", {}})
      .then({"draft.saved"})
      .then_told({{ada, "draft.changed", here + R"(,"draft_version":3})"}});
  registered()
      .when(discard_draft{garden})
      .then({})
      .then_told({{ada, "draft.changed", here + R"(,"draft_version":0})"}});
  registered()
      .when(choose_notifications{garden, notification_level::none})
      .then({})
      .then_told({{ada, "notifications.chosen", here + R"(,"level":"none"})"}});
  account{}.when(save_draft{garden, "x", {}}).then_refused(errc::not_found);
}

TEST(User, IsAnAdministratorFromAPromotionToADemotion) {
  const account plain = registered();
  const account promoted = registered().happened(user_promoted{});
  const account demoted = registered().happened(user_promoted{}).happened(user_demoted{});
  struct {
    const account& who;
    bool is_one;
    std::vector<std::string> by_promotion, by_demotion;
  } const table[] = {
      {plain, false, {"user.promoted"}, {}},
      {promoted, true, {}, {"user.demoted"}},
      {demoted, false, {"user.promoted"}, {}},
  };
  for (const auto& row : table) {
    EXPECT_EQ(row.who.state().administrator, row.is_one);
    row.who.when(promote_user{}).then(row.by_promotion);
    row.who.when(demote_user{}).then(row.by_demotion);
  }
}

TEST(User, IsPromotedOnlyWhileThereIsAnAccount) {
  const account erased = registered().happened(user_promoted{}).happened(user_erased{7});
  EXPECT_FALSE(erased.state().administrator);
  for (const account& none : {account{}, erased}) {
    none.when(promote_user{}).then_refused(errc::not_found);
    none.when(demote_user{}).then_refused(errc::not_found);
  }
}

TEST(User, StateSurvivesASnapshot) {
  const auto a =
      registered().happened(session_refreshed{session(1), {"token two"}, {noon.ms + 2000}}).happened(user_promoted{});
  const auto read = from_json<user_state>("snapshot", to_json(a.state(), secrets::stored));
  ASSERT_TRUE(read);
  EXPECT_EQ(read.value(), a.state());
}

TEST(Login, IsLowerCaseAndOfFewCharacters) {
  EXPECT_EQ(canonical_login("Ada.L-1_x"), "ada.l-1_x");
  EXPECT_EQ(canonical_login(std::string(32, 'a')), std::string(32, 'a'));
  for (const std::string& wrong : {std::string("ab"), std::string(33, 'a'), std::string("a b c"), std::string("adé"),
                                   std::string("a/b"), std::string("ada\0x", 5)})
    EXPECT_FALSE(canonical_login(wrong)) << wrong;
}

} // namespace
} // namespace palabre::events

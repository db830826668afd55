#include "given.hpp"

#include "base/limits.hpp"

namespace palabre::events {
namespace {

using namespace testing;
using status = presence_status;
using std::chrono::seconds;

constexpr auto online = status::online, away = status::away, busy = status::busy, offline = status::offline;

uuid boot(std::uint8_t n) {
  uuid id;
  id.bytes[0] = 7;
  id.bytes[15] = n;
  return id;
}
timestamp in(seconds time) {
  return {noon.ms + time.count() * 1'000};
}

/// Ada, and what she and her connections said; everything that was decided has happened.
class presence_story {
public:
  presence_story() { evolve(state_, user_registered{{"ada"}, {std::nullopt}, {}, {"hash"}}, {1, noon, ada}); }

  presence_story& notes(status automatic, std::uint8_t of_boot = 1, timestamp now = noon) {
    return carries_out(note_presence{automatic, boot(of_boot)}, now);
  }
  presence_story& sets(std::optional<status> manual, status automatic, std::optional<std::string> text = {},
                       std::optional<timestamp> expires_at = {}, timestamp now = noon) {
    return carries_out(set_presence{manual, std::move(text), expires_at, automatic, boot(1)}, now);
  }
  presence_story& carries_out(user_command command, timestamp now) {
    const auto decided = decide(state_, command, {ada, now});
    EXPECT_TRUE(decided) << decided.error().context;
    for (const user_event& e : decided.value().events) evolve(state_, e, {state_.version + 1, now, ada});
    return *this;
  }
  decision<user_event> when(user_command command, timestamp now = noon) const {
    return decision<user_event>(decide(state_, command, {ada, now}));
  }
  const user_state& state() const { return state_; }
  status is() const { return state_.presence.status; }

private:
  user_state state_;
};

TEST(Presence, ChangesOnlyWhenOthersWouldNotice) {
  struct row {
    std::string_view about;
    std::vector<note_presence> before;
    note_presence then;
    std::optional<status> becomes; ///< nullopt: no event
  };
  const std::vector<row> table{
      {"the first connection", {}, {online, boot(1)}, online},
      {"nobody was there", {}, {offline, boot(1)}, {}},
      {"the same again", {{online, boot(1)}}, {online, boot(1)}, {}},
      {"idle", {{online, boot(1)}}, {away, boot(1)}, away},
      {"back", {{online, boot(1)}, {away, boot(1)}}, {online, boot(1)}, online},
      {"gone", {{online, boot(1)}}, {offline, boot(1)}, offline},
      {"gone twice", {{online, boot(1)}, {offline, boot(1)}}, {offline, boot(1)}, {}},
      {"the lease of another boot is renewed", {{online, boot(1)}}, {online, boot(2)}, online},
      {"and renewed once", {{online, boot(1)}, {online, boot(2)}}, {online, boot(2)}, {}},
      {"offline is no lease", {{online, boot(1)}, {offline, boot(1)}}, {offline, boot(2)}, {}},
      {"gone in another boot", {{online, boot(1)}}, {offline, boot(2)}, offline},
  };
  for (const row& r : table) {
    SCOPED_TRACE(r.about);
    presence_story story;
    for (const note_presence& note : r.before) story.carries_out(note, noon);
    auto decided = story.when(r.then);
    if (!r.becomes) {
      decided.then_nothing();
      continue;
    }
    decided.then({"presence.changed"});
    const auto& changed = std::get<presence_changed>(decided.value().events.at(0));
    EXPECT_EQ(changed.status, *r.becomes);
    EXPECT_EQ(changed.automatic, r.then.automatic);
    EXPECT_EQ(changed.boot, r.then.boot);
  }
}

TEST(Presence, SetByHandWinsWhileSomeoneIsThere) {
  for (const status manual : {online, away, busy, offline})
    for (const status automatic : {online, away, offline}) {
      SCOPED_TRACE(std::to_string(static_cast<int>(manual)) + " over " + std::to_string(static_cast<int>(automatic)));
      EXPECT_EQ(presence_story().sets(manual, automatic).is(), automatic == offline ? offline : manual);
    }
  auto story = presence_story().notes(online).sets(busy, online);
  story.when(note_presence{away, boot(1)}).then_nothing();
  story.when(note_presence{offline, boot(1)}).then({"presence.changed"});
  EXPECT_EQ(story.notes(offline).is(), offline);
  EXPECT_EQ(story.notes(online).is(), busy) << "it survives going offline";
}

TEST(Presence, UnseenIsNotRenewedInAnotherBoot) {
  const auto unseen = presence_story().notes(online).sets(offline, online);
  unseen.when(note_presence{online, boot(2)}).then_nothing();
  unseen.when(note_presence{offline, boot(1)}).then_nothing();
}

TEST(Presence, SettingTheSameAgainIsNothing) {
  const auto story = presence_story().notes(online).sets(busy, online, "deep work", in(seconds(60)));
  story.when(set_presence{busy, "deep work", in(seconds(60)), online, boot(1)}).then_nothing();
  story.when(set_presence{busy, "deep work", in(seconds(60)), away, boot(1)}).then_nothing();
  story.when(set_presence{busy, "shallow", in(seconds(60)), online, boot(1)}).then({"presence.changed"});
  story.when(set_presence{busy, "deep work", {}, online, boot(1)}).then({"presence.changed"});
  story.when(set_presence{away, "deep work", in(seconds(60)), online, boot(1)}).then({"presence.changed"});
}

TEST(Presence, AutoEndsWhatWasSet) {
  auto story = presence_story().notes(online).sets(busy, online, "deep work");
  story.sets({}, away);
  EXPECT_EQ(story.is(), away);
  EXPECT_FALSE(story.state().presence.manual);
  EXPECT_FALSE(story.state().presence.text);
  story.when(set_presence{{}, {}, {}, away, boot(1)}).then_nothing();
}

TEST(Presence, ExpiresWithItsText) {
  auto story = presence_story().notes(online).sets(busy, online, "lunch", in(seconds(60)));
  story.when(note_presence{online, boot(1)}, in(seconds(59))).then_nothing();
  story.when(note_presence{online, boot(1)}, in(seconds(60))).then({"presence.changed"});
  story.notes(away, 1, in(seconds(60)));
  EXPECT_EQ(story.is(), away);
  EXPECT_FALSE(story.state().presence.manual || story.state().presence.text || story.state().presence.expires_at);
}

TEST(Presence, AStatusThatDoesNotShowExpiresToo) {
  const auto gone = presence_story().sets(busy, offline, {}, in(seconds(60)));
  gone.when(note_presence{offline, boot(1)}, in(seconds(59))).then_nothing();
  gone.when(note_presence{offline, boot(1)}, in(seconds(61))).then({"presence.changed"});
}

TEST(Presence, HasBounds) {
  const presence_story story;
  const auto set = [](std::optional<status> manual, const std::string& text, std::optional<timestamp> at) {
    set_presence command{manual, {}, at, online, boot(1)};
    if (!text.empty()) command.text = text;
    return command;
  };
  std::string longest;
  for (std::size_t i = 0; i < limits::presence_text_code_points_max; ++i) longest += "é";
  const timestamp last = in(limits::presence_expiry_max);
  story.when(set(busy, longest, last)).then({"presence.changed"});
  story.when(set(busy, longest + "é", {})).then_refused_with_words(errc::limit_exceeded, "presence_text_code_points");
  story.when(set(busy, {}, timestamp{last.ms + 1})).then_refused_with_words(errc::limit_exceeded, "presence_expiry");
  story.when(set(busy, {}, noon)).then_refused(errc::invalid);
  story.when(set({}, {}, last)).then_refused(errc::invalid);
}

TEST(Presence, IsConfiguredWithinBoundsAndOnce) {
  presence_story story;
  story.when(configure_presence{limits::auto_away_after_min - seconds(1)}).then_refused(errc::invalid);
  story.when(configure_presence{limits::auto_away_after_max + seconds(1)}).then_refused(errc::invalid);
  story.when(configure_presence{limits::auto_away_after_default}).then_nothing();
  story.when(configure_presence{limits::auto_away_after_min}).then({"presence.configured"});
  story.carries_out(configure_presence{limits::auto_away_after_max}, noon);
  story.when(configure_presence{limits::auto_away_after_max}).then_nothing();
  EXPECT_EQ(auto_away_after(story.state().presence.auto_away_after), limits::auto_away_after_max);
}

TEST(Presence, IsOfAnAccount) {
  const auto decided = decide(user_state{}, note_presence{online, boot(1)}, {ada, noon});
  ASSERT_FALSE(decided);
  EXPECT_EQ(decided.error().code, errc::not_found);
}

TEST(Presence, SurvivesASnapshot) {
  auto story = presence_story().notes(online).sets(busy, online, "deep \"work\"", in(seconds(60)));
  story.carries_out(configure_presence{seconds(600)}, noon);
  const auto read = from_json<user_state>("snapshot", to_json(story.state(), secrets::stored));
  ASSERT_TRUE(read);
  EXPECT_EQ(read.value(), story.state());
}

} // namespace
} // namespace palabre::events

// What invented people say: the files of seed/phrases/, how they are read, and what becomes of them.

#include "events/emoji.hpp"
#include "seed/community.hpp"
#include "seed/wording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace palabre::seed {
namespace {

using ::testing::HasSubstr;

constexpr language languages[] = {language::english, language::french, language::mixed};

TEST(SeedPhrases, EveryLanguageHasRoomsForAllAndForFew) {
  for (const language each : languages) {
    std::set<bool> kinds;
    for (const topic& about : phrases_in(each).topics) {
      kinds.insert(about.is_private);
      EXPECT_FALSE(about.names.empty()) << about.id;
      EXPECT_FALSE(about.about.empty()) << about.id;
      EXPECT_FALSE(about.exchanges.empty()) << about.id;
    }
    EXPECT_EQ(kinds.size(), 2u) << name_of(each);
  }
}

TEST(SeedPhrases, TheirEmojiAreThoseOfTheServer) {
  for (const language each : languages)
    for (const topic& about : phrases_in(each).topics)
      for (const std::string& emoji : about.emoji) EXPECT_EQ(events::canonical_emoji(emoji), emoji) << about.id;
}

TEST(SeedPhrases, WhatIsWrongWithAFileIsSaid) {
  struct {
    const char *text, *says;
  } const table[] = {
      {"name A\n", "line 1: a topic has to begin first"},
      {"topic a\n\n# b\nnames A | B\n", "line 4: not understood: names"},
      {"topic a\n? Hello\n", "line 2: not understood: ?"},
      {"topic a\nexchange\n? Hello\n", "nobody answers"},
      {"topic a\nexchange\n? Hello {who}\n+ Hi\n", "a slot without a list: Hello {who}"},
      {"topic a\nlist x = 1 | 2\nexchange\n? {x:3}\n+ Hi\n", "a slot without a list: {x:3}"},
      {"topic a\nexchange\n? Hello\n+ {asker\n", "{ without }"},
      {"topic a\nexchange\n? Hello\n+ [a|b\n", "[ without ]"},
      {"topic a\nexchange\n? Hello\n+ ]a[\n", "[ without ]"},
  };
  for (const auto& row : table) {
    const auto read = read_phrases(row.text);
    ASSERT_FALSE(read) << row.text;
    EXPECT_EQ(read.error().code, errc::invalid);
    EXPECT_THAT(read.error().context, HasSubstr(row.says));
  }
}

TEST(SeedPhrases, ASlotStaysWhatItIsThroughoutAnExchange) {
  const auto book = read_phrases("topic everywhere\nlist day = lundi | mardi\n"
                                 "topic a\nlist pest = été | énée\nexchange\n? {pest} {day}\n+ {^pest:2} {asker}\n");
  ASSERT_TRUE(book) << book.error().context;
  chance random(1, "test");
  wording say(book.value().topics[0], book.value().everywhere, random);
  say.call("asker", "Zoé");
  const std::string first = say.say("{pest} {day}");
  EXPECT_EQ(say.say("{pest} {day}"), first);
  const std::string other = first.starts_with("été") ? "Énée" : "Été";
  EXPECT_EQ(say.say("{^pest:2}[,|,] {asker}"), other + ", Zoé");
}

TEST(SeedCommunity, IsTheSameForTheSameSizeAndPostsAsManyAsAsked) {
  community one({7, 9, 8, 400}), same({7, 9, 8, 400}), other({8, 9, 8, 400});
  std::size_t posted = 0, different = 0;
  while (const auto step = one.next()) {
    const auto again = same.next(), else_where = other.next();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->text, step->text);
    EXPECT_EQ(again->who, step->who);
    EXPECT_EQ(again->room, step->room);
    posted += step->what == step::kind::post;
    different += !else_where || else_where->text != step->text;
  }
  EXPECT_FALSE(same.next());
  EXPECT_EQ(posted, 400u);
  EXPECT_GT(different, 300u);
}

TEST(SeedCommunity, NothingHappensToAMessageThatIsNotThere) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    community all({seed, 2 + seed % 12, 1 + seed % 9, 300});
    std::map<std::size_t, std::size_t> posted;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> author, removed;
    while (const auto step = all.next()) {
      const std::pair about{step->room, step->message};
      const auto& members = all.rooms()[step->room].members;
      EXPECT_NE(std::ranges::find(members, step->who), members.end()) << "only members do things";
      EXPECT_EQ(removed.count(about), 0u);
      EXPECT_EQ(step->text.find_first_of("{}[]|"), std::string::npos) << step->text;
      if (step->what == step::kind::post) {
        EXPECT_EQ(step->message, posted[step->room]++);
        author[about] = step->who;
        EXPECT_LT(step->reply_to.value_or(0), step->message + 1);
      } else {
        ASSERT_EQ(author.count(about), 1u);
        EXPECT_EQ(author[about] == step->who, step->what != step::kind::react);
      }
      if (step->what == step::kind::remove) removed[about] = 1;
    }
  }
}

TEST(SeedCommunity, ManyPeopleHaveLoginsOfTheirOwn) {
  community all({3, 5'000, 1, 0});
  std::set<std::string> logins;
  for (const person_plan& each : all.people()) {
    EXPECT_EQ(each.login.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-"), std::string::npos) << each.login;
    EXPECT_LE(each.login.size(), 32u);
    logins.insert(each.login);
  }
  EXPECT_EQ(logins.size(), 5'000u);
}

} // namespace
} // namespace palabre::seed

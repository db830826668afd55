#include "search/text_index.hpp"

#include "events/room.hpp"
#include "events/streams.hpp"
#include "tests/projections/known_ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

namespace palabre::search {
namespace {

namespace fs = std::filesystem;
using projections::testing::message_number;
using projections::testing::person;
using projections::testing::room_number;

class TextIndex : public ::testing::Test {
protected:
  TextIndex() {
    std::string pattern = ::testing::TempDir() + "search.XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    open();
  }
  ~TextIndex() override {
    index_.reset();
    fs::remove_all(directory_);
  }

  void open(const std::string& epoch = "aaaaaaaa") {
    index_.reset();
    auto opened = text_index::open(directory_ + "/search", epoch);
    ASSERT_TRUE(opened) << opened.error().context;
    index_ = std::move(opened).value();
  }
  template <class Event>
  void fold(user_id actor, const Event& event, room_id room = room_number(1)) {
    const auto encoded = events::encode_one(event);
    storage::record r;
    r.stream = events::stream_of(room);
    r.version = ++last_;
    r.at = {last_};
    r.actor = actor;
    r.time = {1'700'000'000'000 + static_cast<std::int64_t>(last_) * 1'000};
    r.type = encoded.type;
    r.schema = encoded.schema;
    r.payload = encoded.payload;
    ASSERT_TRUE(index_->fold(r));
    index_->advance(r.at);
  }
  void say(user_id who, std::uint64_t number, const std::string& words, room_id room = room_number(1)) {
    events::message_posted posted;
    posted.message = message_number(number);
    posted.body.value = words;
    said_[last_ + 1] = words;
    fold(who, posted, room);
  }
  std::vector<std::string> found(const std::string& words) {
    text_query what;
    what.words = words;
    what.rooms = {room_number(1)};
    return found(what);
  }
  std::vector<std::string> found(const text_query& what) {
    const auto hits = index_->find(what, [this](room_id, stream_version seq) -> result<std::optional<std::string>> {
      return std::optional(said_.at(seq));
    });
    EXPECT_TRUE(hits) << (hits ? "" : hits.error().context);
    std::vector<std::string> bodies;
    if (hits)
      for (const text_hit& hit : hits.value().items) bodies.push_back(said_.at(hit.seq));
    return bodies;
  }
  /// Whether any file of the index has these bytes.
  bool stands_in_a_file(const std::string& word) const {
    for (const auto& each : fs::recursive_directory_iterator(directory_)) {
      if (!each.is_regular_file()) continue;
      std::ifstream file(each.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      if (bytes.find(word) != std::string::npos) return true;
    }
    return false;
  }

  using some = std::vector<std::string>;
  std::string directory_;
  std::unique_ptr<text_index> index_;
  std::uint64_t last_ = 0;
  std::map<stream_version, std::string> said_;
};

TEST_F(TextIndex, GoesBackToWhatWasKeptAndTakesInTheSameAgain) {
  say(person(1), 1, "walrus kept");
  ASSERT_TRUE(index_->commit());
  say(person(1), 2, "walrus again");
  EXPECT_EQ(found("walrus").size(), 2u) << "found before it is kept";
  ASSERT_TRUE(index_->reopen());
  EXPECT_EQ(index_->applied(), position{1});
  EXPECT_EQ(index_->pending(), 0u);
  last_ = 1;
  say(person(1), 2, "walrus again");
  EXPECT_EQ(found("walrus").size(), 2u);
}

TEST_F(TextIndex, IsBegunAnewForAnotherEpoch) {
  say(person(1), 1, "walrus");
  ASSERT_TRUE(index_->commit());
  open();
  EXPECT_EQ(index_->applied(), position{1});
  open("bbbbbbbb");
  EXPECT_EQ(index_->applied(), position{});
  EXPECT_EQ(found("walrus"), some{});
}

TEST_F(TextIndex, IsBegunAnewWhenItIsDamaged) {
  say(person(1), 1, "walrus");
  ASSERT_TRUE(index_->commit());
  index_.reset();
  std::ofstream(directory_ + "/search/index/iamglass", std::ios::binary | std::ios::trunc) << "not what it was";
  open();
  EXPECT_EQ(index_->applied(), position{});
}

TEST_F(TextIndex, IsOneProcessesAtATime) {
  const auto second = text_index::open(directory_ + "/search", "aaaaaaaa");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, errc::io);
  say(person(1), 1, "walrus");
  EXPECT_EQ(found("walrus"), some{"walrus"}) << "and what is in it stays";
}

TEST_F(TextIndex, ForgetsAnAuthorInEveryFile) {
  for (std::uint64_t n = 1; n <= 200; ++n)
    say(person(n % 2 == 0 ? 1 : 2), n, n % 2 == 0 ? "penguinwords" : "walruswords");
  ASSERT_TRUE(index_->commit());
  ASSERT_TRUE(stands_in_a_file("walruswords"));
  say(person(2), 201, "walruswords that were not kept yet");
  ASSERT_TRUE(index_->forget(person(2)));
  EXPECT_FALSE(stands_in_a_file("walrusword"));
  EXPECT_TRUE(stands_in_a_file("penguinwords"));
  EXPECT_EQ(found("walruswords"), some{});
  EXPECT_EQ(found("penguinwords").size(), 20u) << "a page of them";
  say(person(1), 202, "goes on");
  EXPECT_EQ(found("goes"), some{"goes on"});
}

TEST_F(TextIndex, LeavesNothingOfAForgettingThatWasInterrupted) {
  index_.reset();
  fs::copy(directory_ + "/search/index", directory_ + "/search/fresh", fs::copy_options::recursive);
  fs::remove_all(directory_ + "/search/index");
  open();
  EXPECT_FALSE(fs::exists(directory_ + "/search/fresh"));
  EXPECT_EQ(index_->applied(), position{});
}

/// In few rooms or many, of a word that is rare or common: what a look at every message finds, the newest first.
TEST_F(TextIndex, FindsTheMessagesOfTheRoomsThatAreAskedFor) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  constexpr std::uint64_t rooms = 60, messages = 1'500;
  struct message {
    room_id room;
    user_id author;
    std::string words;
  };
  std::vector<message> all;
  for (std::uint64_t n = 1; n <= messages; ++n) {
    std::string words = "common" + std::string(random() % 20 == 0 ? " seldom" : "") + " number" + std::to_string(n);
    all.push_back({room_number(1 + random() % rooms), person(1 + random() % 3), std::move(words)});
    say(all.back().author, n, all.back().words, all.back().room);
    if (n == messages / 2) {
      ASSERT_TRUE(index_->commit());
    }
  }
  for (int round = 0; round < 60; ++round) {
    text_query what;
    what.by = text_query::order::newest_first;
    what.limit = messages;
    what.words = std::array{"common", "seldom", "number700", ""}[random() % 4];
    if (random() % 2 == 0) what.authors = {person(1 + random() % 3)};
    const std::uint64_t share = random() % 11;
    for (std::uint64_t n = 1; n <= rooms + 40; ++n) // some of them have no message
      if (random() % 10 < share) what.rooms.push_back(room_number(n));
    some expected;
    for (auto each = all.rbegin(); each != all.rend(); ++each)
      if (std::count(what.rooms.begin(), what.rooms.end(), each->room) > 0 &&
          (what.authors.empty() || what.authors.front() == each->author) &&
          (' ' + each->words + ' ').find(what.words.empty() ? " " : ' ' + what.words + ' ') != std::string::npos)
        expected.push_back(each->words);
    EXPECT_EQ(found(what), expected) << what.words << " in " << what.rooms.size() << " rooms";
    what.by = text_query::order::rank;
    some ranked;
    what.limit = 1 + random() % 40;
    for (bool more = true; more; what.offset += what.limit) {
      const some page = found(what);
      ranked.insert(ranked.end(), page.begin(), page.end());
      more = page.size() == what.limit;
    }
    std::sort(ranked.begin(), ranked.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(ranked, expected) << what.words << " in pages of " << what.limit;
  }
}

TEST_F(TextIndex, FindsNothingWithoutRooms) {
  say(person(1), 1, "walrus");
  text_query nowhere;
  nowhere.words = "walrus";
  const auto hits = index_->find(nowhere, [](room_id, stream_version) {
    return result<std::optional<std::string>>(std::optional<std::string>("walrus"));
  });
  ASSERT_TRUE(hits);
  EXPECT_TRUE(hits.value().items.empty());
}

} // namespace
} // namespace palabre::search

// Lists of messages, against counting and walking.

#include "projections/message_lists.hpp"

#include "world.hpp"

#include <algorithm>
#include <map>
#include <random>

namespace palabre::projections {
namespace {

using namespace testing;

class MessageLists : public ::testing::Test {
protected:
  std::uint64_t count(const message_list& list, stream_version after) {
    const auto row = w.views->get(tables::message_lists, key_of(list)).value();
    return row ? count_after(*w.views, list, *row, after).value() : 0;
  }

  world w;
  storage::views_batch rows{*w.views};
};

/// Levels above the lowest count here: more than 4,096 seqs lie between, and a gap wider than a chunk can span.
TEST_F(MessageLists, CountOverFarDistances) {
  const message_list list{person(1), room_number(1)};
  std::mt19937_64 random(7);
  std::map<stream_version, bool> living;
  stream_version version = 0;
  for (int i = 0; i < 400; ++i) {
    version += 1 + random() % (i % 20 == 0 ? 20'000'000 : 3'000);
    ASSERT_TRUE(add_to_list(rows, list, version));
    living[version] = true;
  }
  std::vector<stream_version> seqs;
  for (const auto& [seq, lives] : living) seqs.push_back(seq);
  std::shuffle(seqs.begin(), seqs.end(), random);
  seqs.resize(130);
  for (const stream_version seq : seqs) {
    ASSERT_TRUE(note_deletion(rows, list, seq));
    living[seq] = false;
    if (random() % 8 == 0) { // the next one reads what is stored
      ASSERT_TRUE(rows.commit({1}));
    }
  }
  ASSERT_TRUE(rows.commit({1}));
  for (const auto& [seq, lives] : living)
    for (const stream_version after : {seq - 1, seq, seq + 1, seq | 63, seq | 4'095, seq | 262'143}) {
      std::uint64_t naive = 0;
      for (auto at = living.upper_bound(after); at != living.end(); ++at) naive += at->second;
      EXPECT_EQ(count(list, after), naive) << "after " << after;
    }
}

/// Of authors whose ids stand next to each other, in rooms that have much, little and nothing of them.
TEST_F(MessageLists, AreWalkedWholeInPagesOfAnySize) {
  using place = std::pair<room_id, stream_version>;
  std::map<user_id, std::vector<place>> said;
  std::mt19937_64 random(11);
  for (std::uint8_t r = 1; r <= 6; ++r) {
    stream_version version = 0;
    for (std::uint64_t n = 0; n < r * 40u; ++n) {
      version += 1 + random() % (n % 50 == 49 ? 200'000 : 5);
      const user_id author = person(static_cast<std::uint8_t>(1 + random() % (r == 3 ? 1 : 3)));
      ASSERT_TRUE(add_to_list(rows, {{}, room_number(r)}, version));
      ASSERT_TRUE(add_to_list(rows, {author, room_number(r)}, version));
      said[author].push_back({room_number(r), version});
    }
  }
  ASSERT_TRUE(rows.commit({1}));
  for (std::uint8_t n = 0; n <= 5; ++n)
    for (const std::size_t about : {1u, 16u, 17u, 100u, 4'096u}) {
      std::vector<place> walked;
      authored_page page = messages_of(*w.views, person(n), {}, about).value();
      while (!page.places.empty()) {
        EXPECT_LT(page.places.size(), about + 16);
        for (const auto& each : page.places) walked.push_back({each.room, each.seq});
        page = messages_of(*w.views, person(n), page.last_chunk, about).value();
      }
      EXPECT_EQ(walked, said[person(n)]) << "person " << int{n} << " by " << about;
    }
}

TEST_F(MessageLists, TellOfDamage) {
  const message_list list{person(1), room_number(1)};
  for (stream_version seq = 1; seq <= 20; ++seq) ASSERT_TRUE(add_to_list(rows, list, seq));
  ASSERT_TRUE(rows.commit({1}));
  const std::string row = w.views->get(tables::message_lists, key_of(list)).value().value();
  row_key closed = key_of(list);
  closed.append(1);
  ASSERT_TRUE(w.views->get(tables::message_chunks, closed).value());
  rows.add(tables::message_chunks, closed, "cut");
  ASSERT_TRUE(rows.commit({1}));
  EXPECT_EQ(messages_of(*w.views, person(1), {}, 10).error().code, errc::corrupt);
  EXPECT_EQ(count_after(*w.views, list, row, 3).error().code, errc::corrupt);

  rows.put(tables::message_lists, key_of(list), "short");
  ASSERT_TRUE(rows.commit({1}));
  EXPECT_EQ(count_after(*w.views, list, "short", 3).error().code, errc::corrupt);
  EXPECT_EQ(messages_of(*w.views, person(1), {}, 10).error().code, errc::corrupt);
  EXPECT_EQ(add_to_list(rows, list, 2).error().code, errc::corrupt);
  EXPECT_EQ(note_deletion(rows, list, 2).error().code, errc::corrupt);
}

/// What a message costs here: two rows, of which only one more is written for every 16 messages of a list.
TEST_F(MessageLists, CostAPostTwoSmallRows) {
  std::size_t written = 0;
  constexpr stream_version messages = 1'600;
  for (stream_version version = 1; version <= messages; ++version) {
    for (const user_id author : {user_id{}, person(1)}) {
      ASSERT_TRUE(add_to_list(rows, {author, room_number(1)}, version));
    }
    written += rows.bytes();
    ASSERT_TRUE(rows.commit({version}));
  }
  EXPECT_LT(written / messages, 160u) << "bytes of keys and rows per message";
  std::cout << "bytes per message, each in a commit of its own: " << written / messages << '\n';
}

} // namespace
} // namespace palabre::projections

// How much is unread, against counting.

#include "base/limits.hpp"
#include "events/inbox.hpp"
#include "world.hpp"

#include <map>
#include <random>

namespace palabre::projections {
namespace {

using namespace testing;

/// What happened in a room, kept as it came and counted one by one.
class counted_room {
public:
  counted_room(world& w, room_id room) : w_(w), room_(room) {
    tell(person(1), events::room_created{});
    join(person(1));
  }

  stream_version last() const { return version_; }

  void join(user_id who) {
    tell(who, events::member_joined{who, events::role::member, events::join_way::open, {"x"}});
    joined_[who] = version_;
  }
  void leave(user_id who) {
    tell(who, events::member_left{who});
    joined_.erase(who);
  }
  bool has(user_id who) const { return joined_.contains(who); }
  void post(user_id who, std::vector<user_id> mentioned = {}) {
    events::message_posted e;
    e.mentioned_user_ids = mentioned;
    e.message = message_number(version_ + 1);
    e.body.value = "body";
    tell(who, e);
    messages_[version_] = {who, false};
    mention(version_, std::move(mentioned));
  }
  void edit(stream_version seq, std::vector<user_id> mentioned = {}) {
    tell(messages_.at(seq).author, events::message_edited{message_number(seq), seq, 1, {"edited"}, mentioned});
    mention(seq, std::move(mentioned));
  }
  void remove(stream_version seq) {
    tell(person(1), events::message_deleted{message_number(seq), seq, messages_.at(seq).author});
    messages_.at(seq).deleted = true;
    mention(seq, {});
  }
  /// Events that are no messages: seqs pass.
  void pass(stream_version seqs) {
    for (; seqs > 0; --seqs) tell(person(1), events::room_updated{});
  }
  void read(user_id who, stream_version seq) {
    w_.append(events::inbox_of(who), who, events::read_advanced{room_, seq});
    read_[who] = std::max(read_[who], seq);
  }
  /// A message that is still there; 0: none.
  stream_version any_living(std::uint64_t dice) const {
    std::vector<stream_version> living;
    for (const auto& [seq, m] : messages_)
      if (!m.deleted) living.push_back(seq);
    return living.empty() ? 0 : living[dice % living.size()];
  }

  void expect_counts(const std::vector<user_id>& people) {
    const reading_queries queries(*w_.views);
    const roster_queries roster(*w_.views);
    for (const user_id who : people) {
      if (!has(who)) continue;
      const stream_version joined = roster.standing(room_, who).value()->joined_seq;
      const read_state state = queries.states(who, {{room_, joined}}).value().front();
      EXPECT_EQ(state.last_read_seq, read_[who]);
      EXPECT_EQ(state.last_read_seq, queries.last_read(who, room_).value());
      EXPECT_EQ(state.unread_count, unread(who))
          << "read " << read_[who] << ", joined " << joined << " of " << version_;
      EXPECT_EQ(state.mention_count, mentions(who)) << "read " << read_[who] << ", joined " << joined;
      EXPECT_EQ(listed_mentions(queries, who), all_mentions(who));
    }
  }
  std::uint64_t unread(user_id who) {
    const stream_version after = std::max(read_[who], joined_.at(who));
    std::uint64_t count = 0;
    for (const auto& [seq, m] : messages_) count += seq > after && m.author != who && !m.deleted;
    return std::min<std::uint64_t>(count, 999);
  }
  std::uint64_t mentions(user_id who) {
    const stream_version after = std::max(read_[who], joined_.at(who));
    const auto& all = mentions_[who];
    const auto count = std::count_if(all.begin(), all.end(), [&](stream_version seq) { return seq > after; });
    return std::min<std::uint64_t>(static_cast<std::uint64_t>(count), 99);
  }
  /// The newest first, page by page, of this room.
  std::vector<stream_version> listed_mentions(const reading_queries& queries, user_id who) const {
    std::vector<stream_version> listed;
    std::optional<position> before;
    do {
      const auto page = queries.mentions_of(who, before, 7).value();
      for (const auto& each : page.items)
        if (each.room == room_) listed.push_back(each.seq);
      before = page.next;
    } while (before);
    return listed;
  }
  std::vector<stream_version> all_mentions(user_id who) { return {mentions_[who].rbegin(), mentions_[who].rend()}; }

private:
  struct message {
    user_id author;
    bool deleted = false;
  };
  template <class Event>
  void tell(user_id actor, const Event& event) {
    w_.append(events::stream_of(room_), actor, event);
    ++version_;
  }
  /// Whom the message mentions from now on: whoever it did already keeps their place.
  void mention(stream_version seq, std::vector<user_id> users) {
    for (auto& [who, seqs] : mentions_)
      if (std::erase(users, who) == 0)
        std::erase(seqs, seq);
      else if (std::find(seqs.begin(), seqs.end(), seq) == seqs.end())
        seqs.push_back(seq);
    for (const user_id who : users) mentions_[who].push_back(seq); // never mentioned before
  }

  world& w_;
  const room_id room_;
  stream_version version_ = 0;
  std::map<stream_version, message> messages_;
  std::map<user_id, stream_version> joined_, read_;
  std::map<user_id, std::vector<stream_version>> mentions_; ///< in the order in which they came
};

TEST(Reading, CountsAsANaiveModelDoes) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto roll = [&](std::uint64_t sides) { return random() % sides; };
  const std::vector<user_id> people{person(1), person(2), person(3), person(4)};
  world w;
  counted_room talk(w, room_number(1)), quiet(w, room_number(2));
  for (const user_id who : people)
    if (!talk.has(who)) talk.join(who);
  for (int step = 0; step < 1'000; ++step) {
    counted_room& in = roll(12) == 0 ? quiet : talk;
    const user_id who = people[roll(people.size())];
    const stream_version target = in.any_living(random());
    const std::uint64_t what = roll(100);
    std::vector<user_id> some;
    for (const user_id each : people)
      if (each != who && roll(4) == 0) some.push_back(each);
    if (what < 60)
      in.post(who, some);
    else if (what < 72 && target > 0)
      in.remove(target);
    else if (what < 80 && target > 0)
      in.edit(target, some);
    else if (what < 85)
      in.pass(roll(40));
    else if (what < 90)
      in.has(who) ? in.leave(who) : in.join(who);
    else
      in.read(who, roll(in.last() + 1));
    if (step % 50 == 49) {
      ASSERT_TRUE(w.projector->catch_up());
      talk.expect_counts(people);
      quiet.expect_counts(people);
    }
  }
  const auto as_it_came = w.rows();
  w.open_views("rebuilt");
  ASSERT_TRUE(w.projector->catch_up());
  EXPECT_EQ(w.rows(), as_it_came);
}

TEST(Reading, CountsNoMoreThanItShowsOfMentions) {
  world w;
  counted_room room(w, room_number(1));
  room.join(person(2));
  for (int i = 0; i < 120; ++i) room.post(person(1), {person(2)});
  ASSERT_TRUE(w.projector->catch_up());
  room.expect_counts({person(2)});
  EXPECT_EQ(room.mentions(person(2)), 99u);
}

/// Steps of a read position, each at a version of the inbox.
TEST(Reading, KnowsEveryStepOfAReadPosition) {
  world w;
  counted_room room(w, room_number(1)), other(w, room_number(2));
  room.join(person(2));
  const stream_version steps[] = {3, 2, 9, 9, 10}; // those that do not go on are none
  for (const stream_version each : steps) {
    room.read(person(2), each);
    other.read(person(2), each + 1);
  }
  ASSERT_TRUE(w.projector->catch_up());
  const reading_queries queries(*w.views);
  const auto steps_until = [&](stream_version inbox_version) {
    std::vector<std::pair<stream_version, stream_version>> found;
    EXPECT_TRUE(queries.advances(person(2), room_number(1), inbox_version, [&](const reading_queries::advance& a) {
      found.emplace_back(a.inbox_version, a.seq);
      return true;
    }));
    return found;
  };
  using all = std::vector<std::pair<stream_version, stream_version>>;
  EXPECT_EQ(steps_until(0), all{});
  EXPECT_EQ(steps_until(1), (all{{1, 3}}));
  EXPECT_EQ(steps_until(4), (all{{1, 3}}));
  EXPECT_EQ(steps_until(5), (all{{5, 9}, {1, 3}}));
  EXPECT_EQ(steps_until(100), (all{{9, 10}, {5, 9}, {1, 3}}));
}

TEST(Reading, CountsFromEverySeqAcrossTheBordersOfBlocks) {
  const std::vector<user_id> people{person(1), person(2)};
  world w;
  counted_room room(w, room_number(1));
  room.join(person(2));
  for (int i = 0; i < 150; ++i) {
    room.post(person(static_cast<std::uint8_t>(1 + i % 2)));
    if (i % 5 == 0) room.remove(room.last());
  }
  for (stream_version seq = 0; seq <= room.last(); ++seq) {
    room.read(person(2), seq);
    if (seq == 3) room.leave(person(1)); // two more seqs
    if (seq == 3) room.join(person(1));
    ASSERT_TRUE(w.projector->catch_up());
    room.expect_counts(people);
  }
  EXPECT_EQ(room.unread(person(2)), 0u);
}

TEST(Reading, EndsItsCountAt999) {
  world w;
  counted_room room(w, room_number(1));
  room.join(person(2));
  for (int i = 0; i < 1'005; ++i) room.post(person(1));
  ASSERT_TRUE(w.projector->catch_up());
  const reading_queries queries(*w.views);
  const auto unread_after = [&](stream_version seq) {
    return queries.states(person(2), {{room_number(1), seq}}).value().front().unread_count;
  };
  EXPECT_EQ(unread_after(3), limits::unread_count_max);
  EXPECT_EQ(unread_after(room.last() - 1'000), 999u);
  EXPECT_EQ(unread_after(room.last() - 999), 999u);
  EXPECT_EQ(unread_after(room.last() - 998), 998u);
  EXPECT_EQ(unread_after(room.last()), 0u);
}

TEST(Reading, KeepsTheHighestPositionForEachRoom) {
  world w;
  for (const auto& [room, seq] : {std::pair{1, 5}, {2, 9}, {1, 3}, {1, 7}, {2, 8}})
    w.append(events::inbox_of(person(2)), person(2),
             events::read_advanced{room_number(static_cast<std::uint8_t>(room)), static_cast<stream_version>(seq)});
  ASSERT_TRUE(w.projector->catch_up());
  const reading_queries queries(*w.views);
  EXPECT_EQ(queries.last_read(person(2), room_number(1)).value(), 7u);
  EXPECT_EQ(queries.last_read(person(2), room_number(2)).value(), 9u);
  EXPECT_EQ(queries.last_read(person(1), room_number(1)).value(), 0u);
}

TEST(Reading, AnswersSeatsInTheirOrder) {
  world w;
  counted_room one(w, room_number(1)), two(w, room_number(2));
  for (int i = 0; i < 3; ++i) one.post(person(1));
  two.post(person(1));
  ASSERT_TRUE(w.projector->catch_up());
  const auto states =
      reading_queries(*w.views).states(person(2), {{room_number(1), 0}, {room_number(2), 0}, {room_number(3), 0}});
  ASSERT_EQ(states.value().size(), 3u);
  EXPECT_EQ(states.value()[0].unread_count, 3u);
  EXPECT_EQ(states.value()[1].unread_count, 1u);
  EXPECT_EQ(states.value()[2].unread_count, 0u) << "no such room";
  EXPECT_TRUE(reading_queries(*w.views).states(person(2), {}).value().empty());
}

} // namespace
} // namespace palabre::projections

// Pins now and at every earlier seq, against a model of a few lines.

#include "projections/pins.hpp"

#include "world.hpp"

#include "projections/past.hpp"

#include <random>
#include <tuple>

namespace palabre::projections {
namespace {

using testing::message_number;
using testing::room_number;

TEST(Pins, AreWhatANaiveModelSaysNowAndThen) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto roll = [&](std::uint64_t sides) { return random() % sides; };
  testing::world w;
  const room_id room = room_number(1), other = room_number(2);
  const stream_id stream = events::stream_of(room);
  const user_id ada = testing::person(1), bob = testing::person(2);

  std::vector<std::vector<pin>> then(1); // by seq
  std::vector<std::tuple<message_id, stream_version, user_id>> living;
  const auto tell = [&](const auto& event, user_id actor, const auto& change) {
    const timestamp time{1'700'000'000'000 + static_cast<std::int64_t>(then.size())};
    w.append(stream, actor, event, time);
    std::vector<pin> now = then.back();
    change(now, time);
    then.push_back(std::move(now));
  };
  const auto nothing = [](std::vector<pin>&, timestamp) {};
  const auto gone = [](message_id message) {
    return [message](std::vector<pin>& pins, timestamp) {
      std::erase_if(pins, [&](const pin& each) { return each.message == message; });
    };
  };
  tell(events::room_created{}, ada, nothing);
  w.append(events::stream_of(other), ada, events::room_created{});
  for (int step = 0; step < 300; ++step) {
    const user_id actor = roll(2) ? ada : bob;
    if (living.empty() || roll(3) == 0) {
      events::message_posted posted;
      posted.message = message_number(then.size());
      posted.metadata.value.text = "null";
      living.emplace_back(posted.message, then.size(), actor);
      tell(posted, actor, nothing);
      continue;
    }
    const std::size_t which = roll(living.size());
    const auto [message, seq, author] = living[which];
    const auto& pins = then.back();
    const bool pinned = std::any_of(pins.begin(), pins.end(), [&](const pin& p) { return p.message == message; });
    if (roll(5) == 0) {
      tell(events::message_deleted{message, seq, author}, actor, gone(message));
      living.erase(living.begin() + static_cast<std::ptrdiff_t>(which));
    } else if (pinned) {
      tell(events::message_unpinned{message, seq}, actor, gone(message));
    } else {
      tell(events::message_pinned{message, seq}, actor, [&](std::vector<pin>& now, timestamp time) {
        now.push_back({then.size(), message, actor, time});
      });
    }
  }
  const auto folded = w.projector->catch_up();
  ASSERT_TRUE(folded) << folded.error().context;
  profiles authors(*w.views);
  const timeline_queries now(*w.views, authors);
  EXPECT_EQ(now.pins(room).value(), then.back());
  EXPECT_TRUE(now.pins(other).value().empty());
  const log_reader reader(*w.log);
  const past_queries past(*w.views, reader, authors);
  for (stream_version seq = 1; seq < then.size(); ++seq) {
    past_queries::effort done;
    EXPECT_EQ(past.pins(room, seq, done).value(), then[seq]) << seq;
    EXPECT_LE(done.rows, 1 + then[seq].size() * past_queries::rows_per_record) << "one row, and what is pinned";
  }
}

TEST(Pins, ComeBackAsTheyWere) {
  const std::vector<pin> pins = {{4, message_number(1), testing::person(1), {1'700'000'000'123}},
                                 {9, message_number(2), testing::person(2), {1'700'000'000'456}}};
  EXPECT_EQ(decode_pins(encode(pins)).value(), pins);
  EXPECT_TRUE(decode_pins("").value().empty());
  EXPECT_EQ(decode_pins(encode(pins).substr(1)).error().code, errc::corrupt);
  EXPECT_EQ(decode_pin_seqs(encode_seqs(pins)).value(), (std::vector<stream_version>{4, 9}));
  EXPECT_EQ(decode_pin_seqs("seq").error().code, errc::corrupt);
}

} // namespace
} // namespace palabre::projections

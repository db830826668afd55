#include "search/searcher.hpp"

#include "tests/projections/world.hpp"

#include <future>

namespace palabre::search {
namespace {

using projections::testing::message_number;
using projections::testing::person;
using projections::testing::room_number;
using projections::testing::world;

/// Has the name of an event, and not its fields.
struct unreadable {
  static constexpr events::event_type type{"message.posted", 1, events::audience::members};
  bool strange = true;
};
BOOST_DESCRIBE_STRUCT(unreadable, (), (strange))

class Searcher : public ::testing::Test {
protected:
  position say(std::uint64_t number, const std::string& words) {
    events::message_posted posted;
    posted.message = message_number(number);
    posted.body.value = words;
    return w_.append(events::stream_of(room_number(1)), person(1), posted);
  }
  std::unique_ptr<searcher> open() {
    auto opened = searcher::open({*w_.log, w_.directory() + "/search",
                                  [](room_id, stream_version) {
                                    return result<std::optional<std::string>>(std::optional<std::string>("words"));
                                  },
                                  [this](const std::string& what) { warned_.push_back(what); }});
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().context);
    return std::move(opened).value();
  }
  static result<text_hits> ask(searcher& s, const std::string& words, position seen) {
    std::promise<result<text_hits>> answer;
    text_query what;
    what.words = words;
    what.rooms = {room_number(1)};
    s.find(what, seen, [&](result<text_hits> found) { answer.set_value(std::move(found)); });
    return answer.get_future().get();
  }
  static std::size_t count(searcher& s, const std::string& words, position seen) {
    const auto found = ask(s, words, seen);
    EXPECT_TRUE(found) << (found ? "" : found.error().context);
    return found ? found.value().items.size() : 0;
  }

  world w_;
  std::vector<std::string> warned_;
};

TEST_F(Searcher, HasReadWhatTheAskerHasSeen) {
  const auto s = open();
  s->start();
  for (std::uint64_t n = 1; n <= 10; ++n) {
    const position seen = say(n, "walrus number " + std::to_string(n));
    EXPECT_EQ(count(*s, "walrus", seen), n);
    EXPECT_GE(s->applied(), seen);
  }
  EXPECT_EQ(s->failure(), "");
}

TEST_F(Searcher, GoesOnWhereItEnded) {
  position seen = say(1, "walrus one");
  {
    const auto s = open();
    s->start();
    EXPECT_EQ(count(*s, "walrus", seen), 1u);
  }
  seen = say(2, "walrus two");
  const auto s = open();
  EXPECT_EQ(s->applied(), position{1});
  s->start();
  EXPECT_EQ(count(*s, "walrus", seen), 2u);
}

TEST_F(Searcher, ForgetsAndGoesOn) {
  const auto s = open();
  s->start();
  EXPECT_EQ(count(*s, "walrus", say(1, "walrus")), 1u);
  ASSERT_TRUE(s->forget(person(1)));
  EXPECT_EQ(count(*s, "walrus", w_.log->head()), 0u);
  EXPECT_EQ(count(*s, "penguin", say(2, "penguin")), 1u);
}

TEST_F(Searcher, StopsAtAnEventThatItCannotReadAndKeepsWhatItHas) {
  const auto s = open();
  s->start();
  EXPECT_EQ(count(*s, "walrus", say(1, "walrus")), 1u);
  const position seen = w_.append(events::stream_of(room_number(1)), person(1), unreadable{});
  const auto found = ask(*s, "walrus", seen);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, errc::unavailable);
  EXPECT_NE(s->failure(), "");
  EXPECT_EQ(s->applied(), position{1}) << "the index is not to blame";
}

TEST_F(Searcher, RefusesWhatComesBehindItsEnd) {
  auto s = open();
  std::promise<result<text_hits>> answer;
  s->find({}, {}, [&](result<text_hits> found) { answer.set_value(std::move(found)); });
  s->start();
  s.reset(); // whatever it was doing
  const auto found = answer.get_future().get();
  if (!found) {
    EXPECT_EQ(found.error().code, errc::unavailable);
  }
}

} // namespace
} // namespace palabre::search

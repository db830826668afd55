// A projector that leaves what comes for a while: here for an hour, so that only what is to end a rest can.

#include "world.hpp"

#include "events/streams.hpp"

#include <future>
#include <limits>

namespace palabre::projections {
namespace {

using namespace testing;

class ProjectorRest : public ::testing::Test {
protected:
  ProjectorRest() {
    w.projector = std::make_unique<projector>(*w.log, *w.views, w.projections(),
                                              [](projector::clock::time_point) { return std::chrono::hours(1); });
    w.projector->add_listener([this](const storage::committed_batch& batch) {
      if (batch.last() >= awaited_ && !std::exchange(is_told_, true)) told_.set_value();
      visible_when_told_.push_back(w.views->checkpoint().value());
    });
    w.append(events::stream_of(person(1)), person(1), events::session_closed{});
    w.projector->start();
    wait_for(w.log->head()); // read from the log; the first rest begins
    visible_when_told_.clear();
  }

  ~ProjectorRest() override { w.projector->stop(); } // its listener is this

  position append_and_feed() {
    const position at = w.append(events::stream_of(person(1)), person(1), events::session_closed{});
    w.projector->feed(w.committed.back());
    return at;
  }
  /// Feeds what was committed from `first` on.
  void expect_told_of(std::size_t first) {
    awaited_ = w.committed[first]->last();
    for (std::size_t i = first; i < w.committed.size(); ++i) w.projector->feed(w.committed[i]);
    told_.get_future().get();
  }
  void wait_for(position at) {
    std::promise<result<void>> reached;
    w.projector->when_applied(at, [&](result<void> what) { reached.set_value(std::move(what)); });
    ASSERT_TRUE(reached.get_future().get());
  }

  world w;
  position awaited_{std::numeric_limits<std::uint64_t>::max()}; ///< before it is fed
  std::promise<void> told_;
  bool is_told_ = false;
  std::vector<position> visible_when_told_;
};

TEST_F(ProjectorRest, EndsForWhoWaitsAndAllThatCameIsWrittenAtOnce) {
  append_and_feed();
  append_and_feed();
  const position last = append_and_feed();
  wait_for(last);
  w.projector->stop();
  EXPECT_EQ(visible_when_told_, std::vector<position>(3, last));
}

TEST_F(ProjectorRest, EndsBehindManyRecords) {
  const std::size_t first = w.committed.size();
  for (std::size_t records = 0; records < limits::recent_facts_max / 2; records += 128) {
    for (int i = 0; i < 128; ++i)
      w.submit(events::stream_of(person(1)), person(1), events::session_closed{}, {1'700'000'000'000});
    w.journal->step();
  }
  expect_told_of(first);
}

TEST_F(ProjectorRest, EndsBehindManyBytes) {
  const stream_id room = events::stream_of(room_number(1));
  w.append(room, person(1), events::room_created{});
  w.projector->feed(w.committed.back());
  const std::size_t first = w.committed.size();
  events::message_posted said;
  said.body.value = std::string(limits::message_bytes_max, 'x');
  for (std::size_t bytes = 0; bytes < 1024 * 1024; bytes += limits::message_bytes_max) {
    said.message = message_number(bytes);
    w.append(room, person(1), said);
  }
  expect_told_of(first);
}

TEST_F(ProjectorRest, EndsForOtherRows) {
  append_and_feed();
  const position last = append_and_feed();
  auto fresh = storage::views_store::open(w.directory() + "/fresh", tables::forms, "test").value();
  ASSERT_TRUE(w.projector->exchange(std::move(fresh)));
  EXPECT_EQ(w.views->checkpoint().value(), last);
}

TEST_F(ProjectorRest, EndsWithTheProjectorWhichFoldsWhatCame) {
  const position at = append_and_feed();
  w.projector->stop();
  EXPECT_EQ(w.projector->applied(), at);
}

} // namespace
} // namespace palabre::projections

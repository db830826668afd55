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
      if (batch.last() >= awaited_) told_.set_value();
      visible_when_told_.push_back(w.views->checkpoint().value());
    });
    w.append(events::stream_of(person(1)), person(1), events::session_closed{});
    w.projector->start();
    wait_for(w.log->head()); // read from the log; the first rest begins
    visible_when_told_.clear();
  }

  position append_and_feed() {
    const position at = w.append(events::stream_of(person(1)), person(1), events::session_closed{});
    w.projector->feed(w.committed.back());
    return at;
  }
  void wait_for(position at) {
    std::promise<result<void>> reached;
    w.projector->when_applied(at, [&](result<void> what) { reached.set_value(std::move(what)); });
    ASSERT_TRUE(reached.get_future().get());
  }

  world w;
  position awaited_{std::numeric_limits<std::uint64_t>::max()}; ///< before it is fed
  std::promise<void> told_;
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

TEST_F(ProjectorRest, EndsWhenMuchHasCome) {
  std::size_t bytes = 0;
  const std::size_t first = w.committed.size();
  while (bytes < 1024 * 1024) {
    for (int i = 0; i < 100; ++i)
      w.submit(events::stream_of(person(1)), person(1), events::session_closed{}, {1'700'000'000'000});
    w.journal->step();
    for (const auto& record : w.committed.back()->records) bytes += record.stored.size();
  }
  awaited_ = w.log->head();
  for (std::size_t i = first; i < w.committed.size(); ++i) w.projector->feed(w.committed[i]);
  told_.get_future().get();
}

TEST_F(ProjectorRest, EndsWithTheProjector) {
  const position at = append_and_feed();
  w.projector->stop();
  EXPECT_LT(w.projector->applied(), at);
}

} // namespace
} // namespace palabre::projections

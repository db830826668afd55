// A projector that leaves what comes for a while: here for an hour, so that only what is to end a rest can.

#include "world.hpp"

#include "events/streams.hpp"
#include "projections/projector_rests.hpp"

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
  void expect_it_ends_behind_all(std::size_t first) {
    awaited_ = w.committed.back()->last();
    for (std::size_t i = first; i < w.committed.size(); ++i) w.projector->feed(w.committed[i]);
    ASSERT_EQ(told_.get_future().wait_for(patience), std::future_status::ready) << "nothing ended the rest";
  }
  void wait_for(position at) {
    const auto reached = std::make_shared<std::promise<result<void>>>();
    w.projector->when_applied(at, [reached](result<void> what) { reached->set_value(std::move(what)); });
    auto done = reached->get_future();
    ASSERT_EQ(done.wait_for(patience), std::future_status::ready) << "who waits did not end the rest";
    ASSERT_TRUE(done.get());
  }

  static constexpr std::chrono::seconds patience{60};

  world w;
  position awaited_{std::numeric_limits<std::uint64_t>::max()}; ///< before it is fed
  std::promise<void> told_;
  bool is_told_ = false;
  std::vector<position> visible_when_told_;
};

TEST(ProjectorRests, AreAsLongAsCoresAreShortForAThreadWithMuchToSave) {
  using std::chrono::microseconds;
  struct row {
    double wanted, waited;
    microseconds rest;
  };
  const std::vector<row> table{
      {0.0, 0.0, microseconds(0)},        {1.0, 0.0, microseconds(0)},        {1.0, 0.15, microseconds(0)},
      {1.0, 0.275, microseconds(25'000)}, {1.0, 0.4, microseconds(50'000)},   {1.0, 1.0, microseconds(50'000)},
      {0.08, 1.0, microseconds(50'000)},  {0.055, 1.0, microseconds(25'000)}, {0.055, 0.275, microseconds(12'500)},
      {0.03, 1.0, microseconds(0)},       {0.0305, 1.0, microseconds(0)}, // not worth a timer
  };
  for (const row& each : table)
    EXPECT_NEAR(std::chrono::duration<double>(projector_rests::after({each.wanted, each.waited})).count(),
                std::chrono::duration<double>(each.rest).count(), 2e-6)
        << each.wanted << " wanted, " << each.waited << " waited";
}

TEST(ProjectorRests, EndBehindManyRecordsOrBytes) {
  constexpr std::size_t records = limits::projector_rest_records_max, bytes = projector_rests::bytes_max;
  EXPECT_FALSE(projector_rests::is_much(0, 0));
  EXPECT_FALSE(projector_rests::is_much(records - 1, bytes - 1));
  EXPECT_TRUE(projector_rests::is_much(records, 0));
  EXPECT_TRUE(projector_rests::is_much(0, bytes));
}

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
  constexpr std::size_t together = 128;
  static_assert(limits::projector_rest_records_max % together == 0);
  for (std::size_t records = 0; records < limits::projector_rest_records_max; records += together) {
    for (std::size_t i = 0; i < together; ++i)
      w.submit(events::stream_of(person(1)), person(1), events::session_closed{}, {1'700'000'000'000});
    w.journal->step();
  }
  expect_it_ends_behind_all(first);
}

TEST_F(ProjectorRest, EndsBehindManyBytes) {
  const stream_id room = events::stream_of(room_number(1));
  const std::size_t first = w.committed.size();
  w.append(room, person(1), events::room_created{});
  events::message_posted said;
  said.body.value = std::string(limits::message_bytes_max, 'x');
  const auto last_bytes = [&] { return w.committed.back()->records.front().stored.size(); };
  for (std::size_t bytes = last_bytes(); bytes < projector_rests::bytes_max; bytes += last_bytes()) {
    said.message = message_number(bytes);
    w.append(room, person(1), said);
  }
  expect_it_ends_behind_all(first);
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

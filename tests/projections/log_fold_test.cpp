// Views computed anew: the same rows as the projector's, and an exchange that nobody who reads notices.
#include "projections/log_fold.hpp"

#include "varied_history.hpp"
#include "world.hpp"

#include <algorithm>
#include <future>
#include <numeric>
#include <thread>

namespace palabre::projections {
namespace {

using namespace testing;

const auto go_on = [](position) { return true; };

std::string computed_in(world& w, const std::string& name, const std::vector<projection*>& which, position last,
                        std::size_t known_bytes = known_bytes_max) {
  const std::string directory = w.directory() + "/" + name;
  auto into = storage::views_store::begin(directory, tables::forms).value();
  const auto folded = fold_log(*w.log, *into, which, {}, last, go_on, known_bytes);
  EXPECT_TRUE(folded) << folded.error().context;
  EXPECT_TRUE(storage::views_store::finish(std::move(into), last, "test"));
  return directory;
}

TEST(LogFold, GivesTheRowsThatTheProjectorGives) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  world w;
  varied_history(w, seed).go_on(4'000); // several chunks
  ASSERT_TRUE(w.projector->catch_up());
  const all_rows by_projector = w.rows();
  EXPECT_GT(by_projector.size(), 2'000u);
  computed_in(w, "anew", w.projections(), w.log->head());
  w.open_views("anew");
  EXPECT_FALSE(w.views->was_emptied());
  EXPECT_EQ(w.projector->applied(), w.log->head());
  EXPECT_EQ(w.rows(), by_projector);
}

TEST(LogFold, GivesTheSameRowsHoweverOftenTheyAreHandedOver) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  world w;
  varied_history(w, seed).go_on(6'000);
  ASSERT_TRUE(w.projector->catch_up());
  const all_rows by_projector = w.rows();
  for (const std::size_t known_bytes : {0u, 300'000u, 1'200'000u}) { // the second thread: at a quarter
    const std::string name = "anew." + std::to_string(known_bytes);
    computed_in(w, name, w.projections(), w.log->head(), known_bytes);
    w.open_views(name);
    EXPECT_EQ(w.rows(), by_projector) << known_bytes;
  }
}

TEST(LogFold, ComputesOneProjectionAmongTheOthers) {
  world w;
  varied_history(w, 5).go_on(1'500);
  ASSERT_TRUE(w.projector->catch_up());
  const all_rows before = w.rows();
  for (projection* only : w.projections()) {
    SCOPED_TRACE(only->name());
    const auto owned = only->owned_tables();
    const std::string name(only->name());
    auto into = storage::views_store::begin_with(w.directory() + "/" + name, tables::forms, *w.views,
                                                 {owned.begin(), owned.end()})
                    .value();
    EXPECT_LT(w.rows_of(*into).size(), before.size());
    const position at = into->checkpoint().value();
    ASSERT_TRUE(fold_log(*w.log, *into, {only}, {}, at, go_on));
    ASSERT_TRUE(storage::views_store::finish(std::move(into), at, "test"));
    w.open_views(name);
    EXPECT_EQ(w.rows(), before);
  }
}

TEST(Projections, OwnEveryTableOnce) {
  world w;
  std::map<storage::table, std::string_view> owners;
  for (const projection* p : w.projections())
    for (const storage::table t : p->owned_tables())
      EXPECT_TRUE(owners.emplace(t, p->name()).second) << tables::names[t] << " has two owners";
  EXPECT_EQ(owners.size(), tables::names.size());
}

/// Or they could neither fold side by side nor one by one.
TEST(Projections, FoldTheirOwnTablesAndLookAtNoOthers) {
  world w;
  varied_history(w, 6).go_on(1'500);
  ASSERT_TRUE(w.projector->catch_up());
  const all_rows together = w.rows();
  all_rows one_by_one;
  for (projection* only : w.projections()) {
    computed_in(w, std::string(only->name()), {only}, w.log->head());
    w.open_views(std::string(only->name()));
    const all_rows its = w.rows();
    EXPECT_FALSE(its.empty()) << only->name();
    one_by_one.insert(one_by_one.end(), its.begin(), its.end());
  }
  const auto sorted = [](all_rows rows) {
    std::sort(rows.begin(), rows.end());
    return rows;
  };
  EXPECT_EQ(sorted(one_by_one), sorted(together));
}

TEST(VariedHistory, HasEventsOfEveryType) {
  world w;
  varied_history(w, 11).go_on(10'000);
  std::set<std::pair<char, std::string>> lacking;
  for (const auto& known : events::all_types()) lacking.emplace(static_cast<char>(known.stream), known.type.name);
  ASSERT_TRUE(w.log->scan({}, w.log->head(), [&](const storage::committed_record& r) {
    lacking.erase({r.view.stream.kind, std::string(r.view.type)});
    return true;
  }));
  for (const auto& [kind, type] : lacking) ADD_FAILURE() << kind << ' ' << type;
}

TEST(LogFold, GivesUpWhenItIsTold) {
  world w;
  varied_history(w, 7).go_on(3'000);
  auto into = storage::views_store::begin(w.directory() + "/anew", tables::forms).value();
  int told = 0;
  const auto folded = fold_log(*w.log, *into, w.projections(), {}, w.log->head(), [&](position) { return ++told < 2; });
  ASSERT_FALSE(folded);
  EXPECT_EQ(folded.error().code, errc::abandoned);
  EXPECT_EQ(told, 2);
}

TEST(LogFold, SaysWhichEventItCannotFold) {
  world w;
  varied_history(w, 8).go_on(1'200);
  events::message_deleted nothing;
  nothing.message_seq = 999'999;
  const position bad = w.append(events::stream_of(room_number(1)), person(1), nothing);
  varied_history(w, 9).go_on(10);
  auto into = storage::views_store::begin(w.directory() + "/anew", tables::forms).value();
  const auto folded = fold_log(*w.log, *into, w.projections(), {}, w.log->head(), go_on);
  ASSERT_FALSE(folded);
  EXPECT_EQ(folded.error().code, errc::corrupt);
  EXPECT_NE(folded.error().context.find("position " + std::to_string(bad.value)), std::string::npos)
      << folded.error().context;
}

TEST(Users, ForgetClosedSessionsAfterADay) {
  world w;
  constexpr std::int64_t hour = 3'600'000, start = 1'700'000'000'000;
  const auto close_at = [&](std::int64_t ms, std::uint8_t number) {
    events::session_closed closed;
    closed.session.bytes[15] = number;
    w.append(events::stream_of(person(1)), person(1), closed, {ms});
  };
  const auto since = [&](std::int64_t ms) {
    EXPECT_TRUE(w.projector->catch_up());
    std::vector<int> numbers;
    const auto sessions = user_queries(*w.views).sessions_closed_since({ms}).value();
    for (const session_id& s : sessions) numbers.push_back(s.bytes[15]);
    return numbers;
  };
  close_at(start, 1);
  close_at(start + hour, 2);
  EXPECT_EQ(since(start), (std::vector<int>{1, 2}));
  EXPECT_EQ(since(start + 1), std::vector<int>{2});
  close_at(start + 24 * hour, 3); // the first is a day old, not older
  EXPECT_EQ(since(start), (std::vector<int>{1, 2, 3}));
  close_at(start + 25 * hour, 4);
  EXPECT_EQ(since(start), (std::vector<int>{2, 3, 4}));
  for (std::uint8_t i = 0; i < 100; ++i) close_at(start + 30 * hour, i);
  close_at(start + 80 * hour, 200);
  for (int i = 0; i < 40; ++i) close_at(start + 80 * hour, 201);
  const auto left = since(0);
  EXPECT_EQ(left.size(), 41u);
  EXPECT_EQ(left.front(), 200);
  EXPECT_EQ(w.rows_of_table(tables::closed_sessions).size(), 42u); // and one says which there are
}

class Exchange : public ::testing::Test {
protected:
  std::unique_ptr<storage::views_store> computed(const std::string& name, position last) {
    return storage::views_store::open(computed_in(w, name, w.projections(), last), tables::forms, "test").value();
  }
  void feed_new() {
    for (; fed < w.committed.size(); ++fed) w.projector->feed(w.committed[fed]);
  }
  void wait_for(position at) {
    std::promise<result<void>> reached;
    w.projector->when_applied(at, [&](result<void> what) { reached.set_value(std::move(what)); });
    ASSERT_TRUE(reached.get_future().get());
  }

  world w;
  varied_history<world> history{w, 10};
  std::size_t fed = 0;
};

TEST_F(Exchange, GoesOnWhereTheRowsWere) {
  history.go_on(500);
  const position early = w.log->head();
  auto behind = computed("behind", early);
  history.go_on(500);
  const position middle = w.log->head();
  auto ahead = computed("ahead", middle);
  std::vector<std::uint64_t> told;
  w.projector->add_listener([&](const storage::committed_batch& batch) {
    for (const auto& record : batch.records) told.push_back(record.view.at.value);
  });
  w.projector->start();
  wait_for(middle);
  ASSERT_TRUE(w.projector->exchange(std::move(behind))); // catches up with what is shown
  EXPECT_EQ(w.views->directory(), w.directory() + "/behind");
  EXPECT_GE(w.views->checkpoint().value(), middle);
  history.go_on(300);
  feed_new();
  wait_for(w.log->head());
  auto later = computed("later", w.log->head());
  history.go_on(200); // not fed: the projector learns of these by the exchange
  auto newest = computed("newest", w.log->head());
  ASSERT_TRUE(w.projector->exchange(std::move(newest)));
  EXPECT_EQ(w.projector->applied(), w.log->head());
  ASSERT_TRUE(w.projector->exchange(std::move(later)));
  w.projector->stop();
  EXPECT_EQ(w.views->checkpoint().value(), w.log->head());
  std::vector<std::uint64_t> all(w.log->head().value);
  std::iota(all.begin(), all.end(), 1u);
  EXPECT_EQ(told, all) << "each event is told once, in order";
  const all_rows rows = w.rows();
  w.open_views("fresh");
  ASSERT_TRUE(w.projector->catch_up());
  EXPECT_EQ(w.rows(), rows);
}

TEST_F(Exchange, IsWhatAProjectorCanWaitFor) {
  history.go_on(300);
  w.projector->start(projector::beginning::wait_for_rows);
  auto rows = computed("anew", w.log->head());
  history.go_on(50);
  feed_new();
  std::promise<result<void>> reached;
  w.projector->when_applied(w.log->head(), [&](result<void> what) { reached.set_value(std::move(what)); });
  EXPECT_EQ(w.projector->applied(), position{});
  ASSERT_TRUE(w.projector->exchange(std::move(rows)));
  ASSERT_TRUE(reached.get_future().get());
  w.projector->stop();
  const all_rows found = w.rows();
  w.open_views("fresh");
  ASSERT_TRUE(w.projector->catch_up());
  EXPECT_EQ(w.rows(), found);
}

TEST_F(Exchange, IsNotWaitedForOnceItIsKnownThatNoneWillCome) {
  history.go_on(100);
  w.projector->start(projector::beginning::wait_for_rows);
  w.projector->fold_on();
  wait_for(w.log->head());
}

TEST_F(Exchange, IsRefusedByAProjectorThatHasStopped) {
  auto rows = computed("anew", w.log->head());
  w.projector->start();
  w.projector->stop();
  const auto exchanged = w.projector->exchange(std::move(rows));
  ASSERT_FALSE(exchanged);
  EXPECT_EQ(exchanged.error().code, errc::unavailable);
}

/// Reads never fail and never go back, whatever is exchanged under them and however fast the log grows.
TEST_F(Exchange, IsNotNoticedByWhoReads) {
  w.projector->start();
  std::atomic<bool> ends{false};
  std::thread reader([&] {
    stream_version last = 0;
    while (!ends) {
      const position applied = w.projector->applied();
      const auto room = roster_queries(*w.views).room(room_number(1));
      ASSERT_TRUE(room) << room.error().context;
      const auto checkpoint = w.views->checkpoint();
      ASSERT_TRUE(checkpoint);
      ASSERT_GE(checkpoint.value(), applied);
      if (!room.value()) continue; // not folded yet
      ASSERT_GE(room.value()->last_seq, last);
      last = room.value()->last_seq;
    }
  });
  for (int i = 0; i < 8; ++i) {
    auto rows = computed("anew" + std::to_string(i), w.log->head());
    auto exchanged = std::async(std::launch::async, [&] { return w.projector->exchange(std::move(rows)); });
    history.go_on(200);
    feed_new();
    ASSERT_TRUE(exchanged.get());
  }
  wait_for(w.log->head());
  ends = true;
  reader.join();
}

} // namespace
} // namespace palabre::projections

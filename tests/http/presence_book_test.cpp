#include "http/presence/presence_book.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace palabre::http {
namespace {

using status = events::presence_status;
using transitions = std::vector<presence_book::transition>;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t all = 1'000;
constexpr seconds grace{10};

user_id person(std::uint8_t n) {
  user_id id;
  id.bytes[15] = n;
  return id;
}
const user_id ada = person(1), bob = person(2), eve = person(3);

timestamp at(seconds time) {
  return {1'700'000'000'000 + time.count() * 1'000};
}
timestamp at(int second) {
  return at(seconds(second));
}

/// A book whose transitions are all carried out at once.
class PresenceBook : public ::testing::Test {
protected:
  transitions tick(int second) {
    auto due = book.tick(at(second), all);
    for (const auto& each : due) book.reported(each.user);
    return due;
  }
  presence_book book{grace};
};

TEST_F(PresenceBook, SaysOnceThatSomeoneCame) {
  EXPECT_TRUE(book.arrive(ada, at(0)));
  EXPECT_EQ(tick(0), (transitions{{ada, status::online}}));
  for (int second = 1; second < 300; ++second) {
    book.act(ada, at(second));
    EXPECT_EQ(tick(second), transitions{}) << "no heartbeat";
  }
}

TEST_F(PresenceBook, CountsDevices) {
  book.arrive(ada, at(0));
  EXPECT_FALSE(book.arrive(ada, at(0)));
  tick(0);
  book.depart(ada, at(1));
  EXPECT_EQ(tick(60), transitions{}) << "one is left";
  book.depart(ada, at(60));
  EXPECT_EQ(tick(69), transitions{});
  EXPECT_EQ(tick(70), (transitions{{ada, status::offline}}));
  EXPECT_EQ(book.size(), 0u);
  EXPECT_EQ(book.take_freed(), std::vector{ada});
}

TEST_F(PresenceBook, ComingBackWithinTheGraceIsNoTransition) {
  book.arrive(ada, at(0));
  tick(0);
  for (int second = 10; second < 200; second += 10) {
    book.depart(ada, at(second));
    EXPECT_EQ(tick(second + 9), transitions{});
    book.arrive(ada, at(second + 9));
    EXPECT_EQ(tick(second + 9), transitions{});
  }
  EXPECT_EQ(tick(299), transitions{});
  EXPECT_EQ(tick(300), (transitions{{ada, status::away}})) << "reconnecting is not acting";
}

TEST_F(PresenceBook, WhoWasAwayComesBackAway) {
  book.arrive(ada, at(0));
  tick(0);
  EXPECT_EQ(tick(300), (transitions{{ada, status::away}}));
  book.depart(ada, at(301));
  book.arrive(ada, at(305));
  EXPECT_EQ(tick(310), transitions{});
  book.depart(ada, at(320));
  EXPECT_EQ(tick(330), (transitions{{ada, status::offline}}));
  book.arrive(ada, at(331));
  EXPECT_EQ(tick(331), (transitions{{ada, status::online}}));
}

TEST_F(PresenceBook, NobodyGoesAwayDuringTheGrace) {
  book.arrive(ada, at(0));
  tick(0);
  book.depart(ada, at(295));
  EXPECT_EQ(tick(304), transitions{});
  EXPECT_EQ(tick(305), (transitions{{ada, status::offline}}));
}

TEST_F(PresenceBook, AnotherDeviceIsAnAct) {
  book.arrive(ada, at(0));
  tick(0);
  EXPECT_EQ(tick(300), (transitions{{ada, status::away}}));
  book.arrive(ada, at(400));
  EXPECT_EQ(tick(400), (transitions{{ada, status::online}}));
}

TEST_F(PresenceBook, GoesAwayAfterOnesOwnIdleTime) {
  book.arrive(ada, at(0));
  book.arrive(bob, at(0));
  book.configure(bob, seconds(60), at(0));
  tick(0);
  EXPECT_EQ(tick(60), (transitions{{bob, status::away}}));
  book.act(bob, at(61));
  EXPECT_EQ(tick(61), (transitions{{bob, status::online}})) << "back at once";
  book.configure(bob, seconds(600), at(61));
  EXPECT_EQ(tick(300), (transitions{{ada, status::away}}));
  EXPECT_EQ(tick(661), (transitions{{bob, status::away}}));
  book.configure(bob, seconds(900), at(700));
  EXPECT_EQ(tick(700), (transitions{{bob, status::online}})) << "not idle by the new measure";
}

TEST_F(PresenceBook, HasOneTransitionInFlight) {
  book.arrive(ada, at(0));
  EXPECT_EQ(book.tick(at(0), all), (transitions{{ada, status::online}}));
  book.depart(ada, at(1));
  EXPECT_EQ(book.tick(at(11), all), transitions{});
  book.arrive(ada, at(12));
  book.depart(ada, at(12));
  EXPECT_EQ(book.tick(at(30), all), transitions{}) << "the first is still out";
  book.reported(ada);
  EXPECT_EQ(book.tick(at(30), all), (transitions{{ada, status::offline}}))
      << "what was in between is not worth an event";
}

TEST_F(PresenceBook, ComesAgainAfterAFailure) {
  book.arrive(ada, at(0));
  book.tick(at(0), all);
  book.failed(ada, at(5));
  EXPECT_EQ(book.tick(at(4), all), transitions{});
  EXPECT_EQ(book.tick(at(5), all), (transitions{{ada, status::online}}));
}

TEST_F(PresenceBook, AFailureMayHaveHappened) {
  book.arrive(ada, at(0));
  book.tick(at(0), all);
  book.depart(ada, at(0));
  EXPECT_EQ(book.tick(at(10), all), transitions{});
  book.failed(ada, at(11));
  EXPECT_EQ(tick(11), (transitions{{ada, status::offline}})) << "nobody knows whether the log says online";
  EXPECT_EQ(book.size(), 0u);
}

TEST_F(PresenceBook, ReportsWhenAStatusSetByHandExpires) {
  book.arrive(ada, at(0));
  tick(0);
  book.expires(ada, at(50));
  EXPECT_EQ(tick(49), transitions{});
  EXPECT_EQ(tick(50), (transitions{{ada, status::online}}));
  EXPECT_EQ(tick(51), transitions{}) << "once";
  book.expires(ada, at(60));
  book.expires(ada, std::nullopt);
  EXPECT_EQ(tick(70), transitions{});
}

TEST_F(PresenceBook, SpreadsAStorm) {
  for (std::uint8_t n = 1; n <= 10; ++n) book.arrive(person(n), at(0));
  std::size_t sent = 0;
  for (const std::size_t expected : {4u, 4u, 2u, 0u}) {
    const auto due = book.tick(at(0), 4);
    EXPECT_EQ(due.size(), expected);
    for (const auto& each : due) book.reported(each.user);
    sent += due.size();
  }
  EXPECT_EQ(sent, 10u);
}

TEST_F(PresenceBook, ForgetsWhoWasNeverReported) {
  book.arrive(ada, at(0));
  book.depart(ada, at(0));
  EXPECT_EQ(tick(10), transitions{}) << "came and went while the ticks stood still";
  EXPECT_EQ(book.size(), 0u);
  EXPECT_EQ(book.take_freed(), std::vector{ada});
}

// ---- Against a model that keeps everything that ever happened and works the status out from the beginning

struct happening {
  enum class kind : std::uint8_t { arrive, act, depart };
  kind what;
  timestamp when;
};

class naive_person {
public:
  int connections = 0;
  std::vector<happening> history;
  milliseconds away_after = limits::auto_away_after_default;
  std::optional<timestamp> expires_at;
  bool has_expired = false;
  std::optional<status> reported = status::offline, in_flight;
  timestamp not_before;
  bool in_book = false;

  status at(timestamp now) const {
    int connected = 0;
    bool present = false;
    std::int64_t acted = 0;
    std::optional<std::int64_t> departed;
    const auto grace_is_over = [&](std::int64_t t) { return departed && t >= *departed + milliseconds(grace).count(); };
    for (const happening& h : history) {
      if (connected == 0 && grace_is_over(h.when.ms)) present = false;
      if (h.what == happening::kind::arrive) {
        const bool comes_back = present && departed && !grace_is_over(h.when.ms);
        if (!comes_back) acted = h.when.ms;
        present = true;
        ++connected;
      } else if (h.what == happening::kind::act) {
        if (present) acted = h.when.ms;
      } else {
        --connected;
        departed = h.when.ms;
      }
    }
    if (!present || (connected == 0 && grace_is_over(now.ms))) return status::offline;
    const std::int64_t looked_at = connected == 0 ? *departed : now.ms;
    return looked_at - acted >= away_after.count() ? status::away : status::online;
  }
  void look_at_expiry(timestamp now) {
    if (!expires_at || *expires_at > now) return;
    has_expired = true;
    expires_at.reset();
  }
  std::optional<status> due(timestamp now) {
    look_at_expiry(now);
    const status is = at(now);
    const bool wanted = reported != is || (has_expired && is != status::offline);
    return in_book && !in_flight && wanted && not_before <= now ? std::optional(is) : std::nullopt;
  }
  void forget_if_over(timestamp now) {
    if (connections > 0 || in_flight || reported != status::offline || at(now) != status::offline) return;
    in_book = has_expired = false;
    expires_at.reset();
    not_before = {};
    away_after = limits::auto_away_after_default;
  }
};

class book_and_model {
public:
  explicit book_and_model(std::uint64_t seed) : random_(seed) {}

  void step() {
    now_.ms += static_cast<std::int64_t>(random_() % 4'000);
    const user_id user = person(static_cast<std::uint8_t>(1 + random_() % 5));
    naive_person& p = people_[user];
    switch (random_() % 8) {
    case 0:
    case 1: return arrive(user, p);
    case 2:
    case 3: return depart(user, p);
    case 4: return act(user, p);
    case 5: return configure(user, p);
    default: return tick();
    }
  }

private:
  void arrive(user_id user, naive_person& p) {
    EXPECT_EQ(book_.arrive(user, now_), !p.in_book);
    book_.configure(user, seconds(20), now_); // often enough idle
    p.away_after = seconds(20);
    p.in_book = true;
    ++p.connections;
    p.history.push_back({happening::kind::arrive, now_});
  }
  void depart(user_id user, naive_person& p) {
    if (p.connections == 0) return;
    book_.depart(user, now_);
    p.look_at_expiry(now_);
    --p.connections;
    p.history.push_back({happening::kind::depart, now_});
  }
  void act(user_id user, naive_person& p) {
    book_.act(user, now_);
    p.history.push_back({happening::kind::act, now_});
  }
  void configure(user_id user, naive_person& p) {
    const timestamp ends{now_.ms + static_cast<std::int64_t>(random_() % 60'000)};
    book_.expires(user, ends);
    if (p.in_book) p.expires_at = ends;
  }
  void tick() {
    std::map<user_id, status> expected, handed_out;
    for (auto& [user, p] : people_)
      if (const auto due = p.due(now_)) expected[user] = *due;
    for (const auto& each : book_.tick(now_, all)) handed_out[each.user] = each.automatic;
    ASSERT_EQ(handed_out, expected);
    for (const auto& [user, is] : expected) {
      people_[user].in_flight = is;
      people_[user].has_expired = false;
    }
    for (auto& [user, p] : people_) {
      p.forget_if_over(now_);
      if (p.in_flight && random_() % 2) answer(user, p);
    }
    for (auto& [user, p] : people_) ASSERT_EQ(book_.knows(user), p.in_book);
  }
  void answer(user_id user, naive_person& p) {
    if (random_() % 4 == 0) {
      p.not_before = {now_.ms + 3'000};
      p.reported.reset();
      book_.failed(user, p.not_before);
    } else {
      p.reported = p.in_flight;
      book_.reported(user);
    }
    p.in_flight.reset();
    p.forget_if_over(now_);
  }

  std::mt19937_64 random_;
  timestamp now_ = http::at(0);
  presence_book book_{grace};
  std::map<user_id, naive_person> people_;
};

TEST(PresenceBookModel, SaysWhatTheWholeHistorySays) {
  const std::uint64_t seed = std::random_device{}();
  for (std::uint64_t round = 0; round < 200; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed + round));
    book_and_model both(seed + round);
    for (int i = 0; i < 400; ++i) {
      both.step();
      if (::testing::Test::HasFailure()) return;
    }
  }
}

} // namespace
} // namespace palabre::http

#include "http/tickets.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace palabre::http {
namespace {

class TicketOffice : public ::testing::Test {
protected:
  access_claims someone() {
    return {user_id{random_.next_id(now_)}, session_id{random_.next_id(now_)}, timestamp{now_.ms + 900'000}};
  }
  std::string issue(const access_claims& who, const std::string& path = "/a") {
    return office_.issue(who, path, random_, now_).value();
  }

  system_randomness random_;
  timestamp now_{1'800'000'000'000};
  ticket_office office_;
  const access_claims ada_ = someone();
};

TEST_F(TicketOffice, GivesWhatTheTokenWasWorthOnce) {
  const std::string ticket = issue(ada_);
  const auto who = office_.redeem(ticket, "/a", now_);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->user, ada_.user);
  EXPECT_EQ(who->session, ada_.session);
  EXPECT_EQ(who->expires_at, ada_.expires_at);
  EXPECT_FALSE(office_.redeem(ticket, "/a", now_));
}

TEST_F(TicketOffice, SpendsATicketOnTheWrongPathToo) {
  const std::string ticket = issue(ada_);
  EXPECT_FALSE(office_.redeem(ticket, "/b", now_));
  EXPECT_FALSE(office_.redeem(ticket, "/a", now_));
  EXPECT_FALSE(office_.redeem("", "/a", now_));
}

TEST_F(TicketOffice, ForgetsWhatIsTooOld) {
  const std::string first = issue(ada_), second = issue(ada_);
  now_.ms += 29'999;
  EXPECT_TRUE(office_.redeem(first, "/a", now_));
  now_.ms += 1;
  EXPECT_FALSE(office_.redeem(second, "/a", now_));
}

TEST_F(TicketOffice, BoundsHowManyAUserHas) {
  std::string last;
  for (std::size_t i = 0; i < limits::tickets_per_user_max; ++i) last = issue(ada_);
  const auto refused = office_.issue(ada_, "/a", random_, now_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::limit_exceeded);
  EXPECT_TRUE(office_.issue(someone(), "/a", random_, now_)) << "each user for themselves";
  EXPECT_TRUE(office_.redeem(last, "/a", now_));
  EXPECT_TRUE(office_.issue(ada_, "/a", random_, now_)) << "one was used";
  now_.ms += 30'000;
  for (std::size_t i = 0; i < limits::tickets_per_user_max; ++i) issue(ada_);
}

TEST_F(TicketOffice, GivesATicketToOneOfManyThreads) {
  for (int round = 0; round < 50; ++round) {
    const std::string ticket = issue(ada_);
    std::atomic<int> given{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back([&] { given += office_.redeem(ticket, "/a", now_).has_value(); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(given, 1);
  }
}

} // namespace
} // namespace palabre::http

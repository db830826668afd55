#include "http/realtime/sessions.hpp"

#include "base/limits.hpp"
#include "http/realtime/emulation.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace palabre::http::realtime {
namespace {

class Sessions : public ::testing::Test {
protected:
  Sessions() { ours_->take(); } // all was heard

  boost::asio::io_context io_;
  system_randomness random_;
  sessions all_{random_};
  int woken_ = 0;
  std::shared_ptr<session> ours_ = all_.begin(io_, [this] { ++woken_; });

  /// What a thread that waits for words does meanwhile.
  int wakes() {
    io_.restart();
    io_.run();
    return woken_;
  }
};

TEST_F(Sessions, HaveNamesNobodyGuesses) {
  std::set<std::string> names;
  for (int i = 0; i < 1'000; ++i) names.insert(all_.new_id());
  EXPECT_EQ(names.size(), 1'000u);
  EXPECT_EQ(ours_->id().size(), 22u) << "128 bits";
  EXPECT_NE(sessions(random_).node(), all_.node());
}

TEST_F(Sessions, GiveWhatWasSaidInItsOrderAndWakeOnce) {
  for (const char* words : {"one", "two", "three"}) EXPECT_TRUE(all_.say(ours_->id(), words));
  EXPECT_EQ(woken_, 0) << "not on the thread of whoever speaks";
  EXPECT_EQ(wakes(), 1);
  for (const char* words : {"one", "two", "three"}) EXPECT_EQ(ours_->take(), words);
  EXPECT_EQ(wakes(), 1);
  EXPECT_EQ(ours_->take(), std::nullopt);
  all_.say(ours_->id(), "four");
  EXPECT_EQ(wakes(), 2);
}

TEST_F(Sessions, DoNotWakeWhoIsAwake) {
  const auto fresh = all_.begin(io_, [this] { ++woken_; });
  all_.say(fresh->id(), "while it begins");
  EXPECT_EQ(wakes(), 0);
  EXPECT_EQ(fresh->take(), "while it begins");
}

TEST_F(Sessions, HoldAsManyMessagesAsTheyMay) {
  for (std::size_t i = 0; i < limits::emulated_messages_max; ++i) ours_->say("x");
  EXPECT_FALSE(ours_->has_overflowed());
  ours_->say("x");
  EXPECT_TRUE(ours_->has_overflowed());
  EXPECT_EQ(ours_->take(), std::nullopt) << "what could not all be heard is not heard in part";
  ours_->say("x");
  EXPECT_EQ(ours_->take(), std::nullopt);
}

TEST_F(Sessions, HoldAsManyBytesAsTheyMay) {
  const std::string quarter(limits::emulated_bytes_max / 4, 'x');
  for (int i = 0; i < 4; ++i) ours_->say(quarter);
  EXPECT_FALSE(ours_->has_overflowed());
  ours_->take();
  ours_->say(quarter);
  EXPECT_FALSE(ours_->has_overflowed()) << "what was heard does not count";
  ours_->say("x");
  EXPECT_TRUE(ours_->has_overflowed());
  EXPECT_EQ(wakes(), 1);
}

TEST_F(Sessions, AreForgottenWhenTheyEnd) {
  all_.say(ours_->id(), "too late");
  all_.end(*ours_);
  EXPECT_EQ(wakes(), 0);
  EXPECT_FALSE(all_.say(ours_->id(), "later still"));
  EXPECT_FALSE(all_.say("", ""));
}

TEST_F(Sessions, LoseNothingBetweenThreads) {
  constexpr int speakers = 3, each = 30;
  std::vector<std::thread> threads;
  for (int s = 0; s < speakers; ++s)
    threads.emplace_back([&, s] {
      for (int i = 0; i < each; ++i) all_.say(ours_->id(), std::to_string(s) + ":" + std::to_string(i));
    });
  for (auto& thread : threads) thread.join();
  std::vector<int> next(speakers);
  while (const auto words = ours_->take())
    EXPECT_EQ(std::stoi(words->substr(2)), next[static_cast<std::size_t>(words->front() - '0')]++);
  EXPECT_EQ(next, std::vector<int>(speakers, each));
}

TEST_F(Sessions, AreFoundByEmulation) {
  const auto status = [&](const std::string& body) {
    const auto outcome = emulate(all_, body);
    if (const auto* done = std::get_if<answer>(&outcome)) return done->status;
    return std::get<problem>(outcome).status;
  };
  const std::string id = "\"session\":\"" + ours_->id() + "\"", node = ",\"node\":\"" + all_.node() + "\"";
  EXPECT_EQ(status("{" + id + node + R"(,"data":"{}\n{}"})"), 204);
  EXPECT_EQ(ours_->take(), "{}\n{}");
  EXPECT_EQ(status("{" + id + R"(,"node":null,"data":"more"})"), 204);
  EXPECT_EQ(ours_->take(), "more");
  EXPECT_EQ(status("{" + id + R"(,"node":"other","data":""})"), 404);
  EXPECT_EQ(status(R"({"session":"x","data":""})"), 404);
  for (const char* broken : {"", "7", "{}", R"({"session":""})", R"({"session":[]})", R"({"session":"x","data":{}})"})
    EXPECT_EQ(status(broken), 400) << broken;
  EXPECT_EQ(ours_->take(), std::nullopt);
}

} // namespace
} // namespace palabre::http::realtime

// Real timers, with a pause so short that nobody waits for it; the rules are tested in virtual time.
#include "http/read_positions.hpp"

#include "edge_fixture.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace palabre::http {
namespace {

using namespace std::chrono_literals;

class ReadPositions : public edge_fixture {
protected:
  using answered = std::optional<result<position>>;

  void ask(stream_version seq, answered& into, const std::string& correlation = "r") {
    start(io, places->advance(ada, garden, seq, correlation), into);
    io.restart();
    io.poll();
  }
  stream_version seq_of(std::size_t request) {
    return std::get<events::advance_read>(gateway.users[request].command).seq;
  }
  void answer(std::size_t request, std::uint64_t durable) {
    actors::outcome done;
    done.durable = position{durable};
    gateway.users[request].answer.answer(done);
  }
  void run_until_asked(std::size_t requests) {
    io.restart();
    while (gateway.users.size() < requests) ASSERT_EQ(io.run_one(), 1u);
  }

  std::unique_ptr<read_positions> places = std::make_unique<read_positions>(gateway, 5ms);
  user_id ada = a_user();
  room_id garden = a_room();
};

TEST_F(ReadPositions, AskTheUsersActorAtOnce) {
  answered first;
  ask(5, first, "request 1");
  ASSERT_EQ(gateway.users.size(), 1u);
  EXPECT_EQ(gateway.users[0].user, ada);
  EXPECT_EQ(gateway.users[0].origin.actor, ada);
  EXPECT_EQ(gateway.users[0].origin.correlation, "request 1");
  EXPECT_EQ(std::get<events::advance_read>(gateway.users[0].command).room, garden);
  EXPECT_EQ(seq_of(0), 5u);
  EXPECT_FALSE(first);
  answer(0, 70);
  io.restart();
  io.run();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ(first->value(), position{70});
}

TEST_F(ReadPositions, AskOnceForAllThatCameMeanwhile) {
  answered first, second, third, covered;
  ask(5, first);
  ask(7, second);
  ask(9, third);
  ask(4, covered);
  EXPECT_EQ(gateway.users.size(), 1u);
  answer(0, 70);
  run_until_asked(2);
  EXPECT_TRUE(first && covered);
  EXPECT_FALSE(second || third);
  EXPECT_EQ(seq_of(1), 9u);
  answer(1, 80);
  io.restart();
  io.run();
  EXPECT_EQ(gateway.users.size(), 2u);
  EXPECT_EQ(first->value(), position{70});
  EXPECT_EQ(covered->value(), position{70});
  EXPECT_EQ(second->value(), position{80});
  EXPECT_EQ(third->value(), position{80});
}

TEST_F(ReadPositions, AskForWhatComesInThePauseWhenItIsOver) {
  places = std::make_unique<read_positions>(gateway, 50ms);
  answered first, second;
  ask(5, first);
  answer(0, 70);
  ask(6, second);
  run_until_asked(2);
  answer(1, 80);
  io.restart();
  io.run();
  EXPECT_EQ(second->value(), position{80});
}

TEST_F(ReadPositions, SayWhyItFailed) {
  answered first, second;
  ask(5, first);
  ask(6, second);
  gateway.users[0].answer.answer(error{errc::unavailable, "stopped"});
  run_until_asked(2);
  EXPECT_EQ(first->error().code, errc::unavailable);
  gateway.users.erase(gateway.users.begin() + 1); // its actor ends
  io.restart();
  io.run();
  EXPECT_EQ(second->error().code, errc::abandoned);
}

TEST_F(ReadPositions, AbandonWhoeverWaitsWhenTheyEnd) {
  answered first, second;
  ask(5, first);
  ask(6, second);
  places.reset();
  io.restart();
  io.run();
  EXPECT_EQ(first->error().code, errc::abandoned);
  EXPECT_EQ(second->error().code, errc::abandoned);
  answer(0, 70); // too late: goes nowhere
}

/// Answers on a thread of its own, as actors do.
class answering_gateway final : public actors::gateway {
public:
  answering_gateway() : thread_([this] { run(); }) {}
  ~answering_gateway() override {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    more_.notify_one();
    thread_.join();
  }
  void send(actors::room_request) override {}
  void send(actors::user_request request) override {
    {
      const std::lock_guard lock(mutex_);
      asked_.push_back(std::move(request));
    }
    more_.notify_one();
  }
  std::atomic<std::uint64_t> answered{0};

private:
  void run() {
    for (std::unique_lock lock(mutex_);;) {
      more_.wait(lock, [&] { return ended_ || !asked_.empty(); });
      if (asked_.empty()) return;
      actors::user_request next = std::move(asked_.front());
      asked_.pop_front();
      lock.unlock();
      actors::outcome done;
      done.durable = position{std::get<events::advance_read>(next.command).seq}; // so that callers see what covers them
      ++answered;
      next.answer.answer(done);
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<actors::user_request> asked_; // by mutex_
  bool ended_ = false;                     // by mutex_
  std::thread thread_;
};

TEST_F(ReadPositions, AnswerEveryoneOnceFromSeveralIoThreads) {
  constexpr stream_version callers = 2'000;
  answering_gateway actors;
  read_positions shared(actors, 1ms);
  std::atomic<std::uint64_t> calls{0};
  const auto serve = [&](unsigned remainder) {
    boost::asio::io_context own;
    std::vector<answered> got(callers);
    for (stream_version seq = 1 + remainder; seq <= callers; seq += 2)
      start(own, shared.advance(ada, garden, seq, "r"), got[seq - 1]);
    own.run();
    for (stream_version seq = 1 + remainder; seq <= callers; seq += 2) {
      ASSERT_TRUE(got[seq - 1]) << seq;
      ++calls;
      const auto& with = *got[seq - 1];
      if (with) {
        EXPECT_GE(with.value().value, seq) << "covered by what was answered";
      } else {
        EXPECT_EQ(with.error().code, errc::overloaded);
      }
    }
  };
  std::thread other([&] { serve(1); });
  serve(0);
  other.join();
  EXPECT_EQ(calls, callers);
  EXPECT_LT(actors.answered, callers / 10) << "gathered";
}

} // namespace
} // namespace palabre::http

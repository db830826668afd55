#include "http/reader_pool.hpp"

#include "base/limits.hpp"
#include "running.hpp"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

namespace palabre::http {
namespace {

using read_answer = result<std::string>;

/// A thread of the pool that is held until it is let go.
class held_thread {
public:
  held_thread(boost::asio::io_context& io, reader_pool& pool) {
    auto hold = [go = let_go_.get_future().share(), &begun = begun_]() -> read_answer {
      begun.set_value();
      go.wait();
      return std::string("held");
    };
    start(io, pool.run(std::move(hold)), answer);
    io.poll();
    begun_.get_future().wait();
  }
  void let_go() { let_go_.set_value(); }

  std::optional<read_answer> answer;

private:
  std::promise<void> begun_, let_go_;
};

class ReaderPool : public ::testing::Test {
protected:
  boost::asio::io_context io;
};

TEST_F(ReaderPool, ReadsOnAThreadOfItsOwnAndAnswersOnTheCallers) {
  reader_pool pool(2);
  std::thread::id read_by, resumed_by;
  const auto asks = [&]() -> boost::asio::awaitable<read_answer> {
    auto reading = pool.run([&]() -> read_answer {
      read_by = std::this_thread::get_id();
      return std::string("an answer");
    });
    auto answer = co_await std::move(reading);
    resumed_by = std::this_thread::get_id();
    co_return answer;
  };
  EXPECT_EQ(run(io, asks()).value(), "an answer");
  EXPECT_NE(read_by, std::this_thread::get_id());
  EXPECT_EQ(resumed_by, std::this_thread::get_id());
}

TEST_F(ReaderPool, HandsOnAnError) {
  reader_pool pool(1);
  const auto fails = []() -> read_answer { return error{errc::corrupt, "damaged"}; };
  const auto answer = run(io, pool.run(fails));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::corrupt);
  EXPECT_EQ(answer.error().context, "damaged");
}

TEST_F(ReaderPool, ThrowsToItsCallerWhatAReadThrows) {
  reader_pool pool(1);
  EXPECT_THROW(run(io, pool.run([]() -> read_answer { throw std::length_error("too long"); })), std::length_error);
  EXPECT_EQ(run(io, pool.run([]() -> read_answer { return std::string("next"); })).value(), "next");
}

TEST_F(ReaderPool, ReadsNothingForWhoHasGivenUp) {
  reader_pool pool(1, std::chrono::milliseconds{0});
  bool read = false;
  const auto answer = run(io, pool.run([&]() -> read_answer {
    read = true;
    return std::string("late");
  }));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::not_yet);
  pool.stop();
  EXPECT_FALSE(read);
}

TEST_F(ReaderPool, ReadsNothingOnceItWasStopped) {
  reader_pool pool(2);
  pool.stop();
  const auto answer = run(io, pool.run([]() -> read_answer { return std::string("read"); }));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::unavailable);
}

TEST_F(ReaderPool, ReadsBesideALongOne) {
  reader_pool pool(2);
  held_thread held(io, pool);
  std::optional<read_answer> quick;
  start(io, pool.run([]() -> read_answer { return std::string("quick"); }), quick);
  while (!quick) io.run_one();
  EXPECT_EQ(quick->value(), "quick");
  EXPECT_FALSE(held.answer);
  held.let_go();
  io.run();
  EXPECT_EQ(held.answer->value(), "held");
}

TEST_F(ReaderPool, RefusesWhatDoesNotFitIntoItsQueue) {
  reader_pool pool(1);
  held_thread held(io, pool);
  std::vector<std::optional<read_answer>> answers(limits::long_reads_waiting_max + 3);
  for (auto& answer : answers) start(io, pool.run([]() -> read_answer { return std::string("read"); }), answer);
  io.poll();
  held.let_go();
  io.restart();
  io.run();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i]) << i;
    if (i < limits::long_reads_waiting_max)
      EXPECT_TRUE(*answers[i]) << i;
    else
      EXPECT_EQ(answers[i]->error().code, errc::overloaded) << i;
  }
}

TEST_F(ReaderPool, EndsBehindWhatIsBeingReadAndRefusesWhatWaits) {
  auto pool = std::make_unique<reader_pool>(1);
  held_thread held(io, *pool);
  std::optional<read_answer> waiting;
  start(io, pool->run([]() -> read_answer { return std::string("read"); }), waiting);
  io.poll();
  std::thread ends([&] { pool.reset(); });
  held.let_go();
  ends.join();
  io.restart();
  io.run();
  EXPECT_EQ(held.answer->value(), "held");
  ASSERT_TRUE(waiting); // whether it was read before the pool ended is not said
  EXPECT_TRUE(*waiting || waiting->error().code == errc::unavailable);
}

TEST_F(ReaderPool, OutlivesAnIoContextThatEndsFirst) {
  reader_pool pool(1);
  auto short_lived = std::make_unique<boost::asio::io_context>();
  held_thread held(*short_lived, pool);
  short_lived.reset();
  held.let_go();
  EXPECT_EQ(run(io, pool.run([]() -> read_answer { return std::string("next"); })).value(), "next");
  EXPECT_FALSE(held.answer);
}

} // namespace
} // namespace palabre::http

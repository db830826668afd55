#include "http/ask.hpp"

#include "edge_fixture.hpp"
#include "http/pending_result.hpp"

#include <thread>

namespace palabre::http {
namespace {

class Ask : public edge_fixture {
protected:
  using answered = std::optional<result<actors::outcome>>;

  actors::room_request archive() {
    actors::room_request request;
    request.room = a_room();
    request.command = events::archive_room{};
    return request;
  }
  static actors::outcome durable_at(std::uint64_t at) {
    actors::outcome done;
    done.durable = position{at};
    return done;
  }
};

TEST_F(Ask, GetsTheAnswerOfTheActor) {
  answered answer;
  start(io, ask(gateway, archive()), answer);
  io.poll();
  ASSERT_EQ(gateway.rooms.size(), 1u);
  EXPECT_FALSE(answer);
  std::thread actor([this] { gateway.rooms[0].answer.answer(durable_at(7)); });
  io.run();
  actor.join();
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ(answer->value().durable.value, 7u);
}

TEST_F(Ask, GetsARefusal) {
  answered answer;
  start(io, ask(gateway, archive()), answer);
  io.poll();
  gateway.rooms[0].answer.answer(error{errc::forbidden, "no"});
  io.run();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().code, errc::forbidden);
}

TEST_F(Ask, IsAbandonedWhenTheActorEnds) {
  answered answer;
  start(io, ask(gateway, archive()), answer);
  io.poll();
  gateway.rooms.clear();
  io.run();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().code, errc::abandoned);
}

TEST_F(Ask, GetsAnAnswerThatComesAtOnce) {
  class refusing final : public actors::gateway {
    void send(actors::room_request request) override { request.answer.answer(error{errc::overloaded, ""}); }
    void send(actors::user_request request) override { request.answer.answer(error{errc::overloaded, ""}); }
  } full;
  const auto answer = run(io, ask(full, archive()));
  EXPECT_EQ(answer.error().code, errc::overloaded);
}

TEST_F(Ask, DropsAnAnswerThatComesAfterTheContextIsGone) {
  auto short_lived = std::make_unique<boost::asio::io_context>();
  answered answer;
  start(*short_lived, ask(gateway, archive()), answer);
  start(*short_lived, ask(gateway, archive()), answer);
  short_lived->poll();
  ASSERT_EQ(gateway.rooms.size(), 2u);
  short_lived.reset();
  gateway.rooms[0].answer.answer(durable_at(7));
  gateway.rooms.clear();
  EXPECT_FALSE(answer);
}

TEST_F(Ask, ManyAreAnsweredFromManyThreads) {
  constexpr std::size_t count = 1'000, threads = 4;
  std::vector<answered> answers(count);
  for (auto& answer : answers) start(io, ask(gateway, archive()), answer);
  io.poll();
  std::vector<std::thread> actors;
  for (std::size_t t = 0; t < threads; ++t)
    actors.emplace_back([this, t] {
      for (std::size_t i = t; i < count; i += threads) gateway.rooms[i].answer.answer(durable_at(i));
    });
  io.run();
  for (auto& actor : actors) actor.join();
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_TRUE(answers[i] && *answers[i]) << i;
    EXPECT_EQ(answers[i]->value().durable.value, i);
  }
}

/// Waits for a result that nobody has, for `at_most`.
boost::asio::awaitable<result<int>> waited(std::chrono::milliseconds at_most, pending_result<int>** started) {
  const auto initiate = [](auto resume, std::chrono::milliseconds limit, pending_result<int>** at) {
    *at = pending_result<int>::start(std::move(resume), limit, "late");
  };
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(result<int>)>(
      initiate, boost::asio::use_awaitable, at_most, started);
}

TEST_F(Ask, EndsAtItsDeadlineAndALateAnswerGoesNowhere) {
  pending_result<int>* pending = nullptr;
  const auto answer = run(io, waited(std::chrono::milliseconds(1), &pending));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::not_yet);
  EXPECT_EQ(answer.error().context, "late");
  pending->complete(7);
}

TEST_F(Ask, WaitsForTheViewsOnlyIfItHasTo) {
  const user_id ada = a_user();
  const position before = log.head();
  room_of(ada, events::visibility::open);
  EXPECT_TRUE(run(io, wait_for_views(views, before)));
  boost::asio::post(io, [this] { catch_up(); });
  EXPECT_TRUE(run(io, wait_for_views(views, log.head())));
  EXPECT_EQ(views.applied(), log.head());
}

TEST_F(Ask, SaysWhenTheViewsAreLate) {
  room_of(a_user(), events::visibility::open);
  const auto reached = run(io, wait_for_views(views, log.head()));
  ASSERT_FALSE(reached);
  EXPECT_EQ(reached.error().code, errc::not_yet);
}

} // namespace
} // namespace palabre::http

#include "actors/actor_runtime.hpp"

#include "base/limits.hpp"
#include "events/streams.hpp"
#include "projections/tables.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

namespace palabre::actors {
namespace {

/// Real threads: a journal, CAF and a gateway, on a directory of their own.
class Runtime : public ::testing::Test {
protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "runtime.XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    log_ = storage::event_log::open(directory_ + "/log", storage::event_log::access::read_write, random_).value();
    views_ = storage::views_store::open(directory_ + "/views", projections::tables::forms, "test").value();
    journal_ = std::make_unique<storage::journal>(*log_);
    journal_->start();
    start(std::chrono::seconds(60));
  }
  void start(std::chrono::milliseconds idle) {
    runtime_.reset();
    runtime_ =
        std::make_unique<actor_runtime>(decider_context{*log_, *journal_, *views_, time_}, runtime_settings{1, idle});
  }
  void TearDown() override {
    runtime_.reset();
    journal_->stop();
    journal_.reset();
    views_.reset();
    log_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::future<result<outcome>> send(room_id room, events::room_command command, events::room_facts facts = {}) {
    auto promise = std::make_shared<std::promise<result<outcome>>>();
    room_request request;
    request.room = room;
    request.command = std::move(command);
    request.facts = std::move(facts);
    request.origin = {ada_, "request", {}};
    request.answer = reply<outcome>([promise](result<outcome> what) { promise->set_value(std::move(what)); });
    auto answer = promise->get_future();
    runtime_->send(std::move(request));
    return answer;
  }
  room_id create_a_room() {
    const room_id room{random_.next_id(time_.now())};
    events::create_room create;
    create.room = room;
    create.share_code_stream = {'c', random_.next_id(time_.now())};
    EXPECT_TRUE(send(room, create).get());
    return room;
  }
  std::future<result<outcome>> post(room_id room) {
    events::post_message c;
    c.message = message_id{random_.next_id(time_.now())};
    c.body = "hello";
    events::room_facts facts;
    facts.standing = events::role::owner;
    facts.true_at = 1'000'000; // of now: nobody else changes standings here
    return send(room, c, facts);
  }

  system_randomness random_;
  wall_clock time_;
  user_id ada_{random_.next_id({1})};
  std::string directory_;
  std::unique_ptr<storage::event_log> log_;
  std::unique_ptr<storage::views_store> views_;
  std::unique_ptr<storage::journal> journal_;
  std::unique_ptr<actor_runtime> runtime_;
};

TEST_F(Runtime, GivesEveryRoomItsOwnGaplessVersions) {
  std::vector<room_id> rooms;
  for (int i = 0; i < 10; ++i) rooms.push_back(create_a_room());
  std::vector<std::future<result<outcome>>> answers;
  for (int i = 0; i < 2'000; ++i) answers.push_back(post(rooms[static_cast<std::size_t>(i) % rooms.size()]));
  std::unordered_map<uuid, stream_version> last;
  for (auto& answer : answers) {
    const auto what = answer.get();
    ASSERT_TRUE(what);
    const auto& record = what.value()[0].view;
    stream_version& before = last.try_emplace(record.stream.id, 2).first->second;
    EXPECT_EQ(record.version, before + 1); // answered in the order they were sent
    before = record.version;
  }
}

TEST_F(Runtime, LosesNothingWhileRoomsComeAndGo) {
  start(std::chrono::milliseconds(4)); // a room is let go after any pause at all
  const room_id room = create_a_room();
  stream_version expected = 2;
  for (int round = 0; round < 300; ++round) {
    std::vector<std::future<result<outcome>>> answers;
    for (int i = 0; i < round % 7; ++i) answers.push_back(post(room));
    for (auto& answer : answers) {
      const auto what = answer.get();
      ASSERT_TRUE(what) << what.error().context;
      EXPECT_EQ(what.value()[0].view.version, ++expected);
    }
  }
}

TEST_F(Runtime, RefusesMoreThanItAdmits) {
  journal_->stop(); // nothing is ever answered by it: what is admitted stays or is refused at once
  std::size_t overloaded = 0;
  std::vector<std::future<result<outcome>>> answers;
  const room_id room{random_.next_id(time_.now())};
  for (std::size_t i = 0; i < limits::commands_in_flight_per_stream_max * 4; ++i) answers.push_back(post(room));
  runtime_.reset();
  for (auto& answer : answers) {
    const auto what = answer.get(); // every command is answered once, whatever happens
    ASSERT_FALSE(what);
    overloaded += what.error().code == errc::overloaded;
  }
  SUCCEED() << overloaded << " were refused at once";
}

TEST(Admission, CountsInAllAndPerStream) {
  admission counted;
  std::vector<admission::ticket> held;
  const stream_id stream{'r', {}};
  for (std::uint32_t i = 0; i < limits::commands_in_flight_per_stream_max; ++i) {
    auto ticket = counted.enter(stream);
    ASSERT_TRUE(ticket);
    held.push_back(std::move(*ticket));
  }
  EXPECT_FALSE(counted.enter(stream));
  EXPECT_EQ(counted.in_flight(), limits::commands_in_flight_per_stream_max);
  held.pop_back();
  EXPECT_TRUE(counted.enter(stream));
  held.clear();
  EXPECT_EQ(counted.in_flight(), 0u);
}

TEST(Reply, EndsAsAbandonedWhenNobodyAnswers) {
  std::optional<result<int>> heard;
  {
    const reply<int> unanswered([&](result<int> what) { heard = std::move(what); });
  }
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->error().code, errc::abandoned);
  int answers = 0;
  reply<int> once([&](result<int>) { ++answers; });
  reply<int> moved = std::move(once);
  moved.answer(7);
  EXPECT_EQ(answers, 1);
}

} // namespace
} // namespace palabre::actors

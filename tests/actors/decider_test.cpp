#include "actors/decider.hpp"

#include "base/limits.hpp"
#include "events/streams.hpp"
#include "projections/tables.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace palabre::actors {
namespace {

class fixed_clock final : public clock {
public:
  timestamp now() const override { return at; }
  timestamp at{1'700'000'000'000};
};

/// A log, a journal that only steps when it is told to, and one room's decider: everything but CAF and threads.
class Decider : public ::testing::Test {
protected:
  using room_decider = decider<room_aggregate>;

  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "decider.XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    log_ = storage::event_log::open(directory_ + "/log", storage::event_log::access::read_write, random_).value();
    views_ = storage::views_store::open(directory_ + "/views", projections::tables::names, "test").value();
    journal_ = std::make_unique<storage::journal>(*log_);
    context_ = std::make_unique<decider_context>(decider_context{*log_, *journal_, *views_, clock_});
    room_ = room_id{random_.next_id(clock_.now())};
    wake();
  }
  void TearDown() override {
    decider_.reset();
    journal_.reset();
    views_.reset();
    log_.reset();
    std::filesystem::remove_all(directory_);
  }

  /// A decider that knows nothing but the log.
  void wake() {
    decider_ = std::make_unique<room_decider>(*context_, events::stream_of(room_), [this] {
      return [this](append_result_ptr what) { heard_.push_back(std::move(what)); };
    });
    ASSERT_TRUE(decider_->hydrate());
  }

  /// One journal batch, and what the mailbox would bring. False: the decider must not be used again.
  bool step() {
    journal_->step();
    bool alive = true;
    for (const auto& what : std::exchange(heard_, {})) alive = decider_->hear(*what) && alive;
    return alive;
  }
  void settle() {
    while (decider_->busy()) ASSERT_TRUE(step());
  }

  struct answer_slot {
    std::optional<result<outcome>> is;
  };
  std::shared_ptr<answer_slot> send(events::room_command command, user_id actor, events::room_facts facts = {},
                                    std::vector<storage::idempotency> keys = {}) {
    auto slot = std::make_shared<answer_slot>();
    room_request request;
    request.room = room_;
    request.command = std::move(command);
    request.facts = std::move(facts);
    request.facts.true_at = decider_->aggregate().version();
    request.origin = {actor, "request", std::move(keys)};
    request.answer = reply<outcome>([slot](result<outcome> what) { slot->is = std::move(what); });
    decider_->receive(std::make_shared<const room_request>(std::move(request)));
    return slot;
  }

  void create_the_room() {
    events::create_room create;
    create.room = room_;
    create.share_code = "ABCDEFGHJK";
    create.share_code_stream = events::share_code_stream("key", create.share_code);
    auto made = send(create, ada_);
    settle();
    ASSERT_TRUE(made->is && *made->is);
  }
  std::shared_ptr<answer_slot> post(std::string body, std::vector<storage::idempotency> keys = {}) {
    events::post_message c;
    c.message = message_id{random_.next_id(clock_.now())};
    c.body = std::move(body);
    events::room_facts facts;
    facts.standing = events::role::owner;
    return send(c, ada_, facts, std::move(keys));
  }
  static storage::idempotency key(std::uint8_t scope, std::uint8_t request) {
    storage::idempotency k;
    k.scope[0] = scope;
    k.request[0] = request;
    k.status = 201;
    return k;
  }

  system_randomness random_;
  fixed_clock clock_;
  std::string directory_;
  std::unique_ptr<storage::event_log> log_;
  std::unique_ptr<storage::views_store> views_;
  std::unique_ptr<storage::journal> journal_;
  std::unique_ptr<decider_context> context_;
  std::unique_ptr<room_decider> decider_;
  std::vector<append_result_ptr> heard_;
  room_id room_;
  user_id ada_{random_.next_id({1})};
};

TEST_F(Decider, AnswersNothingBeforeItIsDurable) {
  create_the_room();
  const auto first = post("one"), second = post("two");
  EXPECT_FALSE(first->is);
  ASSERT_TRUE(step());
  ASSERT_TRUE(first->is && *first->is);
  EXPECT_EQ(first->is->value()[0].view.version, 3u);
  EXPECT_EQ(log_->head(), first->is->value().durable);
  EXPECT_FALSE(second->is);
  ASSERT_TRUE(step());
  ASSERT_TRUE(second->is && *second->is);
  EXPECT_EQ(second->is->value()[0].view.version, 4u);
}

TEST_F(Decider, GathersWhatComesWhileAnAppendIsInFlight) {
  create_the_room();
  std::vector<std::shared_ptr<answer_slot>> answers;
  for (int i = 0; i < 100; ++i) answers.push_back(post("message " + std::to_string(i)));
  ASSERT_TRUE(step()); // the first one alone
  ASSERT_TRUE(step()); // and all the others
  EXPECT_FALSE(decider_->busy());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i]->is && *answers[i]->is) << i;
    EXPECT_EQ((*answers[i]->is).value()[0].view.version, 3 + i);
  }
}

TEST_F(Decider, LetsARefusalWaitForWhatItRestsOn) {
  create_the_room();
  events::room_facts owner;
  owner.standing = events::role::owner;
  const auto archived = send(events::archive_room{}, ada_, owner);
  const auto refused = post("too late");
  EXPECT_FALSE(refused->is);
  settle();
  ASSERT_TRUE(refused->is);
  ASSERT_FALSE(*refused->is);
  EXPECT_EQ(refused->is->error().code, errc::room_archived);
  EXPECT_TRUE(*archived->is);
}

TEST_F(Decider, AnswersARepeatedCommandFromTheLog) {
  create_the_room();
  const auto first = post("once", {key(1, 1)});
  settle();
  const auto again = post("once", {key(1, 1)});
  ASSERT_TRUE(again->is && *again->is);
  EXPECT_TRUE(again->is->value().replayed);
  EXPECT_EQ(again->is->value().first_status, 201);
  EXPECT_EQ(again->is->value()[0].stored, first->is->value()[0].stored);
  EXPECT_EQ(log_->head().value, 4u); // room.created, member.joined, the claim, and one message
  wake();
  const auto after_restart = post("once", {key(1, 1)});
  EXPECT_TRUE(after_restart->is->value().replayed);
  const auto other_body = post("twice", {key(1, 2)});
  EXPECT_EQ(other_body->is->error().code, errc::key_reused);
}

TEST_F(Decider, LetsARepeatedCommandWaitForTheFirst) {
  create_the_room();
  const auto first = post("once", {key(1, 1)});
  const auto again = post("once", {key(1, 1)});
  const auto other = post("other", {key(1, 2)});
  EXPECT_FALSE(again->is);
  EXPECT_EQ(other->is->error().code, errc::key_reused);
  settle();
  EXPECT_FALSE(first->is->value().replayed);
  ASSERT_TRUE(again->is && *again->is);
  EXPECT_TRUE(again->is->value().replayed);
  EXPECT_EQ(log_->head().value, 4u);
}

TEST_F(Decider, EndsWhenItsAppendFails) {
  create_the_room();
  const auto mine = post("mine"), behind = post("behind it");
  storage::append foreign; // somebody else writes to this stream
  storage::record r;
  r.stream = events::stream_of(room_);
  r.type = "room.archived";
  r.schema = 1;
  r.payload = R"({"by_owner":true})";
  foreign.streams.push_back({r.stream, storage::expectation::any(), {storage::encode(r)}});
  // Both are in the queue: the decider's first, so the second append of the decider is the one that fails.
  ASSERT_TRUE(journal_->submit(std::move(foreign)));
  ASSERT_TRUE(step());
  EXPECT_TRUE(*mine->is);
  EXPECT_FALSE(step());
  EXPECT_EQ(behind->is->error().code, errc::version_mismatch);
  wake();
  const auto refused = post("after");
  EXPECT_EQ(refused->is->error().code, errc::room_archived);
}

/// The same key at two rooms at once: each looks, finds nothing, and appends. The one that comes second hears so, and
/// nobody else of its room does.
TEST_F(Decider, KeepsAKeyThatWentElsewhereFromHarmingOthers) {
  create_the_room();
  storage::append elsewhere;
  storage::record r;
  r.stream = {'r', uuid{}};
  r.type = "member.left";
  r.schema = 1;
  r.keys = {key(1, 1)};
  r.payload = "{}";
  elsewhere.streams.push_back({r.stream, storage::expectation::any(), {storage::encode(r)}});
  elsewhere.keys = r.keys;
  const auto first = post("in flight");
  events::room_facts stranger;
  const user_id eve{random_.next_id({2})};
  const auto join = send(events::join_room{"ABCDEFGHJK", "Eve"}, eve, stranger, {key(1, 2)});
  const auto behind = post("after the one that fails");
  ASSERT_TRUE(step());
  EXPECT_TRUE(*first->is);
  ASSERT_TRUE(journal_->submit(std::move(elsewhere)));
  EXPECT_TRUE(step()); // the join was in the queue before: it won, and the other room is refused
  EXPECT_TRUE(*join->is);
  settle();
  EXPECT_TRUE(*behind->is);

  // And now the other way round.
  storage::append before = {};
  r.keys = {key(7, 1)};
  before.streams.push_back({r.stream, storage::expectation::any(), {storage::encode(r)}});
  before.keys = r.keys;
  const auto mine = post("in flight again");
  const user_id dan{random_.next_id({3})};
  const auto late = send(events::join_room{"ABCDEFGHJK", "Dan"}, dan, stranger, {key(7, 2)});
  const auto innocent = post("of somebody else");
  ASSERT_TRUE(journal_->submit(std::move(before)));
  ASSERT_TRUE(step());
  EXPECT_TRUE(*mine->is);
  EXPECT_FALSE(step());
  EXPECT_EQ(late->is->error().code, errc::key_reused);
  EXPECT_EQ(innocent->is->error().code, errc::abandoned); // can be sent again
}

TEST_F(Decider, RefusesATakenShareCodeAsAWhole) {
  create_the_room();
  const room_id first = room_;
  room_ = room_id{random_.next_id(clock_.now())};
  wake();
  events::create_room create;
  create.room = room_;
  create.share_code = "ABCDEFGHJK";
  create.share_code_stream = events::share_code_stream("key", create.share_code);
  const auto taken = send(create, ada_);
  EXPECT_FALSE(step());
  EXPECT_EQ(taken->is->error().code, errc::version_mismatch);
  EXPECT_EQ(taken->is->error().context, "1"); // the claim, not the room
  EXPECT_EQ(log_->head_of(events::stream_of(room_)).value().version, 0u);
  EXPECT_NE(first, room_);
}

TEST_F(Decider, WakesFromASnapshotAndAShortTail) {
  create_the_room();
  for (std::uint64_t i = 0; i < limits::snapshot_interval + 10; ++i) post("message");
  settle();
  post("one more");
  settle();
  const auto snapshot = views_->find_snapshot(events::stream_of(room_)).value();
  ASSERT_TRUE(snapshot);
  EXPECT_GE(snapshot->version, limits::snapshot_interval);
  const events::room_state before = decider_->aggregate().state;
  wake();
  EXPECT_EQ(decider_->aggregate().state, before);
  ASSERT_TRUE(views_->put_snapshot(events::stream_of(room_), snapshot->version, "room 0 something older"));
  wake();
  EXPECT_EQ(decider_->aggregate().state, before);
}

TEST_F(Decider, KeepsTimesFromDecreasing) {
  create_the_room();
  post("late");
  settle();
  clock_.at.ms -= 60'000; // the machine's clock was set back
  const auto later = post("early");
  settle();
  EXPECT_EQ(later->is->value()[0].view.time.ms, 1'700'000'000'000);
}

} // namespace
} // namespace palabre::actors

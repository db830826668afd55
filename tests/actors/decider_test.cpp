#include "actors/decider.hpp"

#include "base/limits.hpp"
#include "events/streams.hpp"
#include "projections/tables.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <sys/resource.h>

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
    views_ = storage::views_store::open(directory_ + "/views", projections::tables::forms, "test").value();
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
  std::shared_ptr<answer_slot> join(user_id who, std::vector<storage::idempotency> keys = {}) {
    return send(events::join_room{"ABCDEFGHJK", "someone"}, who, {}, std::move(keys));
  }
  std::shared_ptr<answer_slot> leave(user_id who) {
    events::room_facts facts;
    facts.standing = events::role::member;
    return send(events::leave_room{}, who, facts);
  }
  user_id someone(std::uint8_t n) { return user_id{random_.next_id({n})}; }
  /// Types and versions of a stream, in order.
  std::vector<std::string> read(const stream_id& stream) {
    std::vector<std::string> all;
    EXPECT_TRUE(log_->read_stream(stream, 0, SIZE_MAX, [&](const storage::committed_record& r) {
      all.push_back(std::to_string(r.view.version) + " " + std::string(r.view.type));
      return true;
    }));
    return all;
  }
  std::vector<std::string> types_since(position after) {
    std::vector<std::string> all;
    EXPECT_TRUE(log_->scan(after, log_->head(), [&](const storage::committed_record& r) {
      all.push_back(std::string(1, r.view.stream.kind) + " " + std::string(r.view.type));
      return true;
    }));
    return all;
  }
  std::shared_ptr<answer_slot> post(std::string body, std::vector<storage::idempotency> keys = {}) {
    events::post_message c;
    c.message = message_id{random_.next_id(clock_.now())};
    c.body = std::move(body);
    events::room_facts facts;
    facts.standing = events::role::owner;
    return send(c, ada_, facts, std::move(keys));
  }
  std::shared_ptr<answer_slot> mention(user_id whom, std::vector<storage::idempotency> keys) {
    events::post_message c;
    c.message = message_id{random_.next_id(clock_.now())};
    events::room_facts facts;
    facts.standing = events::role::owner;
    facts.mentioned = {{{whom, true}}};
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
  EXPECT_EQ(log_->head().value, 5u); // room.created, member.joined, the claim, the note, and one message
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
  EXPECT_EQ(log_->head().value, 5u);
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

// ---- Sealing

/// The same with keys.
class SealingDecider : public Decider {
protected:
  void SetUp() override {
    Decider::SetUp();
    keys_ = storage::key_ring::open({directory_ + "/keys", {std::string(32, 'M')}, 0}, random_).value();
    seal_ = std::make_shared<const projections::record_seal>(keys_, random_);
    log_->open_seals_with(seal_);
    journal_->add_precondition([this] { return keys_->sync(); });
    context_->seal = seal_.get();
  }

  std::shared_ptr<storage::key_ring> keys_;
  std::shared_ptr<const projections::record_seal> seal_;
};

TEST_F(SealingDecider, StoresWordsSealedAndAnswersWithThem) {
  create_the_room();
  const auto posted = post("a word");
  settle();
  ASSERT_TRUE(posted->is && *posted->is);
  const storage::committed_record& record = posted->is->value()[0];
  EXPECT_EQ(record.stored.find("a word"), std::string::npos);
  EXPECT_NE(record.view.payload.find("a word"), std::string_view::npos);
  EXPECT_EQ(record.view.key_id, 1u) << "Ada's, made for her first words";
  EXPECT_EQ(log_->read(record.view.at).value().view.payload, record.view.payload);
}

TEST_F(SealingDecider, SealsEachOfManyInItsPlace) {
  create_the_room();
  std::vector<std::shared_ptr<answer_slot>> answers;
  for (int i = 0; i < 100; ++i) answers.push_back(post("message " + std::to_string(i)));
  settle();
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer->is && *answer->is);
    const storage::committed_record& record = answer->is->value()[0];
    const auto read = log_->read(record.view.at);
    ASSERT_TRUE(read) << read.error().context;
    EXPECT_EQ(read.value().view.payload, record.view.payload);
  }
}

TEST_F(SealingDecider, SealsAgainAfterAnAppendThatFailed) {
  create_the_room();
  const auto mine = post("in flight"), behind = post("behind it");
  storage::append foreign;
  storage::record r;
  r.stream = events::stream_of(room_);
  r.type = "room.archived";
  r.schema = 1;
  r.payload = R"({"by_owner":true})";
  foreign.streams.push_back({r.stream, storage::expectation::any(), {storage::encode(r)}});
  ASSERT_TRUE(journal_->submit(std::move(foreign)));
  ASSERT_TRUE(step());
  EXPECT_FALSE(step());
  EXPECT_EQ(behind->is->error().code, errc::version_mismatch);
  wake(); // reads the sealed history
  EXPECT_EQ(decider_->aggregate().state.message_count, 1u);
}

TEST_F(SealingDecider, AnswersARepeatedCommandWithTheWordsAsLongAsThereIsAKey) {
  create_the_room();
  const auto first = post("once", {key(1, 1)});
  settle();
  const auto payload_again = [&] {
    wake();
    return std::string(post("once", {key(1, 1)})->is->value()[0].view.payload);
  };
  EXPECT_EQ(payload_again(), first->is->value()[0].view.payload);
  ASSERT_TRUE(keys_->begin_erasing(ada_, clock_.now()));
  ASSERT_TRUE(keys_->destroy_key_of(ada_));
  EXPECT_NE(payload_again().find(R"("body":null)"), std::string::npos);
}

/// A disk that takes no key: nothing is said that could not be read, or would stand open.
TEST_F(SealingDecider, RefusesWhatItCannotSeal) {
  create_the_room();
  const user_id eve = someone(2);
  struct rlimit before {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit none = before;
  none.rlim_cur = 0;
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
  const auto refused = join(eve); // would make her key
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, ignored);
  ASSERT_TRUE(refused->is);
  EXPECT_EQ(refused->is->error().code, errc::io);
  const auto again = join(eve);
  settle();
  EXPECT_TRUE(again->is && *again->is);
}

// ---- Notes: what is told in inboxes, beside the room's own events.

using texts = std::vector<std::string>;

TEST_F(Decider, TellsInTheSameAppend) {
  create_the_room();
  EXPECT_EQ(types_since({0}), (texts{"r room.created", "r member.joined", "c share_code.claimed", "i member.joined"}));
  const user_id eve = someone(2);
  const auto joined = join(eve);
  settle();
  ASSERT_TRUE(joined->is && *joined->is);
  EXPECT_EQ(read(events::inbox_of(eve)), texts{"1 member.joined"});
  EXPECT_EQ(joined->is->value()[0].view.stream, events::stream_of(room_));
  EXPECT_EQ(joined->is->value().count(), 1u) << "the record of the room";
  EXPECT_EQ(joined->is->value().durable, log_->head()) << "with what was told";
}

TEST_F(Decider, MergesWhatTellsPeople) {
  create_the_room();
  const position before = log_->head();
  const user_id eve = someone(2), dan = someone(3);
  const auto first = post("in flight");
  const std::vector<std::shared_ptr<answer_slot>> gathered{join(eve), post("between"), leave(eve), join(dan),
                                                           join(eve)};
  ASSERT_TRUE(step());
  EXPECT_TRUE(*first->is);
  ASSERT_TRUE(step());
  EXPECT_FALSE(decider_->busy()) << "one append took them all";
  EXPECT_EQ(types_since(before),
            (texts{"r message.posted", "r member.joined", "r message.posted", "r member.left", "r member.joined",
                   "r member.joined", "i member.joined", "i member.left", "i member.joined", "i member.joined"}));
  EXPECT_EQ(read(events::inbox_of(eve)), (texts{"1 member.joined", "2 member.left", "3 member.joined"}));
  EXPECT_EQ(read(events::inbox_of(dan)), texts{"1 member.joined"});
  for (std::size_t i = 0; i < gathered.size(); ++i) {
    ASSERT_TRUE(gathered[i]->is && *gathered[i]->is) << i;
    const outcome& done = gathered[i]->is->value();
    EXPECT_EQ(done.count(), 1u);
    EXPECT_EQ(done[0].view.stream, events::stream_of(room_));
    EXPECT_EQ(done[0].view.version, 4 + i) << "each has its own";
    EXPECT_EQ(done.durable, log_->head());
  }
}

/// The room's own events: the notes are further behind in the append, with those of others.
TEST_F(Decider, AnswersARepeatedCommandWithWhatItFirstAnswered) {
  create_the_room();
  const user_id eve = someone(2), dan = someone(3);
  const auto in_flight = post("in flight");
  const auto first = join(dan), keyed = join(eve, {key(1, 1)});
  const auto last = post("behind");
  settle();
  ASSERT_TRUE(*first->is && *keyed->is && *last->is);
  const auto again = join(eve, {key(1, 1)});
  ASSERT_TRUE(again->is && *again->is);
  const outcome &was = keyed->is->value(), &is = again->is->value();
  ASSERT_TRUE(is.replayed);
  ASSERT_EQ(is.count(), 1u);
  ASSERT_EQ(was.count(), 1u);
  EXPECT_EQ(is[0].stored, was[0].stored);
  EXPECT_EQ(is[0].view.stream, events::stream_of(room_));
  EXPECT_EQ(read(events::inbox_of(eve)), texts{"1 member.joined"}) << "told once";
}

/// A mention and a key do not keep a post from going with others.
TEST_F(Decider, MergesPostsWithKeysAndNotes) {
  create_the_room();
  const user_id eve = someone(2);
  join(eve);
  settle();
  const auto in_flight = post("in flight");
  const position before = log_->head();
  std::vector<std::shared_ptr<answer_slot>> posts;
  for (std::uint8_t n = 1; n <= 3; ++n) posts.push_back(mention(eve, {key(n, n)}));
  settle();
  for (const auto& each : posts) ASSERT_TRUE(each->is && *each->is);
  const position last = posts.back()->is->value().durable;
  for (const auto& each : posts) EXPECT_EQ(each->is->value().durable, last) << "one append";
  for (std::uint8_t n = 1; n <= 3; ++n) {
    const auto again = mention(eve, {key(n, n)});
    ASSERT_TRUE(again->is && *again->is && again->is->value().replayed);
    ASSERT_EQ(again->is->value().count(), 1u);
    EXPECT_EQ(again->is->value()[0].stored, posts[n - 1]->is->value()[0].stored);
  }
  EXPECT_EQ(read(events::inbox_of(eve)).size(), 4u);
  EXPECT_EQ(log_->head().value, before.value + 7) << "what was in flight, three posts, three notes";
}

TEST_F(Decider, TellsNobodyOfWhatFailed) {
  create_the_room();
  room_ = room_id{random_.next_id(clock_.now())};
  wake();
  events::create_room create;
  create.room = room_;
  create.share_code = "ABCDEFGHJK"; // taken
  create.share_code_stream = events::share_code_stream("key", create.share_code);
  const position before = log_->head();
  const auto refused = send(create, ada_);
  EXPECT_FALSE(step());
  EXPECT_EQ(refused->is->error().code, errc::version_mismatch);
  EXPECT_EQ(refused->is->error().context, "1");
  EXPECT_EQ(log_->head(), before);
  EXPECT_EQ(read(events::inbox_of(ada_)), texts{"1 member.joined"}) << "of the first room";
}

/// A user's decider: of reading it appends notes alone.
TEST_F(Decider, AppendsNotesAlone) {
  std::vector<append_result_ptr> heard;
  decider<user_aggregate> reader(*context_, events::stream_of(ada_), [&heard] {
    return [&heard](append_result_ptr what) { heard.push_back(std::move(what)); };
  });
  ASSERT_TRUE(reader.hydrate());
  const auto ask = [&](events::user_command command, std::vector<storage::idempotency> keys = {}) {
    auto slot = std::make_shared<answer_slot>();
    user_request request;
    request.user = ada_;
    request.command = std::move(command);
    request.origin = {ada_, "request", std::move(keys)};
    request.answer = reply<outcome>([slot](result<outcome> what) { slot->is = std::move(what); });
    reader.receive(std::make_shared<const user_request>(std::move(request)));
    return slot;
  };
  const auto settled = [&] {
    while (reader.busy()) {
      journal_->step();
      for (const auto& what : std::exchange(heard, {})) ASSERT_TRUE(reader.hear(*what));
    }
  };
  events::register_user registration;
  registration.login = "ada";
  registration.login_stream = events::login_stream("key", "ada");
  ask(registration);
  settled();
  const auto first = ask(events::advance_read{room_, 5}); // in flight
  events::user_profile renamed;
  renamed.display_name.value = "Ada";
  const auto second = ask(events::advance_read{room_, 6}), change = ask(events::change_profile{renamed}),
             third = ask(events::advance_read{room_, 7}), keyed = ask(events::advance_read{room_, 8}, {key(9, 1)});
  settled();
  for (const auto& slot : {first, second, change, third, keyed}) ASSERT_TRUE(slot->is && *slot->is);
  EXPECT_EQ(reader.aggregate().version(), 3u) << "registered, a session, a profile";
  EXPECT_EQ(read(events::stream_of(ada_)), (texts{"1 user.registered", "2 session.opened", "3 profile.changed"}));
  EXPECT_EQ(read(events::inbox_of(ada_)),
            (texts{"1 read.advanced", "2 read.advanced", "3 read.advanced", "4 read.advanced"}));
  EXPECT_EQ(change->is->value()[0].view.type, "profile.changed");
  const auto seq_in = [](const outcome& done) {
    return std::string(done[0].view.payload.substr(done[0].view.payload.rfind(':')));
  };
  EXPECT_EQ(seq_in(first->is->value()), ":5}");
  EXPECT_EQ(seq_in(second->is->value()), ":6}");
  EXPECT_EQ(seq_in(third->is->value()), ":7}");
  const auto again = ask(events::advance_read{room_, 8}, {key(9, 1)});
  ASSERT_TRUE(again->is && *again->is && again->is->value().replayed);
  EXPECT_EQ(seq_in(again->is->value()), ":8}");
}

TEST_F(Decider, SnapshotsWhereNotesComeLast) {
  create_the_room();
  for (std::uint64_t i = 3; i < limits::snapshot_interval; ++i) post("message");
  settle();
  ASSERT_FALSE(views_->find_snapshot(events::stream_of(room_)).value());
  join(someone(2)); // event 1,000 of the room, and a note behind it
  settle();
  const auto snapshot = views_->find_snapshot(events::stream_of(room_)).value();
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->version, limits::snapshot_interval);
  const events::room_state before = decider_->aggregate().state;
  wake();
  EXPECT_EQ(decider_->aggregate().state, before);
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
}

/// Whatever a snapshot says that is not this room's own history, the room is what its events say.
TEST_F(Decider, LeavesASnapshotAsideThatIsNotItsHistory) {
  create_the_room();
  for (std::uint64_t i = 0; i < limits::snapshot_interval + 10; ++i) post("message");
  settle();
  post("one more");
  settle();
  const auto own = views_->find_snapshot(events::stream_of(room_)).value();
  ASSERT_TRUE(own);
  const events::room_state before = decider_->aggregate().state;
  const auto with = [&](auto change) {
    storage::views_store::snapshot changed = *own;
    change(changed);
    return changed;
  };
  const auto replace = [](std::string& text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << text;
    text.replace(at, what.size(), by);
  };
  const std::string version = std::to_string(own->version);
  const storage::views_store::snapshot all[] = {
      with([](auto& s) { s.state = "room 0 something older"; }),
      with([](auto& s) { s.state = "room 2 of a newer program"; }),
      with([](auto& s) { s.state = ""; }),
      with([](auto& s) { s.state.resize(s.state.size() / 2); }),
      with([](auto& s) { s.at = sha256("another history"); }),
      with([&](auto& s) { s.version = before.version + 1; }), // ahead of the log
      with([&](auto& s) {
        s.version = before.version + 5'000;
        replace(s.state, "\"version\":" + version, "\"version\":" + std::to_string(s.version));
      }),
      with([&](auto& s) { --s.version; }),
      with([](auto& s) { s.version = 0; }),
  };
  for (const auto& wrong : all) {
    SCOPED_TRACE(wrong.state + " at " + std::to_string(wrong.version));
    ASSERT_TRUE(views_->put_snapshot(events::stream_of(room_), wrong));
    wake();
    EXPECT_EQ(decider_->aggregate().state, before);
    const auto replaced = views_->find_snapshot(events::stream_of(room_)).value();
    ASSERT_TRUE(replaced); // the next to wake does not read the whole history again
    EXPECT_EQ(replaced->version, before.version);
  }
  const auto posted = post("still here");
  settle();
  ASSERT_TRUE(posted->is && *posted->is);
  EXPECT_EQ(decider_->aggregate().version(), before.version + 1);
}

TEST_F(Decider, LeavesASnapshotWhenItHadToReadALongHistory) {
  create_the_room();
  for (std::uint64_t i = 0; i < limits::snapshot_interval + 10; ++i) post("message");
  settle();
  views_.reset();
  std::filesystem::remove_all(directory_ + "/views");
  views_ = storage::views_store::open(directory_ + "/views", projections::tables::forms, "test").value();
  context_ = std::make_unique<decider_context>(decider_context{*log_, *journal_, *views_, clock_});
  const events::room_state before = decider_->aggregate().state;
  wake();
  EXPECT_EQ(decider_->aggregate().state, before);
  const auto left = views_->find_snapshot(events::stream_of(room_)).value();
  ASSERT_TRUE(left);
  EXPECT_EQ(left->version, before.version);
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

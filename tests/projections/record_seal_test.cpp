// Sealed records: where a seal opens, and what is left in the views of somebody who was erased.

#include "projections/record_seal.hpp"

#include "world.hpp"

#include "base/digest.hpp"
#include "events/sealing.hpp"

namespace palabre::projections {
namespace {

using testing::message_number;
using testing::person;
using testing::room_number;
using testing::world;

constexpr timestamp noon{1'700'000'000'000};

/// A world that seals as a decider does.
struct sealed_world : world {
  sealed_world() {
    std::string pattern = ::testing::TempDir() + "keys.XXXXXX";
    keys_directory = ::mkdtemp(pattern.data());
    keys = storage::key_ring::open({keys_directory, {std::string(32, 'M')}, 0}, random).value();
    seal = std::make_shared<const record_seal>(keys, random);
    log->open_seals_with(seal);
    journal->add_listener([this](const storage::committed_batch_ptr& batch) { projector->feed(batch); });
  }
  ~sealed_world() { std::filesystem::remove_all(keys_directory); }

  template <class Event>
  position append(const stream_id& stream, user_id actor, const Event& event) {
    EXPECT_TRUE(journal->submit(sealed_append(stream, actor, event)));
    journal->step();
    return log->head();
  }
  /// As a decider hands it to the journal.
  template <class Event>
  storage::append sealed_append(const stream_id& stream, user_id actor, const Event& event) {
    const events::encoded_event encoded = events::encode_one(event);
    events::divided_payload parts = events::divide_one(event);
    sealed_payload sealed;
    const stream_version version = log->head_of(stream).value().version + 1;
    if (!parts.personal.empty())
      sealed = seal->seal(stream, version, encoded, std::move(parts), keys->key_of(person_of(stream, actor)).value());
    storage::record r;
    r.stream = stream;
    r.actor = actor;
    r.time = noon;
    r.schema = encoded.schema;
    r.type = encoded.type;
    r.key_id = sealed.key_id;
    r.payload = sealed.key_id == 0 ? encoded.payload : sealed.stored;
    storage::append a;
    a.streams.push_back({stream, storage::expectation::any(), {{storage::encode(r), sealed.opened}}});
    return a;
  }

  void erase(user_id user) {
    const std::uint32_t key_id = keys->begin_erasing(user, noon).value();
    append(events::stream_of(user), {}, events::user_erased{key_id});
    ASSERT_TRUE(projector->catch_up());
    ASSERT_TRUE(keys->destroy_key_of(user));
  }

  std::string keys_directory;
  std::shared_ptr<storage::key_ring> keys;
  std::shared_ptr<const record_seal> seal;
};

events::message_posted message(std::uint64_t n, std::string body) {
  events::message_posted e;
  e.message = message_number(n);
  e.body.value = std::move(body);
  e.metadata.value.text = R"({"mood":"canary"})";
  e.author_name.value = "canary";
  return e;
}

struct Sealed : ::testing::Test, sealed_world {
  const user_id ada = person(1), bob = person(2);
  const room_id room = room_number(1);
  const stream_id at = events::stream_of(room);
};

TEST_F(Sealed, IsStoredClosedAndReadOpen) {
  const position where = append(at, ada, message(1, "canary"));
  const storage::committed_record& live = committed.back()->records.front();
  const auto read = log->read(where).value();
  const std::string open = events::to_json(message(1, "canary"), events::secrets::stored);
  EXPECT_EQ(live.view.payload, open) << "the live path opens nothing";
  EXPECT_EQ(read.view.payload, open);
  EXPECT_EQ(read.stored, live.stored);
  EXPECT_EQ(read.stored.find("canary"), std::string::npos);
  EXPECT_EQ(read.view.key_id, 1u);
  EXPECT_EQ(read.copy().view.payload, open);
  EXPECT_EQ(storage::hash_of(read.stored), read.hash) << "of the sealed bytes";
  std::vector<storage::committed_record> moved;
  moved.push_back(read.copy());
  moved.reserve(moved.capacity() + 1);
  EXPECT_EQ(moved.front().view.payload, open);
}

TEST_F(Sealed, OpensNowhereElse) {
  append(at, ada, message(1, "first"));
  ASSERT_TRUE(keys->key_of(bob));
  const position where = append(at, ada, message(2, "second"));
  const auto record = log->read(where).value();
  const storage::record whole = storage::decode(record.stored).value();
  ASSERT_TRUE(seal->open(whole)) << "as it stands";
  const std::pair<const char*, std::function<void(storage::record&)>> table[] = {
      {"another room", [](auto& r) { r.stream = events::stream_of(room_number(2)); }},
      {"another kind of stream", [](auto& r) { r.stream.kind = 'u'; }},
      {"another version", [](auto& r) { --r.version; }},
      {"another schema", [](auto& r) { --r.schema; }},
      {"another type", [](auto& r) { r.type = "message.edited"; }},
      {"another key", [](auto& r) { r.key_id = 2; }},
      {"a key that is not there", [](auto& r) { r.key_id = 3; }},
  };
  for (const auto& [what, change] : table) {
    storage::record moved = whole;
    change(moved);
    const auto refused = seal->open(moved);
    ASSERT_FALSE(refused) << what;
    EXPECT_EQ(refused.error().code, errc::corrupt) << what;
  }
}

TEST_F(Sealed, AFlippedByteOfTheSealIsCorruptAndNamed) {
  const position where = append(at, ada, message(1, "words"));
  const std::string stored = log->read(where).value().stored;
  storage::record r = storage::decode(stored).value();
  const std::string payload(r.payload);
  const std::string_view seal_text = events::seal_in(payload);
  ASSERT_FALSE(seal_text.empty());
  const auto first = static_cast<std::size_t>(seal_text.data() - payload.data());
  for (std::size_t i = first; i < first + seal_text.size(); ++i) {
    std::string flipped = payload;
    flipped[i] = flipped[i] == 'A' ? 'B' : 'A';
    r.payload = flipped;
    const auto refused = seal->open(r);
    ASSERT_FALSE(refused) << i;
    EXPECT_EQ(refused.error().code, errc::corrupt);
    EXPECT_NE(refused.error().context.find("message.posted"), std::string::npos);
  }
  r.payload = "{}";
  EXPECT_EQ(seal->open(r).error().code, errc::corrupt) << "no seal, though the key is there";
}

TEST_F(Sealed, WhatWasWrittenBeforeSealingIsRead) {
  const position where = world::append(at, ada, message(1, "open"));
  EXPECT_EQ(log->read(where).value().view.key_id, 0u);
  EXPECT_NE(log->read(where).value().view.payload.find("open"), std::string_view::npos);
}

TEST_F(Sealed, WithoutKeysSaysSo) {
  const position where = append(at, ada, message(1, "words"));
  log->open_seals_with(nullptr);
  const auto closed = log->read(where).value();
  const auto refused = decode(closed.view);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().context.find("without its keys"), std::string::npos) << refused.error().context;
}

TEST_F(Sealed, TheLogKnowsTheHighestKeyItNames) {
  append(at, ada, message(1, "a"));
  append(at, bob, message(2, "b"));
  append(at, ada, message(3, "c"));
  reopen_log();
  EXPECT_EQ(log->key_id_max(), 2u);
}

/// Two people, who write, edit, delete, reply and react in two rooms.
void live_through_a_day(sealed_world& w, user_id ada, user_id bob) {
  for (const user_id user : {ada, bob}) {
    events::user_registered e;
    e.login.value = user == ada ? "canary" : "bob";
    e.profile.display_name.value = user == ada ? "canary" : "Bob";
    w.append(events::stream_of(user), user, e);
    events::presence_changed there;
    there.status = events::presence_status::online;
    there.text.value = user == ada ? "canary" : "here";
    w.append(events::stream_of(user), user, there);
  }
  std::uint64_t number = 0;
  for (std::uint8_t n = 1; n <= 2; ++n) {
    const room_id room = room_number(n);
    const stream_id at = events::stream_of(room);
    w.append(at, bob, events::room_created{});
    for (const user_id user : {bob, ada})
      w.append(at, user, events::member_joined{user, events::role::member, events::join_way::open, {"canary"}});
    for (int i = 0; i < 40; ++i) {
      const user_id author = i % 3 == 0 ? bob : ada;
      auto e = message(++number, author == ada ? "canary" : "of Bob's");
      if (author == bob) e.metadata.value.text = "null";
      e.author_name.value = author == ada ? "canary" : "Bob";
      w.append(at, author, e);
      const stream_version seq = w.log->head_of(at).value().version;
      if (i % 5 == 1) w.append(at, author, events::message_edited{e.message, seq, 1, {e.body.value + " edited"}, {}});
      if (i % 7 == 2) w.append(at, bob, events::reaction_added{e.message, seq, "👍"});
      if (i % 11 == 4) w.append(at, author, events::message_deleted{e.message, seq, author});
    }
  }
}

std::size_t count(const testing::all_rows& rows, std::string_view word) {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const auto& row) {
    return row.first.find(word) != std::string::npos || row.second.find(word) != std::string::npos;
  }));
}

TEST_F(Sealed, ErasedViewsEqualARebuildByteByByte) {
  live_through_a_day(*this, ada, bob);
  ASSERT_TRUE(projector->catch_up());
  EXPECT_GT(count(rows(), "canary"), 40u);
  const std::size_t bobs = count(rows(), "of Bob's");
  erase(ada);
  const testing::all_rows live = rows();
  EXPECT_EQ(count(live, "canary"), 0u);
  EXPECT_EQ(count(live, "of Bob's"), bobs) << "nobody else loses a word";
  open_views("rebuilt");
  ASSERT_TRUE(projector->catch_up());
  EXPECT_EQ(rows(), live);
}

TEST_F(Sealed, ErasedViewsEqualARebuildBeforeTheKeyIsDestroyed) {
  live_through_a_day(*this, ada, bob);
  ASSERT_TRUE(projector->catch_up());
  append(events::stream_of(ada), {}, events::user_erased{keys->begin_erasing(ada, noon).value()});
  ASSERT_TRUE(projector->catch_up());
  const testing::all_rows live = rows();
  EXPECT_EQ(count(live, "canary"), 0u);
  open_views("rebuilt");
  ASSERT_TRUE(projector->catch_up());
  EXPECT_EQ(rows(), live);
}

TEST_F(Sealed, WhoWasErasedWritesNothingMore) {
  append(at, bob, events::room_created{});
  append(at, ada, message(1, "canary"));
  ASSERT_TRUE(projector->catch_up());
  erase(ada);
  const position late = append(at, ada, message(2, "canary")); // was on its way
  EXPECT_EQ(committed.back()->records.front().view.payload.find("canary"), std::string_view::npos);
  const auto record = log->read(late).value();
  EXPECT_EQ(record.stored.find("canary"), std::string::npos);
  EXPECT_EQ(record.view.payload, committed.back()->records.front().view.payload);
  EXPECT_NE(record.view.payload.find(R"("body":null)"), std::string_view::npos) << record.view.payload;
  ASSERT_TRUE(projector->catch_up());
  EXPECT_EQ(count(rows(), "canary"), 0u);
}

/// Sealed before the erasure was noted, and appended before, with or behind the event that ends the account.
TEST_F(Sealed, WordsOnTheirWayAreNotShownWhereverTheyArrive) {
  append(at, bob, events::room_created{});
  append(at, ada, message(1, "canary"));
  std::vector<storage::append> late;
  for (std::uint64_t n = 2; n <= 5; ++n) late.push_back(sealed_append(at, ada, message(n, "canary")));
  const std::uint32_t key_id = keys->begin_erasing(ada, noon).value();
  const auto submit = [&](storage::append what) { ASSERT_TRUE(journal->submit(std::move(what))); };
  submit(std::move(late[0]));
  journal->step();
  submit(std::move(late[1]));
  submit(sealed_append(events::stream_of(ada), {}, events::user_erased{key_id}));
  submit(std::move(late[2]));
  journal->step();
  submit(std::move(late[3]));
  journal->step();
  for (const auto& batch : committed)
    for (const auto& record : batch->records)
      if (record.view.at.value > 2) {
        EXPECT_EQ(record.view.payload.find("canary"), std::string_view::npos) << record.view.payload;
      }
  ASSERT_TRUE(projector->catch_up());
  const testing::all_rows live = rows();
  EXPECT_EQ(count(live, "canary"), 0u);
  ASSERT_TRUE(keys->destroy_key_of(ada));
  open_views("rebuilt");
  ASSERT_TRUE(projector->catch_up());
  EXPECT_EQ(rows(), live);
}

TEST_F(Sealed, AProfileIsForgottenWhereItWasRemembered) {
  live_through_a_day(*this, ada, bob);
  ASSERT_TRUE(projector->catch_up());
  profiles authors(*views);
  EXPECT_NE(authors.author_json(ada).value()->find("canary"), std::string::npos);
  erase(ada);
  authors.forget_changed(*committed.back());
  EXPECT_EQ(*authors.author_json(ada).value(), R"({"display_name":null,"avatar_url":null})");
}

} // namespace
} // namespace palabre::projections

// A person is erased: nothing of them is found in any file, and everything else is as it was.

#include "damage.hpp"
#include "event_lines.hpp"
#include "person.hpp"
#include "running_server.hpp"

#include "app/stopped_store.hpp"
#include "base/digest.hpp"
#include "bench/load/log_filling.hpp"
#include "storage/erased_list.hpp"
#include "storage/key_ring_file.hpp"
#include "storage/synced_file.hpp"

#include <gtest/gtest.h>
#include <rocksdb/sst_file_reader.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;

/// A word that stands nowhere else and that no compression takes apart.
std::string word(std::uint64_t n) {
  std::uint64_t random = 0x9E3779B97F4A7C15ull * (n + 1);
  std::string text;
  for (int letter = 0; letter < 16; ++letter, random = random * 6364136223846793005ull + 1442695040888963407ull)
    text += static_cast<char>('a' + (random >> 33) % 26);
  return text;
}

/// The forms in which bytes hide in text: as they are, in hex, and what base64 makes of them at each of three offsets.
std::vector<std::string> forms_of(const std::string& word) {
  std::vector<std::string> forms{word, to_hex(word)};
  std::transform(forms[1].begin(), forms[1].end(), std::back_inserter(forms.emplace_back()),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string text = to_base64url(std::string(before, 'x') + word + "xx");
    const std::size_t first = (before * 8 + 5) / 6, last = (before + word.size()) * 8 / 6;
    forms.push_back(text.substr(first, last - first));
  }
  return forms;
}

/// Rows of a RocksDB table are compressed: what stands in one, taken out.
std::string rows_of(const std::string& file) {
  rocksdb::SstFileReader reader{rocksdb::Options{}};
  EXPECT_TRUE(reader.Open(file).ok()) << file;
  std::string rows;
  rocksdb::ReadOptions all;
  all.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> row{reader.NewIterator(all)};
  for (row->SeekToFirst(); row->Valid(); row->Next()) rows += row->key().ToString() + row->value().ToString();
  return rows;
}

class Erasure : public ::testing::Test {
protected:
  /// Another word of Ada's.
  std::string next() {
    words_.push_back(word(words_.size()));
    return words_.back();
  }

  Erasure() {
    ada_.patch("/api/v1/me", R"({"display_name":")" + next() + R"(","avatar_url":"https://)" + next() +
                                 R"(.example","bio":")" + next() + R"(","city":")" + next() + R"(","interests":[")" +
                                 next() + R"("]})");
    own_room_ = ada_.make_room("Hers", R"(,"visibility":"public")");
    bobs_room_ = bob_.make_room("His", R"(,"visibility":"public")");
    EXPECT_EQ(ada_.post("/api/v1/rooms/" + bobs_room_ + "/join", "").status / 100, 2);
    ada_.put("/api/v1/me/presence", R"({"status":"busy","text":")" + next() + R"("})");
    for (const std::string& room : {own_room_, bobs_room_})
      for (int i = 0; i < 25; ++i) talk(room, i);
    direct_ = ada_.post("/api/v1/rooms", R"({"kind":"direct","user_id":")" + bob_.id() + "\"}").text("/id");
    EXPECT_EQ(ada_.say(direct_, next()).status, 201);
    EXPECT_EQ(
        ada_.post("/api/v1/rooms/" + own_room_ + "/invitations", R"({"email":")" + next() + R"(@example.org"})").status,
        201);
    EXPECT_EQ(ada_.get("/api/v1/search?q=" + words_.back()).status, 200); // by now the search has read all of it
  }

  void talk(const std::string& room, int i) {
    const auto said =
        ada_.post(messages_of(room), R"({"body":")" + next() + R"(","metadata":{"mood":")" + next() + R"("}})");
    ASSERT_EQ(said.status, 201) << said.body;
    if (i % 5 == 0) {
      EXPECT_EQ(ada_.patch(message_path(room, said), R"({"body":")" + next() + R"("})").status, 200);
    }
    if (i % 7 == 0) {
      EXPECT_EQ(ada_.del(message_path(room, said)).status / 100, 2);
      return;
    }
    EXPECT_EQ(ada_.put(message_path(room, said) + "/reactions/%F0%9F%91%8D").status / 100, 2);
    if (room != bobs_room_) return;
    const std::string answer = word(1'000 + bobs_words_++);
    EXPECT_EQ(
        bob_.post(messages_of(room), R"({"body":")" + answer + R"(","reply_to":")" + said.text("/id") + R"("})").status,
        201);
    EXPECT_EQ(
        ada_.post(messages_of(room), R"({"body":")" + next() + R"(","reply_to":")" + said.text("/id") + R"("})").status,
        201);
  }

  finished_program erase(const std::string& who) const {
    return run_palabre({"erase", "--data", data_, "--user", who, "--yes"});
  }
  /// Words of Ada's that stand in some file below the data directory, in whatever form; with the file.
  std::vector<std::string> found() const {
    std::vector<std::string> hits;
    std::vector<std::vector<std::string>> forms;
    for (const std::string& each : words_) forms.push_back(forms_of(each));
    for (const auto& [file, bytes] : contents_below(data_)) {
      std::string all = bytes + file;
      if (file.ends_with(".sst")) all += rows_of(file);
      for (std::size_t i = 0; i < words_.size(); ++i)
        for (const std::string& form : forms[i])
          if (all.find(form) != std::string::npos) hits.push_back(words_[i] + " as " + form + " in " + file);
    }
    return hits;
  }
  void expect_verified() const {
    const auto ran = run_palabre({"verify", "--data", data_});
    EXPECT_EQ(ran.status, 0) << ran.complained;
    EXPECT_NE(ran.printed.find("equal a fresh rebuild"), std::string::npos) << ran.printed;
  }

  std::vector<std::string> words_;
  std::uint64_t bobs_words_ = 0;
  running_server server_;
  const std::string data_ = server_.data();
  const std::string login_ = next();
  person ada_{server_, login_};
  person bob_{server_, "bob"};
  std::string own_room_, bobs_room_, direct_;
};

TEST_F(Erasure, LeavesNoWordInAnyFile) {
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_FALSE(found().empty()) << "the test can find what is there";
  for (const auto& [file, bytes] : contents_below(data_ + "/log"))
    for (const std::string& each : words_) EXPECT_EQ(bytes.find(each), std::string::npos) << each << " in " << file;
  const auto before = read_events(data_);

  const auto erased = erase(login_);
  EXPECT_EQ(erased.status, 0) << erased.complained;
  EXPECT_EQ(found(), std::vector<std::string>{});
  expect_verified();
  const auto after = read_events(data_);
  ASSERT_GT(after.size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i].text.substr(after[i].text.find(R"("hash")")),
              before[i].text.substr(before[i].text.find(R"("hash")")));
    for (const std::string& each : words_) EXPECT_EQ(after[i].text.find(each), std::string::npos) << after[i].text;
  }

  fs::remove_all(data_ + "/views"); // all of it anew
  server_.start();
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_EQ(found(), std::vector<std::string>{});
  expect_verified();
  EXPECT_EQ(erase(ada_.id()).status, 0) << "again, to the same end";
  expect_verified();
}

TEST_F(Erasure, LeavesNoWordInAnyFileWhileTheServerServes) {
  EXPECT_EQ(erase("nobody").status, 1);
  const auto erased = erase(login_);
  EXPECT_EQ(erased.status, 0) << erased.complained;
  EXPECT_NE(erased.printed.find(ada_.id()), std::string::npos) << erased.printed;
  EXPECT_EQ(ada_.get("/api/v1/me").status, 401);
  const auto left = bob_.get(messages_of(bobs_room_) + "?limit=200");
  EXPECT_EQ(left.status, 200);
  for (const std::string& each : words_) EXPECT_EQ(left.body.find(each), std::string::npos) << each;
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_EQ(found(), std::vector<std::string>{});
  expect_verified();
}

TEST_F(Erasure, LeavesNoWordThatWasBeingSaidMeanwhile) {
  const std::string said = next();
  std::atomic<int> begun = 0;
  std::vector<std::future<std::size_t>> posting;
  for (const std::string& room : {own_room_, bobs_room_, own_room_, bobs_room_})
    posting.push_back(std::async(std::launch::async, [&, room] {
      http_client client(server_.port());
      const headers with{{"Content-Type", "application/json"}, {"Authorization", "Bearer " + ada_.token()}};
      std::size_t taken = 0;
      const auto body = [&] { return R"({"body":")" + said + ' ' + std::to_string(taken) + R"("})"; };
      while (client.request("POST", messages_of(room), body(), with).status == 201)
        if (++taken == 1) ++begun;
      return taken;
    }));
  while (begun < 4) std::this_thread::yield();
  const auto erased = erase(login_);
  EXPECT_EQ(erased.status, 0) << erased.complained;
  for (auto& each : posting) each.get();
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_EQ(found(), std::vector<std::string>{});
  expect_verified();
}

TEST_F(Erasure, LeavesNoWordInViewsThatARebuildCouldNotSwitchFrom) {
  fs::create_directory(data_ + "/views.current.new"); // no draft of the pointer can be made
  const auto rebuilt = run_palabre({"rebuild", "--data", data_});
  EXPECT_EQ(rebuilt.status, 1) << rebuilt.printed;
  EXPECT_EQ(erase(login_).status, 1) << "nobody could promise it";
  EXPECT_EQ(ada_.get("/api/v1/me").status, 200) << "nothing was begun";
  fs::remove(data_ + "/views.current.new");
  const auto erased = erase(login_);
  EXPECT_EQ(erased.status, 0) << erased.complained;
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_EQ(found(), std::vector<std::string>{});
  expect_verified();
}

TEST_F(Erasure, OthersKeepTheirsAndSeeThatSomebodyWasThere) {
  const auto before = bob_.get(messages_of(bobs_room_) + "?limit=100");
  EXPECT_EQ(server_.stop(), 0);
  ASSERT_EQ(erase(login_).status, 0);
  server_.start();
  http_client client(server_.port());
  const auto as_bob = [&](const std::string& target) {
    return client.request("GET", target, {}, {{"Authorization", "Bearer " + bob_.token()}});
  };
  const auto after = as_bob(messages_of(bobs_room_) + "?limit=100");
  ASSERT_EQ(after.status, 200) << after.body;
  std::size_t nobodys = 0;
  for (int i = 0; after.has("/items/" + std::to_string(i)); ++i) {
    const std::string item = "/items/" + std::to_string(i);
    EXPECT_EQ(after.text(item + "/id"), before.text(item + "/id"));
    EXPECT_EQ(after.number(item + "/reply_count"), before.number(item + "/reply_count"));
    EXPECT_EQ(after.text(item + "/created_at"), before.text(item + "/created_at"));
    if (after.text(item + "/author_id") != ada_.id()) {
      EXPECT_EQ(after.text(item + "/body"), before.text(item + "/body"));
      continue;
    }
    ++nobodys;
    EXPECT_TRUE(after.is_null(item + "/body"));
    EXPECT_TRUE(after.is_null(item + "/metadata"));
    EXPECT_TRUE(after.is_null(item + "/author/display_name"));
  }
  EXPECT_GT(nobodys, 25u);
  EXPECT_EQ(as_bob("/api/v1/users/" + ada_.id()).status, 404);
  const auto members = as_bob("/api/v1/rooms/" + bobs_room_ + "/members");
  EXPECT_EQ(members.body.find(ada_.id()), std::string::npos) << members.body;
  const auto hers = as_bob("/api/v1/rooms/" + own_room_);
  EXPECT_EQ(hers.text("/owner_id"), ada_.id()) << "the room stays with whom it was";
  const auto direct = as_bob("/api/v1/rooms/" + direct_);
  EXPECT_EQ(direct.number("/member_count"), 2) << "a direct room is of its two people for good";
  EXPECT_EQ(direct.text("/name"), "");
  const auto sync = as_bob("/api/v1/sync");
  EXPECT_EQ(sync.text("/gone_user_ids/0"), ada_.id()) << sync.body;
  EXPECT_EQ(sync.count("/users"), 0u);

  EXPECT_EQ(client.request("GET", "/api/v1/me", {}, {{"Authorization", "Bearer " + ada_.token()}}).status, 401)
      << "her sessions ended";
  EXPECT_EQ(client
                .request("POST", "/api/v1/auth/login", R"({"login":")" + login_ + R"(","password":"correct horse"})",
                         {{"Content-Type", "application/json"}})
                .status,
            401);
  person other(server_, login_); // her login is free
  EXPECT_NE(other.id(), ada_.id());
}

/// A gateway over which somebody joins a room between leaving their rooms and the end of their account.
class joining_meanwhile final : public actors::gateway {
public:
  joining_meanwhile(const app::erasing_ground& ground, room_id room, user_id who)
      : ground_(ground), to_(ground.commands), room_(room), who_(who) {}
  void send(actors::room_request request) override { to_.send(std::move(request)); }
  void send(actors::user_request request) override {
    if (!std::exchange(joined_, true)) join();
    to_.send(std::move(request));
  }

private:
  void join() {
    std::promise<bool> done;
    actors::room_request request;
    request.room = room_;
    request.command = events::join_room{{}, "Ada"};
    request.facts.true_at = projections::roster_queries(ground_.views).room(room_).value()->last_seq;
    request.origin = {who_, "a join on its way", {}};
    request.answer = actors::reply<actors::outcome>([&](const auto& what) { done.set_value(what.has_value()); });
    to_.send(std::move(request));
    EXPECT_TRUE(done.get_future().get());
  }

  const app::erasing_ground& ground_;
  actors::gateway& to_;
  const room_id room_;
  const user_id who_;
  bool joined_ = false;
};

TEST_F(Erasure, WhoJoinsARoomMeanwhileIsNoMemberAfterwards) {
  const room_id other = *room_id::parse(bob_.make_room("Another", R"(,"visibility":"public")"));
  const user_id ada = *user_id::parse(ada_.id());
  EXPECT_EQ(server_.stop(), 0);
  {
    const auto store = app::stopped_store::open(data_).value();
    const app::erasing_ground ground = store->ground();
    joining_meanwhile commands(ground, other, ada);
    const auto done = app::erase_user(
        {ground.log, ground.keys, ground.views, ground.projector, commands, ground.time, ground.forget_in_search}, ada);
    ASSERT_TRUE(done) << done.error().context;
    EXPECT_EQ(done.value().rooms_left, 2u);
    EXPECT_EQ(done.value().rooms_owned, 1u);
    ASSERT_TRUE(app::wait_for_views(ground.projector, ground.log.head()));
    EXPECT_FALSE(projections::roster_queries(ground.views).standing(other, ada).value());
  }
  EXPECT_EQ(found(), std::vector<std::string>{});
  expect_verified();
}

TEST_F(Erasure, WhatACrashInterruptedIsDoneAtTheNextStart) {
  EXPECT_EQ(server_.stop(), 0);
  const storage::erased_user noted{1, *user_id::parse(ada_.id()), {1'700'000'000'000}}; // and nothing else was done
  ASSERT_TRUE(storage::append_erased(data_ + "/keys/erased", {}, noted));
  const auto half_done = run_palabre({"verify", "--data", data_});
  EXPECT_EQ(half_done.status, 1) << half_done.printed;
  EXPECT_NE(half_done.complained.find("an erasure is unfinished"), std::string::npos) << half_done.complained;
  EXPECT_EQ(half_done.complained.find("corrupt"), std::string::npos) << half_done.complained;
  server_.start();
  EXPECT_EQ(server_.stop(), 0); // its log is whole then
  EXPECT_NE(server_.log().find("erasure was not finished"), std::string::npos) << server_.log();
  EXPECT_EQ(found(), std::vector<std::string>{});
  expect_verified();
}

/// Of a copy, say, whose views are computed anew: so many events that a server listens before that is done.
TEST(ErasureAtAStart, IsDoneBeforeAnybodyIsServed) {
  running_server server;
  const std::string keys = server.data() + "/keys";
  EXPECT_EQ(server.stop(), 0);
  bench::fill_log(server.data(), {40'000, 3, 40}, [](double) {});
  const auto ring = storage::read_ring(storage::read_whole(keys + "/ring").value().value()).value();
  ASSERT_FALSE(ring.entries.empty());
  const storage::erased_user noted{ring.entries[0].key_id, ring.entries[0].user, {1'700'000'000'000}};
  ASSERT_TRUE(storage::append_erased(keys + "/erased", {}, noted));
  server.start();
  http_client client(server.port());
  EXPECT_EQ(client.request("GET", "/health/ready").status, 200);
  EXPECT_EQ(server.stop(), 0); // its log is whole then
  EXPECT_NE(server.log().find("erasure was not finished, and is now: 1"), std::string::npos) << server.log();
  const auto verified = run_palabre({"verify", "--data", server.data()});
  EXPECT_EQ(verified.status, 0) << verified.complained;
}

TEST_F(Erasure, AnOlderCopyForgetsWhoIsOnTheList) {
  EXPECT_EQ(server_.stop(), 0);
  const std::string copy = data_ + "-copy";
  fs::copy(data_, copy, fs::copy_options::recursive);
  ASSERT_EQ(erase(login_).status, 0);
  fs::copy_file(data_ + "/keys/erased", copy + "/keys/erased");
  fs::remove_all(data_);
  fs::rename(copy, data_);
  EXPECT_FALSE(found().empty());
  server_.start();
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_EQ(found(), std::vector<std::string>{});
  expect_verified();
}

TEST_F(Erasure, LossOfTheKeysIsRefused) {
  EXPECT_EQ(server_.stop(), 0);
  const auto expect_refused = [&](const std::string& lost, const std::string& says) {
    fs::rename(data_ + lost, data_ + "-aside");
    for (const char* command : {"serve", "verify", "events"}) {
      std::vector<std::string> arguments{command, "--data", data_};
      if (std::string_view(command) == "serve") arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
      const auto ran = run_palabre(arguments);
      EXPECT_EQ(ran.status, 1) << command << ran.printed;
      EXPECT_NE(ran.complained.find(says), std::string::npos) << ran.complained;
    }
    EXPECT_FALSE(fs::exists(data_ + lost)) << "none is made";
    fs::rename(data_ + "-aside", data_ + lost);
  };
  expect_refused("/keys/ring", "keys/ring is missing");
  expect_refused("/secrets/master.key", "master.key is missing");
  expect_verified();
}

TEST_F(Erasure, ANewMasterKeyOpensWhatTheOldOneDid) {
  const auto refused = run_palabre({"keys", "rotate", "--data", data_});
  EXPECT_EQ(refused.status, 1) << "a server is at it";
  EXPECT_EQ(server_.stop(), 0);
  const std::string secrets = data_ + "/secrets/";
  const auto old_master = contents_below(data_ + "/secrets").at(secrets + "master.key");
  const auto before = read_events(data_);
  const auto rotated = run_palabre({"keys", "rotate", "--data", data_});
  EXPECT_EQ(rotated.status, 0) << rotated.complained;
  const auto new_master = contents_below(data_ + "/secrets").at(secrets + "master.key");
  EXPECT_NE(new_master, old_master);
  const auto shown = run_palabre({"keys", "show", "--data", data_});
  EXPECT_EQ(shown.printed, "keys: 2\nerased: 0\n") << shown.complained;
  // The crash between the two files: the ring is rewrapped, the master key not in place.
  fs::rename(secrets + "master.key", secrets + "master.key.next");
  std::ofstream(secrets + "master.key") << old_master;
  fs::permissions(secrets + "master.key", fs::perms::owner_read | fs::perms::owner_write);
  expect_verified();
  server_.start();
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_FALSE(fs::exists(secrets + "master.key.next"));
  EXPECT_EQ(contents_below(data_ + "/secrets").at(secrets + "master.key"), new_master);
  const auto after = read_events(data_);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(after[i].text, before[i].text);
}

TEST_F(Erasure, SaysWhatItCannotDo) {
  EXPECT_EQ(server_.stop(), 0);
  const auto before = contents_below(data_ + "/keys");
  const auto nobody = erase("nobody");
  EXPECT_EQ(nobody.status, 1);
  EXPECT_NE(nobody.complained.find("nobody has the login"), std::string::npos) << nobody.complained;
  EXPECT_EQ(erase("0190b1f0-7c3a-7abc-8def-0123456789ab").status, 1);
  const auto unasked = run_palabre({"erase", "--data", data_, "--user", login_});
  EXPECT_EQ(unasked.status, 2);
  EXPECT_NE(unasked.complained.find("--yes"), std::string::npos) << unasked.complained;
  EXPECT_EQ(contents_below(data_ + "/keys"), before);
}

} // namespace
} // namespace palabre::testing

// `palabre rebuild`: on a stopped directory, beside a serving process, and killed in the middle of both.
// PALABRE_REBUILD_KILLS makes the latter longer, PALABRE_REBUILD_SEED repeats a run's random numbers.

#include "damage.hpp"
#include "history.hpp"
#include "person.hpp"
#include "posting_people.hpp"
#include "running_server.hpp"

#include "app/store.hpp"
#include "bench/load/log_filling.hpp"
#include "projections/tables.hpp"
#include "storage/rocksdb_instance.hpp"
#include "storage/rocksdb_options.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <iostream>
#include <random>
#include <thread>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;
namespace tables = projections::tables;

/// So many that a server without views computes them as `rebuild` does, and that a kill hits it on the way.
constexpr std::uint64_t many_events = 60'000;
constexpr const char* projection_names[] = {"timeline", "roster", "users", "presence", "reading"};

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

finished_program rebuild(const std::string& data, const std::string& projection = {}) {
  std::vector<std::string> arguments{"rebuild", "--data", data};
  if (!projection.empty()) arguments.insert(arguments.end(), {"--projection", projection});
  return run_palabre(arguments);
}

void expect_verified(const std::string& data) {
  const auto ran = run_palabre({"verify", "--data", data});
  ASSERT_EQ(ran.status, 0) << ran.printed << ran.complained;
  ASSERT_NE(ran.printed.find("equal"), std::string::npos) << "the views were not looked at: " << ran.printed;
}

std::vector<std::string> views_in(const std::string& data) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(data))
    if (entry.is_directory() && entry.path().filename().string().starts_with("views"))
      found.push_back(entry.path().string());
  return found;
}

/// The first row of a table is another from now on.
void damage_row(const std::string& data, storage::table t) {
  const auto opened = storage::rocksdb_instance::open(storage::views_options(), app::views_directory(data),
                                                      storage::views_families(tables::forms))
                          .value();
  auto* const family = opened->family(storage::views_family_tables + t);
  const std::unique_ptr<rocksdb::Iterator> rows{opened->db().NewIterator({}, family)};
  rows->SeekToFirst();
  ASSERT_TRUE(rows->Valid());
  ASSERT_TRUE(opened->db().Put({}, family, rows->key(), "damaged").ok());
}

void fill(running_server& server) {
  EXPECT_EQ(server.stop(), 0);
  bench::fill_log(server.data(), {many_events, 3, 40}, [](double) {});
}

void wait_until_ready(const running_server& server) {
  http_client client(server.port());
  while (client.request("GET", "/health/ready").status != 200) std::this_thread::yield();
}

class Rebuild : public ::testing::Test {
protected:
  running_server server_;
  const std::string data_ = server_.data();
};

TEST_F(Rebuild, MendsTheViewsOfAStoppedServer) {
  person ada(server_, "ada");
  const std::string room = ada.make_room("Salon");
  for (int i = 0; i < 30; ++i) ada.say(room, "message " + std::to_string(i));
  EXPECT_EQ(server_.stop(), 0);
  damage_row(data_, tables::messages);
  damage_row(data_, tables::rooms);
  EXPECT_EQ(run_palabre({"verify", "--data", data_}).status, 1);
  const auto done = rebuild(data_);
  EXPECT_EQ(done.status, 0) << done.complained;
  EXPECT_NE(done.printed.find("views: computed anew from "), std::string::npos) << done.printed;
  EXPECT_NE(done.complained.find("folding"), std::string::npos) << "no progress on stderr";
  expect_verified(data_);
  EXPECT_EQ(views_in(data_), std::vector<std::string>{app::views_directory(data_)});
  server_.start();
  http_client client(server_.port());
  EXPECT_EQ(messages_after(client, ada.token(), room, 0).size(), 30u);
}

TEST_F(Rebuild, ComputesOneProjectionAndLeavesTheOthers) {
  person ada(server_, "ada");
  ada.say(ada.make_room("Salon"), "hello");
  EXPECT_EQ(server_.stop(), 0);
  damage_row(data_, tables::messages);
  for (const char* other : {"roster", "users", "presence", "reading"})
    EXPECT_EQ(rebuild(data_, other).status, 0) << other;
  EXPECT_EQ(run_palabre({"verify", "--data", data_}).status, 1) << "the timeline was to be left as it was";
  EXPECT_EQ(rebuild(data_, "timeline").status, 0);
  expect_verified(data_);
}

TEST_F(Rebuild, SaysWhyItCannot) {
  person ada(server_, "ada");
  auto ran = rebuild(data_, "moods");
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.complained.find("timeline, roster, users, presence, reading"), std::string::npos) << ran.complained;
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_EQ(rebuild(data_, "moods").status, 2);
  fs::remove_all(app::views_directory(data_));
  ran = rebuild(data_, "users");
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.complained.find("without --projection"), std::string::npos) << ran.complained;
  ran = rebuild(data_ + "/nowhere");
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.complained.find("no log"), std::string::npos) << ran.complained;
  EXPECT_FALSE(fs::exists(data_ + "/nowhere"));
}

/// Reads never fail and never go back; posts go on; what was acked is there.
TEST_F(Rebuild, IsNotNoticedWhileServing) {
  posting_people people(server_, 4, 2, 11);
  people.start(server_.port());
  people.wait_for_acks(200);
  const std::string room = people.rooms().front();
  std::atomic<bool> ends{false};
  std::atomic<int> pages{0};
  std::thread reader([&] {
    http_client client(server_.port());
    std::int64_t last = 0;
    while (!ends) {
      const auto page =
          client.request("GET", "/api/v1/rooms/" + room, {}, {{"Authorization", "Bearer " + people.owner_token()}});
      ASSERT_EQ(page.status, 200) << page.body;
      ASSERT_GE(page.number("/last_seq"), last);
      ASSERT_GE(page.number("/message_count"), 1);
      last = page.number("/last_seq");
      ++pages;
    }
  });
  for (const char* projection : {"", "timeline", "reading", "roster", "", "users", "presence", ""}) {
    const auto done = rebuild(data_, projection);
    ASSERT_EQ(done.status, 0) << done.complained;
    EXPECT_NE(done.printed.find("by the server"), std::string::npos) << done.printed;
    EXPECT_EQ(views_in(data_), std::vector<std::string>{app::views_directory(data_)});
    people.wait_for_acks(20);
  }
  for (const int seen = pages; pages < seen + 10;) std::this_thread::yield();
  ends = true;
  reader.join();
  EXPECT_EQ(people.complaint(), "");
  people.retry(server_.port());
  http_client client(server_.port());
  for (const std::string& each : people.rooms())
    EXPECT_EQ(messages_after(client, people.owner_token(), each, 0).size(), people.acked_in(each).size());
  expect_verified(data_); // beside the server
  server_.kill();
  expect_verified(data_);
  server_.start();
  EXPECT_EQ(server_.stop(), 0);
  expect_verified(data_);
}

/// The views are the old ones or the new ones, whole, wherever it is killed.
TEST_F(Rebuild, KilledLeavesTheViewsWhole) {
  const std::uint64_t cycles = number_from_environment("PALABRE_REBUILD_KILLS", 6);
  const std::uint64_t seed = number_from_environment("PALABRE_REBUILD_SEED", std::random_device{}());
  SCOPED_TRACE("PALABRE_REBUILD_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  fill(server_);
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(rebuild(data_).status, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
  int killed = 0, killed_servers = 0;
  for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
    SCOPED_TRACE("cycle " + std::to_string(cycle));
    const auto moment = [&] { return std::chrono::microseconds(random() % static_cast<std::uint64_t>(whole.count())); };
    std::vector<std::string> arguments{"rebuild", "--data", data_};
    if (cycle % 3 == 1) arguments.insert(arguments.end(), {"--projection", projection_names[random() % 5]});
    killed += run_and_kill_palabre(arguments, moment());
    expect_verified(data_);
    server_.start(); // and the same while serving: whoever asked is killed, and the server, too
    wait_until_ready(server_);
    killed += run_and_kill_palabre(arguments, moment());
    if (cycle % 2 == 0) {
      server_.kill(); // on the way of what was asked, most likely
      ++killed_servers;
    } else {
      EXPECT_EQ(server_.stop(), 0);
    }
    expect_verified(data_);
  }
  server_.start();
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_EQ(views_in(data_), std::vector<std::string>{app::views_directory(data_)}) << "leftovers stay for ever";
  expect_verified(data_);
  std::cout << killed << " rebuilds and " << killed_servers << " rebuilding servers killed, seed " << seed << std::endl;
}

/// It listens at once; who comes before the views are there is told to come again, and no ended session is let in.
TEST_F(Rebuild, IsWhatAServerDoesThatFindsNoViews) {
  fill(server_);
  server_.start();
  person ada(server_, "ada");
  person bob(server_, "bob");
  const std::string room = ada.make_room("Salon");
  ada.say(room, "hello");
  EXPECT_EQ(bob.post("/api/v1/auth/logout", R"({"refresh_token":")" + bob.refresh_token() + "\"}").status, 204);
  server_.kill();
  for (const std::string& views : views_in(data_)) fs::remove_all(views);
  server_.start();
  const auto status_of = [&](const person& who) {
    http_client client(server_.port());
    return client.request("GET", "/api/v1/me", {}, {{"Authorization", "Bearer " + who.token()}}).status;
  };
  http_client client(server_.port());
  for (int ready = 0; ready != 200;) {
    const int adas = status_of(ada), bobs = status_of(bob);
    EXPECT_TRUE(adas == 200 || adas == 503) << adas;
    EXPECT_TRUE(bobs == 401 || bobs == 503) << bobs;
    ready = client.request("GET", "/health/ready").status;
    EXPECT_TRUE(ready == 200 || ready == 503) << ready;
  }
  while (status_of(ada) == 503) std::this_thread::yield();
  EXPECT_EQ(status_of(ada), 200);
  EXPECT_EQ(status_of(bob), 401);
  EXPECT_EQ(messages_after(client, ada.token(), room, 0).size(), 1u);
  EXPECT_EQ(server_.stop(), 0);
  expect_verified(data_);
}

} // namespace
} // namespace palabre::testing

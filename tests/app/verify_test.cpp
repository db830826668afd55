// Damage to what is stored: `palabre verify` finds it and names the place, and the server does not start on it.

#include "damage.hpp"
#include "event_lines.hpp"
#include "history.hpp"
#include "person.hpp"
#include "running_server.hpp"

#include "app/store.hpp"
#include "projections/tables.hpp"
#include "storage/log_rows.hpp"
#include "storage/rocksdb_instance.hpp"
#include "storage/rocksdb_options.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace palabre::testing {
namespace {

constexpr std::size_t messages = 40;

/// A word that stands nowhere else and that no compression takes apart.
std::string word(std::size_t i) {
  std::uint64_t random = 0x9E3779B97F4A7C15ull * (i + 1);
  std::string text;
  for (int letter = 0; letter < 16; ++letter, random = random * 6364136223846793005ull + 1442695040888963407ull)
    text += static_cast<char>('A' + (random >> 33) % 26);
  return text;
}

/// A store of a conversation in one room, closed in order.
class Verify : public ::testing::Test {
protected:
  Verify() {
    for (std::size_t i = 0; i < messages; ++i) // words are sealed: what stands open is the client's own id
      ada_.post(messages_of(room_), R"({"body":"Hello","client_id":")" + word(i) + R"("})");
    EXPECT_EQ(server_.stop(), 0);
    events_ = read_events(data_);
  }

  std::string log() const { return app::log_directory(data_); }
  finished_program verify() const { return run_palabre({"verify", "--data", data_}); }
  finished_program serve() const { return run_palabre({"serve", "--data", data_, "--listen", "127.0.0.1:0"}); }

  /// Of the event with message `i`.
  std::uint64_t position_of(std::size_t i) const {
    const auto found = std::find_if(events_.begin(), events_.end(),
                                    [&](const auto& e) { return e.text.find(word(i)) != std::string::npos; });
    return found == events_.end() ? 0 : found->position;
  }
  /// Two starts: the first one moves everything from the WAL into files.
  void move_into_files() {
    server_.start();
    EXPECT_EQ(server_.stop(), 0);
  }
  void expect_sound() const {
    const auto ran = verify();
    EXPECT_EQ(ran.status, 0) << ran.complained;
    EXPECT_EQ(ran.complained, "");
    EXPECT_NE(ran.printed.find("log: " + std::to_string(events_.size()) + " records"), std::string::npos)
        << ran.printed;
  }
  /// The position that a failed verify named first; 0: it did not fail, or named none.
  std::uint64_t named_by_verify() const {
    const auto ran = verify();
    EXPECT_EQ(ran.status, 1) << ran.printed;
    return named_position(ran.complained);
  }

  running_server server_;
  const std::string data_ = server_.data();
  person ada_{server_, "ada"};
  const std::string room_ = ada_.make_room("Salon", R"(,"visibility":"public")");
  std::vector<event_line> events_;
};

TEST_F(Verify, FindsNothingWrongWithWhatIsAsItWas) {
  expect_sound();
  move_into_files();
  expect_sound();
}

TEST_F(Verify, ChangesNothing) {
  const auto before = contents_below(data_);
  expect_sound();
  EXPECT_EQ(contents_below(data_), before);
}

TEST_F(Verify, NamesTheRecordOfAByteFlippedInTheWal) {
  for (const std::size_t i : {std::size_t{0}, messages / 2, messages - 1}) {
    const flipped_byte damage(log(), ".log", word(i));
    ASSERT_TRUE(damage.found());
    EXPECT_EQ(named_by_verify(), position_of(i));
    const auto rest = run_palabre({"events", "--data", data_});
    EXPECT_EQ(rest.status, 1);
    EXPECT_EQ(parse_events(rest.printed).size(), position_of(i) - 1); // what lies before it can still be read
  }
  expect_sound(); // every byte was put back
}

TEST_F(Verify, NamesTheRecordOrTheOneReadTogetherWithItOfAByteFlippedInAFile) {
  move_into_files();
  for (const std::size_t i : {std::size_t{0}, messages / 2, messages - 1}) {
    const flipped_byte damage(log(), ".sst", word(i));
    ASSERT_TRUE(damage.found());
    const std::uint64_t named = named_by_verify();
    EXPECT_GE(named, 1u);
    EXPECT_LE(named, position_of(i));
    EXPECT_EQ(parse_events(run_palabre({"events", "--data", data_}).printed).size(), named - 1);
    EXPECT_EQ(serve().status, 1);
  }
  expect_sound();
}

TEST_F(Verify, TheServerDoesNotStartOnADamagedLogAndLeavesItAsItIs) {
  for (const std::size_t i : {messages / 2, messages - 1}) {
    const flipped_byte damage(log(), ".log", word(i));
    const auto before = contents_below(data_);
    const auto refused = serve();
    EXPECT_EQ(refused.status, 1);
    EXPECT_EQ(refused.printed, "");
    EXPECT_EQ(named_position(refused.complained), position_of(i)) << refused.complained;
    EXPECT_NE(refused.complained.find("nothing was changed"), std::string::npos) << refused.complained;
    EXPECT_NE(refused.complained.find("recover --accept-loss"), std::string::npos) << refused.complained;
    EXPECT_EQ(contents_below(data_), before);
  }
  server_.start();
  http_client client(server_.port());
  EXPECT_EQ(messages_after(client, ada_.token(), room_, 0).size(), messages);
}

TEST_F(Verify, RecoverGoesOnBeforeTheDamage) {
  const std::uint64_t lost = position_of(messages / 2);
  const std::string epoch = run_palabre({"verify", "--data", data_}).printed;
  flipped_byte damage(log(), ".log", word(messages / 2));
  damage.keep();
  const auto before = contents_below(data_);
  const auto warned = run_palabre({"recover", "--data", data_});
  EXPECT_EQ(warned.status, 2);
  EXPECT_NE(warned.complained.find("--accept-loss"), std::string::npos) << warned.complained;
  EXPECT_EQ(contents_below(data_), before);

  const auto recovered = run_palabre({"recover", "--data", data_, "--accept-loss"});
  EXPECT_EQ(recovered.status, 0) << recovered.complained;
  EXPECT_NE(recovered.printed.find("head " + std::to_string(lost - 1) + ','), std::string::npos) << recovered.printed;
  EXPECT_EQ(verify().status, 0);
  server_.start();
  http_client client(server_.port());
  EXPECT_EQ(messages_after(client, ada_.token(), room_, 0).size(), messages / 2);
  EXPECT_EQ(server_.stop(), 0);
  const auto verified = verify();
  EXPECT_EQ(verified.status, 0) << verified.complained;
  EXPECT_NE(verified.printed.find("views: "), std::string::npos);
}

// ---- Damage with valid checksums: what someone does who knows RocksDB

/// Opens one of the two stores as its owner does, and changes a row of it.
template <class Change>
void change_row(const std::string& directory, const rocksdb::DBOptions& options,
                const storage::rocksdb_instance::families& families, std::size_t family, Change&& change) {
  const auto opened = storage::rocksdb_instance::open(options, directory, families);
  ASSERT_TRUE(opened) << opened.error().context;
  change(opened.value()->db(), opened.value()->family(family));
}

TEST_F(Verify, NamesARecordThatWasRewritten) {
  for (const std::size_t i : {std::size_t{0}, messages / 2, messages - 1}) {
    const auto key = storage::key_of(position{position_of(i)});
    const rocksdb::Slice at(key.data(), key.size());
    const auto toggle = [&](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
      std::string row;
      ASSERT_TRUE(db.Get({}, family, at, &row).ok());
      const auto letter = row.find(word(i).substr(1));
      ASSERT_NE(letter, std::string::npos);
      row[letter - 1] = static_cast<char>(row[letter - 1] ^ 1);
      ASSERT_TRUE(db.Put(storage::synced_write(), family, at, row).ok());
    };
    const auto rewrite = [&] {
      change_row(log(), storage::log_options(), storage::log_families(), storage::family_log, toggle);
    };
    rewrite();
    const auto ran = verify();
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.complained.find("position " + std::to_string(position_of(i))), std::string::npos) << ran.complained;
    const auto refused = serve();
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(named_position(refused.complained), 0u) << refused.complained;
    rewrite(); // back
  }
  expect_sound();
}

TEST_F(Verify, NamesARecordThatIsMissing) {
  const auto key = storage::key_of(position{position_of(messages / 2)});
  change_row(log(), storage::log_options(), storage::log_families(), storage::family_log, [&](auto& db, auto* family) {
    ASSERT_TRUE(db.Delete(storage::synced_write(), family, {key.data(), key.size()}).ok());
  });
  EXPECT_EQ(named_by_verify(), position_of(messages / 2));
}

TEST_F(Verify, NamesTheReadModelThatIsNotWhatTheLogSays) {
  namespace tables = projections::tables;
  for (const storage::table t : {tables::messages, tables::rooms, tables::members, tables::users, tables::logins}) {
    std::string first_key, first_row;
    const auto change = [&](const std::string& row) {
      change_row(app::views_directory(data_), storage::views_options(), storage::views_families(tables::forms),
                 storage::views_family_tables + t, [&](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
                   const std::unique_ptr<rocksdb::Iterator> rows{db.NewIterator({}, family)};
                   rows->SeekToFirst();
                   ASSERT_TRUE(rows->Valid()) << tables::names[t];
                   first_key = rows->key().ToString();
                   first_row = rows->value().ToString();
                   ASSERT_TRUE(db.Put({}, family, first_key, row).ok());
                 });
    };
    change("tampered");
    const std::string original = first_row;
    const auto ran = verify();
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.complained.find("read model " + tables::names[t]), std::string::npos) << ran.complained;
    change(original);
    expect_sound();
  }
}

TEST_F(Verify, FindsDamageToTheFilesOfTheViewsAndTheServerComputesThemAnew) {
  flipped_byte damage(app::views_directory(data_), ".log", "Hello");
  ASSERT_TRUE(damage.found());
  damage.keep();
  const auto ran = verify();
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.complained.find("views"), std::string::npos) << ran.complained;
  server_.start();
  http_client client(server_.port());
  EXPECT_EQ(messages_after(client, ada_.token(), room_, 0).size(), messages);
  EXPECT_EQ(server_.stop(), 0);
  expect_sound();
}

// ---- Beside a live server

TEST_F(Verify, FindsNothingWrongBesideAServerThatWrites) {
  server_.start();
  std::atomic<bool> enough = false;
  std::thread writer([&] {
    http_client client(server_.port());
    const headers with{{"Content-Type", "application/json"}, {"Authorization", "Bearer " + ada_.token()}};
    while (!enough) client.request("POST", messages_of(room_), R"({"body":"more and more"})", with);
  });
  for (int i = 0; i < 10; ++i) {
    const auto ran = verify();
    EXPECT_EQ(ran.status, 0) << ran.complained;
  }
  enough = true;
  writer.join();
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_EQ(verify().status, 0);
}

} // namespace
} // namespace palabre::testing

// `palabre events`, `verify` and `stats` beside a server, and on what it left.

#include "event_lines.hpp"
#include "monday.hpp"
#include "person.hpp"
#include "running_tool.hpp"
#include "tampering.hpp"

#include "storage/log_rows.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* salon = "019b8d0f-0000-7000-8000-000000000100";

// ---- Following

class Following : public ::testing::Test {
protected:
  std::vector<std::string> follow(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"events", "--data", server_.data(), "--follow"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  running_server server_;
  person ada_{server_, "ada"};
  const std::string room_ = ada_.make_room("Salon");
};

TEST_F(Following, ShowsWhatIsWrittenInOrderAndNothingTwice) {
  running_tool followed(follow());
  std::uint64_t last = 0;
  const auto next = [&] {
    const auto line = followed.line();
    if (!line) throw std::runtime_error("it ended");
    const event_line event = parse_events(*line).front();
    EXPECT_EQ(event.position, ++last);
    return event;
  };
  for (int i = 0; i < 30; ++i) {
    const std::string words = "number " + std::to_string(i);
    ada_.say(room_, words);
    while (next().text.find(words) == std::string::npos) {
    }
  }
  followed.signal(SIGTERM);
  EXPECT_EQ(followed.line(), std::nullopt);
  EXPECT_EQ(followed.wait(), 0);
}

TEST_F(Following, OfARoomShowsOnlyThat) {
  const std::string other = ada_.make_room("Other");
  running_tool followed(follow({"--room", room_, "--type", "message.posted"}));
  for (int i = 0; i < 10; ++i) {
    ada_.say(other, "elsewhere");
    const std::string words = "number " + std::to_string(i);
    ada_.say(room_, words);
    const auto line = followed.line();
    ASSERT_TRUE(line);
    EXPECT_NE(line->find(words), std::string::npos) << *line;
  }
  followed.signal(SIGINT);
  EXPECT_EQ(followed.wait(), 0);
}

TEST_F(Following, GoesOnWhenTheServerIsStartedAnew) {
  running_tool followed(follow({"--type", "message.posted"}));
  ada_.say(room_, "before");
  EXPECT_NE(followed.line()->find("before"), std::string::npos);
  EXPECT_EQ(server_.stop(), 0);
  server_.start();
  http_client client(server_.port());
  client.request("POST", messages_of(room_), R"({"body":"after"})",
                 {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + ada_.token()}});
  EXPECT_NE(followed.line()->find("after"), std::string::npos);
}

TEST_F(Following, EndsWhenNobodyReadsOrItsTerminalGoesAndLeavesNothingBehind) {
  const std::pair<const char*, std::function<void(running_tool&)>> table[] = {
      {"nobody reads", [](running_tool& tool) { tool.stop_reading(); }},
      {"the terminal goes", [](running_tool& tool) { tool.signal(SIGHUP); }},
  };
  for (const auto& [what, happens] : table) {
    std::string own = (fs::temp_directory_path() / "palabre-alone-XXXXXX").string(); // other tests have readers, too
    ASSERT_NE(::mkdtemp(own.data()), nullptr);
    const char* const usual = std::getenv("TMPDIR");
    const std::string kept = usual ? usual : "";
    ::setenv("TMPDIR", own.c_str(), 1);
    running_tool followed(follow());
    usual ? ::setenv("TMPDIR", kept.c_str(), 1) : ::unsetenv("TMPDIR");
    EXPECT_TRUE(followed.line());
    EXPECT_FALSE(fs::is_empty(own)) << "it has a directory of its own while it runs";
    happens(followed);
    EXPECT_EQ(followed.wait(), 0) << what;
    EXPECT_TRUE(fs::is_empty(own)) << what;
    fs::remove_all(own);
  }
}

// ---- Filters

TEST(EventsOfARequest, AreThoseItAppended) {
  running_server server;
  person ada(server, "ada");
  const std::string room = ada.make_room("Salon");
  ada.say(room, "another");
  ada.say(room, "this one", {{"X-Request-ID", "audit-me"}});
  const auto found = read_events(server.data(), {"--request", "audit-me"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found.front().text.find("this one"), std::string::npos);
  EXPECT_NE(found.front().text.find(R"("correlation_id":"audit-me")"), std::string::npos);
}

TEST(EventsAbout, AreThoseThatNameAnId) {
  const monday morning;
  const std::string eve = "019b8d0f-0000-7000-8000-00000000000e", message = "019b8d0f-0000-7000-8000-000000000202";
  for (const std::string& id : {eve, message, std::string(salon)}) {
    std::string expected, found;
    for (const auto& event : read_events(morning.data()))
      if (event.text.find(id) != std::string::npos) expected += event.text + '\n';
    for (const auto& event : read_events(morning.data(), {"--about", id})) found += event.text + '\n';
    EXPECT_NE(expected, "");
    EXPECT_EQ(found, expected);
  }
}

TEST(EventsAfter, IsAPositionAlsoOfARoom) {
  const monday morning;
  for (const auto& all : {read_events(morning.data()), read_events(morning.data(), {"--room", salon})})
    for (const auto& event : all) EXPECT_LE(all.front().position, event.position);
  const auto room = read_events(morning.data(), {"--room", salon});
  const auto& middle = room[room.size() / 2];
  const auto behind = read_events(morning.data(), {"--room", salon, "--after", std::to_string(middle.position)});
  ASSERT_EQ(behind.size(), room.size() - room.size() / 2 - 1);
  EXPECT_EQ(behind.front().seq, middle.seq + 1);
}

// ---- Verify

class VerifySince : public ::testing::Test {
protected:
  finished_program verify(std::vector<std::string> more) const {
    more.insert(more.begin(), {"verify", "--data", morning_.data()});
    return run_palabre(std::move(more));
  }
  const monday morning_;
};

TEST_F(VerifySince, LooksAtWhatIsFromThereOn) {
  const auto all = read_events(morning_.data());
  for (const auto& event : all) {
    const auto ran = verify({"--since", std::to_string(event.position)});
    EXPECT_EQ(ran.status, 0) << ran.complained;
    const std::string says = "log: " + std::to_string(all.size() - event.position + 1) + " records in ";
    EXPECT_TRUE(ran.printed.starts_with(says)) << says << ran.printed;
    EXPECT_EQ(verify({"--since", event.at}).status, 0);
  }
  const auto of_time = verify({"--since", "2026-01-05T10:20:00Z"});
  EXPECT_TRUE(of_time.printed.starts_with("log: 3 records in 2 streams behind position")) << of_time.printed;
}

TEST_F(VerifySince, FindsThatTheLastRecordBeforeItIsAnother) {
  rewrite_record(morning_.data(), "safe opens", "door opens");
  const auto all = verify({"--log-only"});
  EXPECT_EQ(all.status, 1);
  const auto behind = verify({"--since", "2026-01-05T09:42:00Z"});
  EXPECT_EQ(behind.status, 1);
  EXPECT_EQ(behind.complained, all.complained);
}

TEST_F(VerifySince, IsAPositionOrATime) {
  EXPECT_EQ(verify({"--since", "monday"}).status, 2);
  EXPECT_EQ(verify({"--since", "1000000"}).status, 2);
  EXPECT_EQ(verify({"--since", "2099-01-01T00:00:00Z"}).status, 0);
}

TEST_F(VerifySince, LogOnlyLeavesTheViewsOut) {
  fs::remove_all(morning_.data() + "/views");
  EXPECT_NE(verify({}).printed.find("views: none yet"), std::string::npos);
  EXPECT_NE(verify({"--log-only"}).printed.find("views: not looked at"), std::string::npos);
}

TEST_F(VerifySince, AnIndexThatLeadsElsewhereIsNamed) {
  change_log(morning_.data(), storage::family_stream, [](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
    const std::unique_ptr<rocksdb::Iterator> rows{db.NewIterator({}, family)};
    rows->SeekToLast();
    ASSERT_TRUE(rows->Valid());
    const auto key = storage::key_of(position{1});
    ASSERT_TRUE(db.Put(storage::synced_write(), family, rows->key(), {key.data(), key.size()}).ok());
  });
  const auto ran = verify({});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.complained.find("the index of "), std::string::npos) << ran.complained;
}

/// A log with sealed words, whose keys are elsewhere.
class VerifyWithoutKeys : public ::testing::Test {
protected:
  VerifyWithoutKeys() {
    person ada(server_, "ada");
    const std::string room = ada.make_room("Salon");
    for (const char* words : {"one", "two", "three"}) ada.say(room, words);
    EXPECT_EQ(server_.stop(), 0);
    EXPECT_EQ(verify({"--log-only"}).status, 0);
    fs::remove_all(server_.data() + "/keys");
    fs::remove_all(server_.data() + "/secrets");
  }
  finished_program verify(std::vector<std::string> more) const {
    more.insert(more.begin(), {"verify", "--data", server_.data()});
    return run_palabre(std::move(more));
  }
  /// Another letter, in the middle of what the first message has sealed.
  void change_sealed_words() const {
    change_log(server_.data(), storage::family_log, [](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
      const std::unique_ptr<rocksdb::Iterator> rows{db.NewIterator({}, family)};
      for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
        std::string row = rows->value().ToString();
        const auto seal = row.find("\"sealed\":\"");
        if (seal == row.npos || row.find("message.posted") == row.npos) continue;
        char& letter = row[seal + 40];
        letter = letter == 'A' ? 'B' : 'A';
        ASSERT_TRUE(db.Put(storage::synced_write(), family, rows->key(), row).ok());
        return;
      }
      FAIL() << "no sealed message";
    });
  }
  running_server server_;
};

TEST_F(VerifyWithoutKeys, ProvesTheChainAndSaysWhatItDidNotRead) {
  EXPECT_EQ(verify({"--log-only"}).status, 1); // what is sealed cannot be read
  const auto ran = verify({"--without-keys"});
  EXPECT_EQ(ran.status, 0) << ran.complained;
  EXPECT_TRUE(std::regex_search(ran.printed, std::regex(", [1-9][0-9]* of them sealed and not read, chain whole")))
      << ran.printed;
  EXPECT_TRUE(ran.printed.ends_with("views: not looked at\nverified\n")) << ran.printed;
  EXPECT_EQ(verify({"--without-keys", "--since", "4"}).status, 0);
  EXPECT_EQ(verify({"--without-keys", "--keys", server_.data()}).status, 2);
}

TEST_F(VerifyWithoutKeys, LooksIntoNoFileOfTheirs) {
  fs::create_directories(server_.data() + "/keys");
  std::ofstream(server_.data() + "/keys/erased") << std::string(200, 'x');
  EXPECT_EQ(verify({"--without-keys"}).status, 0);
}

TEST_F(VerifyWithoutKeys, FindsWhatWasRewrittenUnderItsSeal) {
  change_sealed_words();
  const auto ran = verify({"--without-keys"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.complained.find("does not continue room:"), std::string::npos) << ran.complained;
}

// ---- Stats

TEST(Stats, CountWhatEventsPrints) {
  running_server server;
  person ada(server, "ada");
  const std::string room = ada.make_room("Salon");
  for (int i = 0; i < 7; ++i) ada.say(room, "words", {{"Idempotency-Key", "key-" + std::to_string(i)}});
  std::map<std::string, std::uint64_t> types;
  std::set<std::string> streams;
  const auto all = read_events(server.data());
  for (const auto& event : all) {
    ++types[event.type];
    streams.insert(event.stream);
  }
  const auto ran = run_palabre({"stats", "--data", server.data(), "--json"});
  ASSERT_EQ(ran.status, 0) << ran.complained;
  simdjson::dom::parser parser;
  const simdjson::dom::element stats = parser.parse(ran.printed);
  EXPECT_EQ(std::uint64_t(stats["events"]), all.size());
  EXPECT_EQ(std::uint64_t(stats["idempotency_keys"]), 7u);
  EXPECT_GT(std::uint64_t(stats["bytes"]), 100 * all.size());
  EXPECT_GT(std::uint64_t(stats["log_file_bytes"]), 0u);
  EXPECT_EQ(std::string_view(stats["oldest"]), all.front().at);
  std::uint64_t sum = 0;
  for (const simdjson::dom::element type : stats["by_type"].get_array()) {
    const std::string name{std::string_view(type["type"])};
    types[name] -= std::uint64_t(type["events"]);
  }
  for (const auto& [type, left] : types) EXPECT_EQ(left, 0u) << type;
  for (const simdjson::dom::element day : stats["by_day"].get_array()) sum += std::uint64_t(day["events"]);
  EXPECT_EQ(sum, all.size());
  sum = 0;
  for (const auto kind : stats["streams"].get_object()) sum += std::uint64_t(kind.value);
  EXPECT_EQ(sum, streams.size());
}

// ---- Replay

TEST(ReplayAsText, ShowsWhatTheJsonHas) {
  const monday morning;
  const auto replay = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"replay", "--data", morning.data(), "--room", salon});
    return run_palabre(std::move(more)).printed;
  };
  const std::string now = replay({"--text"}), then = replay({"--text", "--at", "2026-01-05T10:00:00Z"});
  EXPECT_NE(then.find("The safe opens with 4711."), std::string::npos) << then;
  EXPECT_EQ(now.find("4711"), std::string::npos) << now;
  EXPECT_NE(now.find("\"Salon of Monday\""), std::string::npos) << now;
  EXPECT_NE(now.find("members 2"), std::string::npos) << now;
  EXPECT_NE(then.find("members 3"), std::string::npos) << then;
}

} // namespace
} // namespace palabre::testing

#include "bench/load/log_filling.hpp"

#include "base/digest.hpp"
#include "bench/load/bare_iteration.hpp"
#include "bench/load/target.hpp"
#include "bench/scenarios/empty_start.hpp"
#include "bench/scenarios/log_reading.hpp"
#include "bench/scenarios/log_start.hpp"
#include "silence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>

namespace palabre::bench {
namespace {

using ::testing::Gt;
using ::testing::IsEmpty;

const auto nobody = [](double) {};
/// A data directory with keys, as a server leaves it, and an empty log.

struct data_directory {
  explicit data_directory(char key_letter = 'k') {
    namespace fs = std::filesystem;
    fs::create_directories(path + "/secrets");
    for (const char* name : {"/secrets/name.key", "/secrets/master.key"}) {
      std::ofstream(path + name) << to_base64url(std::string(32, key_letter)) << "\n";
      fs::permissions(path + name, fs::perms::owner_read | fs::perms::owner_write);
    }
  }
  temporary_directory root;
  const std::string path = root.path() + "/data";
};

/// What the log says about itself: types and how often, and the last hash of each stream.
struct contents {
  std::map<std::string, std::uint64_t, std::less<>> types;
  std::map<stream_id, sha256_digest> hashes;
  timestamp first, last;
};

contents contents_of(const std::string& data) {
  system_randomness random;
  const auto log = storage::event_log::open(data + "/log", storage::event_log::access::read_only, random);
  if (!log) throw std::runtime_error(log.error().context);
  contents found;
  const auto scanned = log.value()->scan({}, log.value()->head(), [&](const storage::committed_record& record) {
    if (found.types.empty()) found.first = record.view.time;
    ++found.types[std::string(record.view.type)];
    found.hashes[record.view.stream] = record.hash;
    found.last = record.view.time;
    return true;
  });
  if (!scanned) throw std::runtime_error(scanned.error().context);
  return found;
}

int palabre(std::vector<std::string> arguments, const std::string& data) {
  arguments.insert(arguments.begin(), PALABRE_BINARY);
  arguments.insert(arguments.end(), {"--data", data});
  return run_program(arguments, {}).exit_code;
}

TEST(FilledLog, IsVerifiedReplayedAndServed) {
  const data_directory data;
  const filled_log filled = fill_log(data.path, {.events = 5'000}, nobody);
  EXPECT_EQ(filled.events, 5'000u);
  EXPECT_EQ(palabre({"verify"}, data.path), 0);
  EXPECT_EQ(palabre({"replay", "--room", filled.biggest_room}, data.path), 0);
  own_server(PALABRE_BINARY, data.path, {}).stop();
  EXPECT_EQ(palabre({"verify"}, data.path), 0) << "with views";
}

TEST(FilledLog, HoldsWhatPeopleDo) {
  const data_directory data;
  const filled_log filled = fill_log(data.path, {.events = 10'000}, nobody);
  const contents found = contents_of(data.path);
  EXPECT_GT(found.types.at("message.posted"), 7'500u);
  for (const auto* type : {"reaction.added", "reaction.removed", "message.edited", "message.deleted", "member.joined",
                           "user.registered", "login.claimed", "room.created", "share_code.claimed", "session.opened"})
    EXPECT_THAT(found.types, ::testing::Contains(::testing::Pair(type, Gt(0u))));
  EXPECT_GT(filled.events_of_biggest_room, 3'000u);
  EXPECT_LT(filled.events_of_biggest_room, 7'000u);
  EXPECT_GT(found.last, found.first);
  EXPECT_LT(found.last, wall_clock().now());
}

TEST(FilledLog, IsTheSameForTheSameSeed) {
  const data_directory one, same, other;
  fill_log(one.path, {.events = 2'000, .seed = 7}, nobody);
  fill_log(same.path, {.events = 2'000, .seed = 7}, nobody);
  fill_log(other.path, {.events = 2'000, .seed = 8}, nobody);
  EXPECT_EQ(contents_of(one.path).hashes, contents_of(same.path).hashes);
  EXPECT_NE(contents_of(one.path).hashes, contents_of(other.path).hashes);
}

TEST(FilledLog, IsNotFilledTwice) {
  const data_directory data;
  fill_log(data.path, {.events = 1'000}, nobody);
  EXPECT_THROW(fill_log(data.path, {.events = 1'000}, nobody), std::runtime_error);
}

TEST(FilledLog, NeedsTheServersKey) {
  const temporary_directory empty;
  EXPECT_THROW(fill_log(empty.path(), {.events = 1'000}, nobody), std::runtime_error);
}

TEST(BareIteration, SeesEveryRecord) {
  const data_directory data;
  const filled_log filled = fill_log(data.path, {.events = 3'000}, nobody);
  const auto bare = iterate_log(data.path);
  EXPECT_EQ(bare.records, filled.events);
  EXPECT_EQ(bare.bytes, filled.bytes + 8 * filled.events); // with the positions
}

options one_run() {
  options how;
  how.binary = PALABRE_BINARY;
  how.runs = 1;
  return how;
}

TEST(LogScenarios, MeasureWithoutFailures) {
  const log_size small{.events = 3'000};
  const killed_server killed{.log = small, .posts = 100};
  for (const result& found : {measure_replay(one_run(), small, silence), measure_verify(one_run(), small, silence),
                              measure_rebuild(one_run(), small, silence), measure_restart(one_run(), killed, silence),
                              measure_start(one_run(), {.starts = 1}, silence)}) {
    ASSERT_EQ(found.runs.size(), 1u) << found.scenario;
    EXPECT_THAT(found.runs[0].failures, IsEmpty()) << found.scenario;
    for (const figure& each : found.runs[0].figures) EXPECT_GT(each.value, 0) << found.scenario << ": " << each.name;
  }
}

TEST(LogScenarios, AreNotAboutAServerElsewhere) {
  options how = one_run();
  how.url = "http://127.0.0.1:1";
  EXPECT_THROW(measure_verify(how, {}, silence), std::runtime_error);
}

} // namespace
} // namespace palabre::bench

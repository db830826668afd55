// `palabre archive`: what it moves, what still reads it, and what is said when it was taken away.

#include "damage.hpp"
#include "history.hpp"
#include "interrupted_program.hpp"
#include "stored_conversation.hpp"

#include "storage/log_archiver.hpp"

#include <fstream>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;

/// A room of which the conversation is long over, and enough after it.
class Archive : public StoredConversation {
protected:
  Archive() {
    server_.start();
    person bob(server_, "bob");
    const std::string other = bob.make_room("Elsewhere");
    http_client client(server_.port());
    const headers ada{{"Authorization", "Bearer " + ada_.token()}};
    EXPECT_EQ(client.request("DELETE", "/api/v1/rooms/" + room_, {}, ada).status / 100, 2);
    for (std::uint64_t i = 0; i < storage::archive_distance_min; ++i) bob.say(other, "later");
    EXPECT_EQ(server_.stop(), 0);
    before_ = printed(data_);
  }
  finished_program archive() const {
    return run_palabre({"archive", "--data", data_, "--before", "9999-01-01T00:00:00Z"});
  }
  std::string segment() const {
    for (const auto& file : fs::directory_iterator(data_ + "/archive"))
      if (file.path().extension() == ".segment") return file.path();
    return {};
  }
  std::string before_;
};

TEST_F(Archive, MovesAnArchivedRoomAndReadsThroughToIt) {
  const auto ran = archive();
  ASSERT_EQ(ran.status, 0) << ran.complained;
  EXPECT_NE(ran.printed.find(room_), std::string::npos) << ran.printed;
  EXPECT_NE(ran.printed.find("SHA-256"), std::string::npos) << ran.printed;
  EXPECT_NE(segment().find(room_), std::string::npos);
  EXPECT_TRUE(printed(data_) == before_);
  expect_verified(data_);
  fs::remove_all(data_ + "/views"); // computed anew, through the segment
  server_.start();
  http_client client(server_.port());
  EXPECT_EQ(messages_after(client, ada_.token(), room_, 0).size(), messages);
  EXPECT_EQ(server_.stop(), 0);
  expect_verified(data_);
  const auto again = archive();
  EXPECT_EQ(again.status, 0);
  EXPECT_NE(again.printed.find("archived: 0 events"), std::string::npos) << again.printed;
}

TEST_F(Archive, LeavesEverythingElseWhereItIs) {
  const std::string early = run_palabre({"archive", "--data", data_, "--before", events_.front().at}).printed;
  EXPECT_EQ(early, "archived: 0 events, 0 bytes\n");
  EXPECT_FALSE(fs::exists(data_ + "/archive"));
  EXPECT_EQ(run_palabre({"archive", "--data", data_, "--before", "soon"}).status, 2);
  EXPECT_EQ(run_palabre({"archive", "--data", at("none"), "--before", events_.front().at}).status, 1);
  EXPECT_FALSE(fs::exists(at("none")));
  server_.start();
  EXPECT_NE(archive().complained.find("in use"), std::string::npos);
  EXPECT_TRUE(server_.lives());
}

TEST_F(Archive, WithoutTheFileTheChainIsProvedAndWhoWantsTheEventsIsToldWhereTheyAre) {
  ASSERT_EQ(archive().status, 0);
  const std::string path = segment();
  fs::rename(path, at("away"));
  const auto verified = run_palabre({"verify", "--data", data_});
  EXPECT_EQ(verified.status, 0) << verified.complained;
  EXPECT_NE(verified.printed.find("are in segments that are not here"), std::string::npos) << verified.printed;
  const auto since = run_palabre({"verify", "--data", data_, "--since", events_.at(messages / 2).at});
  EXPECT_EQ(since.status, 0) << since.complained;
  EXPECT_NE(since.printed.find("are in segments that are not here"), std::string::npos) << since.printed;
  const auto behind = run_palabre({"verify", "--data", data_, "--since", std::to_string(events_.size())});
  EXPECT_EQ(behind.status, 0) << behind.complained;
  const auto counted = run_palabre({"stats", "--data", data_});
  EXPECT_EQ(counted.status, 0) << counted.complained;
  EXPECT_NE(counted.printed.find("events are in segments that are not here"), std::string::npos) << counted.printed;
  const auto again = archive();
  EXPECT_EQ(again.status, 0) << again.complained;
  EXPECT_NE(again.printed.find("archived: 0 events"), std::string::npos) << again.printed;
  for (const char* command : {"events", "export"}) {
    const auto ran = run_palabre({command, "--data", data_});
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.complained.find(path), std::string::npos) << ran.complained;
  }
  fs::rename(at("away"), path);
  EXPECT_TRUE(printed(data_) == before_);
}

TEST_F(Archive, VerifyHoldsEachSegmentAgainstItsSum) {
  ASSERT_EQ(archive().status, 0);
  const auto sound = run_palabre({"verify", "--data", data_});
  EXPECT_NE(sound.printed.find("archive: 1 segment what its sum says"), std::string::npos) << sound.printed;
  std::fstream file(segment(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-1, std::ios::end);
  const char last = static_cast<char>(file.get() ^ 1);
  file.seekp(-1, std::ios::end);
  file.put(last);
  file.close();
  const auto refused = run_palabre({"verify", "--data", data_});
  EXPECT_EQ(refused.status, 1) << refused.printed;
  EXPECT_NE(refused.complained.find(segment()), std::string::npos) << refused.complained;
}

TEST_F(Archive, GoesWithABackup) {
  ASSERT_EQ(archive().status, 0);
  expect_done({"backup", "--data", data_, "--to", at("backup"), "--verify"});
  expect_done({"restore", "--from", at("backup"), "--data", at("restored")});
  EXPECT_TRUE(printed(at("restored")) == before_);
  expect_done({"export", "--with-secrets", "--data", data_, "--to", at("lines")});
  expect_done({"import", "--data", at("imported"), "--from", at("lines")});
  EXPECT_TRUE(printed(at("imported")) == before_);
  EXPECT_FALSE(fs::exists(at("imported/archive"))) << "an import is whole by itself";
}

TEST_F(Archive, KilledAtAnyMomentLosesNothing) {
  fs::copy(data_, at("pristine"), fs::copy_options::recursive);
  const std::vector<std::string> command{"archive", "--data", data_, "--before", "9999-01-01T00:00:00Z"};
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(run_and_kill(command, std::chrono::minutes(1)));
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
  for (int part = 5; part < 100; part += 5) {
    fs::remove_all(data_);
    fs::copy(at("pristine"), data_, fs::copy_options::recursive);
    run_and_kill(command, whole * part / 100);
    ASSERT_TRUE(printed(data_) == before_) << part;
  }
  EXPECT_EQ(archive().status, 0);
  EXPECT_TRUE(printed(data_) == before_);
  expect_verified(data_);
}

} // namespace
} // namespace palabre::testing

// Backups, taken beside a server under load and of a stopped store, and what is made of them.

#include "damage.hpp"
#include "history.hpp"
#include "interrupted_program.hpp"
#include "posting_people.hpp"
#include "stored_conversation.hpp"

#include "app/backup.hpp"
#include "app/control_socket.hpp"
#include "storage/log_checkpoint.hpp"

#include <fstream>
#include <random>
#include <set>
#include <sstream>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;

class Backup : public StoredConversation {
protected:
  std::vector<std::string> backup_to(const std::string& name) const {
    return {"backup", "--data", data_, "--to", at(name) + "/", "--verify"};
  }
  std::vector<std::string> restore_from(const std::string& name, const std::string& to) const {
    return {"restore", "--from", at(name), "--data", at(to)};
  }
};

std::string epoch_of(const std::string& data) {
  const std::string printed = run_palabre({"verify", "--data", data}).printed;
  const auto found = printed.find("epoch ");
  return found == std::string::npos ? printed : printed.substr(found + 6, 8);
}

TEST_F(Backup, OfAStoppedStoreIsRestoredAsItWas) {
  expect_done(backup_to("backup"));
  expect_done(restore_from("backup", "restored"));
  EXPECT_TRUE(printed(at("restored")) == printed(data_));
  EXPECT_NE(epoch_of(at("restored")), epoch_of(data_)) << "clients would believe in positions that come again";
  serve_instead(at("restored"));
  http_client client(server_.port());
  EXPECT_EQ(messages_after(client, ada_.token(), room_, 0).size(), messages); // and her session is still hers
  const auto login = client.request("POST", "/api/v1/auth/login", R"({"login":"ada","password":"correct horse"})",
                                    {{"Content-Type", "application/json"}});
  EXPECT_EQ(login.status, 200) << login.body;
  EXPECT_EQ(server_.stop(), 0);
  expect_verified(data_);
}

TEST_F(Backup, HoldsNoKeysAndTheKeysAreForTheirOwnerOnly) {
  expect_done(backup_to("backup"));
  std::set<std::string> files;
  const std::string secret = contents_below(data_ + "/secrets").begin()->second;
  for (const auto& [path, bytes] : contents_below(at("backup"))) {
    files.insert(fs::path(path).lexically_relative(at("backup")).begin()->string());
    EXPECT_EQ(bytes.find(secret), std::string::npos) << path;
  }
  EXPECT_EQ(files, (std::set<std::string>{"log", "log.watermark", "manifest.json"}));
  EXPECT_EQ(contents_below(at("backup.keys") + "/secrets").size(), 3u);
  for (const auto& entry : fs::recursive_directory_iterator(at("backup.keys"))) {
    if (entry.path().filename() == "manifest.json") continue;
    EXPECT_EQ(entry.status().permissions(), entry.is_directory() ? fs::perms(0700) : fs::perms(0600)) << entry.path();
  }
  EXPECT_EQ(fs::status(at("backup.keys")).permissions(), fs::perms(0700));
}

TEST_F(Backup, ChangesNothingInTheStore) {
  const auto before = contents_below(data_);
  expect_done(backup_to("backup"));
  EXPECT_TRUE(contents_below(data_) == before);
}

TEST_F(Backup, IsADataDirectoryThatCanBeReadAndVerified) {
  expect_done(backup_to("backup"));
  const auto before = contents_below(at("backup"));
  EXPECT_TRUE(printed(at("backup")) == printed(data_));
  expect_verified(at("backup"));
  EXPECT_TRUE(contents_below(at("backup")) == before);
}

TEST_F(Backup, WritesOverNothing) {
  expect_done(backup_to("backup"));
  const auto before = contents_below(folder_);
  for (const auto& arguments : {backup_to("backup"), restore_from("backup", "backup")}) {
    const auto ran = run_palabre(arguments);
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.complained.find("nothing is written over"), std::string::npos) << ran.complained;
  }
  EXPECT_TRUE(contents_below(folder_) == before);
  fs::create_directory(at("empty"));
  expect_done(restore_from("backup", "empty"));
}

TEST_F(Backup, OfADamagedLogIsRefused) {
  const flipped_byte damage(data_ + "/log", ".log", word(messages / 2));
  ASSERT_TRUE(damage.found());
  expect_refused(backup_to("backup"), at("backup"), {"position ", "palabre recover"});
  EXPECT_FALSE(fs::exists(at("backup.keys")));
}

TEST_F(Backup, RestoresNothingOfADamagedOne) {
  expect_done(backup_to("backup"));
  std::size_t flipped = 0;
  for (const char* part : {"backup", "backup.keys"})
    for (const auto& [path, bytes] : contents_below(at(part))) {
      if (bytes.empty() || path.ends_with("manifest.json")) continue;
      if (path.ends_with("log.watermark")) continue; // it is not taken over
      std::string damaged = bytes;
      damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
      std::ofstream(path, std::ios::binary | std::ios::trunc) << damaged;
      expect_refused(restore_from("backup", "restored"), at("restored"), {path, "not what was backed up"});
      fs::remove(path);
      expect_refused(restore_from("backup", "restored"), at("restored"), {path, "missing"});
      std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
      ++flipped;
    }
  EXPECT_GE(flipped, 5u);
  expect_done(restore_from("backup", "restored"));
}

TEST_F(Backup, TheManifestMustBeTheOneOfTheLog) {
  expect_done(backup_to("backup"));
  const std::string path = at("backup/manifest.json");
  const std::string manifest = contents_below(at("backup")).at(path);
  const auto replaced = [&](const std::string& what, const std::string& by) {
    std::string text = manifest;
    const auto found = text.find(what);
    EXPECT_NE(found, std::string::npos) << what;
    return text.replace(found, what.size(), by);
  };
  const std::string head = R"("head": )" + std::to_string(events_.size());
  const struct {
    std::string manifest, says;
  } table[] = {
      {"", "not JSON"},
      {"{}", "format 0"},
      {replaced(R"("format": 1)", R"("format": 2)"), "format 2"},
      {replaced(R"("what": "log")", R"("what": "keys")"), "a backup of keys"},
      {replaced(head, R"("head": 3)"), "the manifest says 3"},
      {replaced(R"("head_hash": ")", R"("head_hash": "00)"), "not the one that the manifest names"},
      {replaced(R"({"path": "log/)", R"({"path": "../log/)"), "names a file outside"},
  };
  for (const auto& row : table) {
    std::ofstream(path, std::ios::trunc) << row.manifest;
    expect_refused(restore_from("backup", "restored"), at("restored"), {row.says});
  }
  fs::remove(path);
  expect_refused(restore_from("backup", "restored"), at("restored"), {"this is no backup"});
}

TEST_F(Backup, ByAProcessThatHoldsTheLogOpenIsTheSame) {
  system_randomness random;
  const auto log = storage::event_log::open(data_ + "/log", storage::event_log::access::read_write, random);
  ASSERT_TRUE(log) << log.error().context;
  const auto checkpoint = [&](const std::string&, const std::string& to) {
    return storage::checkpoint_log(*log.value(), to);
  };
  std::ostringstream out, errors;
  EXPECT_EQ(app::backup({data_, at("backup"), std::nullopt, true}, checkpoint, out, errors), 0) << errors.str();
  expect_done(restore_from("backup", "restored"));
  EXPECT_TRUE(printed(at("restored")) == printed(data_));
}

TEST_F(Backup, KeysThatAKilledRunLeftWithoutTheirLogAreNoneAndNoObstacle) {
  expect_done(backup_to("backup"));
  fs::rename(at("backup"), at("backup.partial")); // killed between the two names
  expect_refused(restore_from("backup", "restored"), at("restored"), {"this is no backup"});
  expect_done(backup_to("backup"));
  expect_done(restore_from("backup", "restored"));
  EXPECT_TRUE(fs::exists(at("restored/secrets/name.key")));
  EXPECT_TRUE(printed(at("restored")) == printed(data_));
}

TEST_F(Backup, KeysOfAnotherBackupAreNotTouched) {
  expect_done(backup_to("backup"));
  expect_done(backup_to("other"));
  fs::rename(at("backup"), at("moved"));
  fs::rename(at("other"), at("backup.partial")); // killed, of another run
  const auto before = contents_below(at("backup.keys"));
  const auto refused = run_palabre(backup_to("backup"));
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.complained.find("backup.keys is there already"), std::string::npos) << refused.complained;
  EXPECT_TRUE(contents_below(at("backup.keys")) == before);
}

TEST_F(Backup, GoesOnByItselfWhereTheServerCannotAndSaysWhy) {
  const struct {
    const char* says;
    app::control_handler does;
  } table[] = {
      {"the disk is someone else's",
       [](const app::control_arguments& arguments, const app::tell_control&) -> result<std::string> {
         fs::create_directories(arguments.at("to") + "/begun");
         return error{errc::io, "the disk is someone else's"};
       }},
      {"does not see the same directories",
       [](const app::control_arguments&, const app::tell_control&) { return result<std::string>("{}"); }},
  };
  for (const auto& row : table) {
    app::control_socket server;
    server.add("checkpoint", row.does);
    ASSERT_TRUE(server.start(data_));
    const auto ran = expect_done(backup_to("backup"));
    EXPECT_NE(ran.complained.find(row.says), std::string::npos) << ran.complained;
    expect_done(restore_from("backup", "restored"));
    EXPECT_TRUE(printed(at("restored")) == printed(data_));
    for (const char* name : {"backup", "backup.keys", "restored"}) fs::remove_all(at(name));
  }
}

TEST_F(Backup, WithoutKeysSaysWhereTheyBelong) {
  expect_done(backup_to("backup"));
  fs::rename(at("backup.keys"), at("elsewhere"));
  const auto ran = expect_done(restore_from("backup", "restored"));
  EXPECT_NE(ran.printed.find("name.key"), std::string::npos) << ran.printed;
  auto with_keys = restore_from("backup", "whole");
  with_keys.insert(with_keys.end(), {"--keys", at("elsewhere")});
  expect_done(with_keys);
  EXPECT_EQ(contents_below(at("whole/secrets")).size(), 3u);
}

TEST_F(Backup, TheListOfTheErasedIsReplacedByANewerOneOnly) {
  const auto write = [](const std::string& path, const std::string& bytes) { std::ofstream(path) << bytes; };
  write(data_ + "/keys/ring.new", "half of a ri");
  expect_done(backup_to("backup"));
  EXPECT_FALSE(fs::exists(at("backup.keys/keys/ring.new")));
  expect_done({"erase", "--data", data_, "--user", "ada", "--yes"});
  const std::string newest = contents_below(data_ + "/keys").at(data_ + "/keys/erased");
  expect_done(backup_to("later"));

  auto arguments = restore_from("later", "restored");
  arguments.insert(arguments.end(), {"--erasures", at("erased")});
  for (const std::string& other : {std::string{}, std::string(newest.size(), '?')}) {
    write(at("erased"), other);
    expect_refused(arguments, at("restored"), {at("erased")});
  }
  write(at("erased"), newest);
  arguments = restore_from("backup", "restored");
  arguments.insert(arguments.end(), {"--erasures", at("erased")});
  expect_done(arguments);
  const auto keys = contents_below(at("restored/keys"));
  EXPECT_EQ(keys.at(at("restored/keys/erased")), newest);
  const auto shown = run_palabre({"keys", "show", "--data", at("restored")});
  EXPECT_NE(shown.printed.find("erased: 1"), std::string::npos) << shown.printed << shown.complained;
  EXPECT_NE(shown.printed.find("keys: 0"), std::string::npos) << "her key came back: " << shown.printed;
}

TEST_F(Backup, KilledAtAnyMomentLeavesNothingThatCouldBeTakenForOne) {
  std::mt19937_64 random(std::random_device{}());
  std::size_t killed = 0, whole = 0;
  for (int round = 0; round < 25; ++round) {
    const bool cut = run_and_kill(backup_to("backup"), std::chrono::microseconds(random() % 150'000));
    killed += cut;
    if (fs::exists(at("backup"))) {
      expect_done(restore_from("backup", "restored"));
      EXPECT_TRUE(fs::exists(at("restored/secrets/name.key")));
      ++whole;
    }
    for (const char* name : {"backup", "backup.keys", "restored"}) fs::remove_all(at(name));
  }
  std::cout << killed << " killed, " << whole << " whole" << std::endl;
  EXPECT_GT(killed, 0u);
  expect_done(backup_to("backup")); // what the others left behind is no obstacle
  EXPECT_FALSE(fs::exists(at("backup.partial")));
}

TEST_F(Backup, ARestoreKilledAtAnyMomentLeavesNothingThatCouldBeTakenForAStore) {
  expect_done(backup_to("backup"));
  std::mt19937_64 random(std::random_device{}());
  for (int round = 0; round < 25; ++round) {
    run_and_kill(restore_from("backup", "restored"), std::chrono::microseconds(random() % 150'000));
    if (fs::exists(at("restored"))) {
      EXPECT_TRUE(printed(at("restored")) == printed(data_));
    }
    fs::remove_all(at("restored"));
  }
  expect_done(restore_from("backup", "restored"));
}

// ---- Under load

/// Every message of `acked` is an event of the store at its place, with its words.
void expect_holds(const std::string& data, const std::map<std::string, std::map<std::uint64_t, acked_message>>& acked) {
  std::map<std::pair<std::string, std::uint64_t>, std::string> stored;
  for (const auto& event : read_events(data, {"--type", "message.posted"}))
    stored[{event.stream, event.seq}] = event.text;
  for (const auto& [room, messages] : acked)
    for (const auto& [seq, message] : messages) {
      const std::string& text = stored[{room, seq}];
      ASSERT_NE(text.find(message.id), std::string::npos) << "acked and not in the backup: seq " << seq;
      ASSERT_NE(text.find(message.body), std::string::npos);
    }
}

TEST(BackupUnderLoad, HoldsEverythingThatWasAckedBeforeItBegan) {
  running_server server;
  posting_people people(server, 4, 3, 1);
  std::string folder = (fs::temp_directory_path() / "palabre-load-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  people.start(server.port());
  std::uint64_t acked_in_all = 0;
  for (int round = 0; round < 6; ++round) {
    people.wait_for_acks(300);
    std::map<std::string, std::map<std::uint64_t, acked_message>> acked;
    for (const std::string& room : people.rooms()) acked[room] = people.acked_in(room);
    acked_in_all = people.counts().acked;
    const std::string to = folder + "/" + std::to_string(round), restored = to + ".data";
    const auto taken = run_palabre({"backup", "--data", server.data(), "--to", to});
    ASSERT_EQ(taken.status, 0) << taken.complained;
    const auto put_back = run_palabre({"restore", "--from", to, "--data", restored});
    ASSERT_EQ(put_back.status, 0) << put_back.complained;
    expect_holds(restored, acked);
    const auto verified = run_palabre({"verify", "--data", restored});
    EXPECT_EQ(verified.status, 0) << verified.complained;
    if (::testing::Test::HasFatalFailure()) break;
  }
  server.kill();
  people.join();
  EXPECT_EQ(people.complaint(), "");
  std::cout << acked_in_all << " acked before the last of 6 backups" << std::endl;
  fs::remove_all(folder);
}

} // namespace
} // namespace palabre::testing

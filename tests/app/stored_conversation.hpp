#pragma once
// A store of a conversation in one room, closed in order, and a folder for what is made of it.

#include "event_lines.hpp"
#include "person.hpp"
#include "running_server.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace palabre::testing {

class StoredConversation : public ::testing::Test {
protected:
  static constexpr std::size_t messages = 40;

  StoredConversation() {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    for (std::size_t i = 0; i < messages; ++i) // what clients call a message is not sealed
      EXPECT_EQ(ada_.post(messages_of(room_), R"({"body":"Hello","client_id":")" + word(i) + R"("})").status, 201);
    EXPECT_EQ(server_.stop(), 0);
    events_ = read_events(data_);
  }
  ~StoredConversation() override { std::filesystem::remove_all(folder_); }

  /// A word that stands nowhere else and that no compression takes apart.
  static std::string word(std::size_t i) {
    std::uint64_t random = 0x9E3779B97F4A7C15ull * (i + 1);
    std::string text;
    for (int letter = 0; letter < 16; ++letter, random = random * 6364136223846793005ull + 1442695040888963407ull)
      text += static_cast<char>('A' + (random >> 33) % 26);
    return text;
  }
  /// A path in the folder.
  std::string at(const std::string& name) const { return folder_ + "/" + name; }
  /// Every event as it is printed, hashes included.
  std::string printed(const std::string& data) const {
    std::string all;
    for (const auto& event : read_events(data, keys_for(data))) all += event.text + '\n';
    return all;
  }
  void expect_verified(const std::string& data) const {
    std::vector<std::string> arguments{"verify", "--data", data};
    for (const std::string& each : keys_for(data)) arguments.push_back(each);
    const auto ran = run_palabre(arguments);
    EXPECT_EQ(ran.status, 0) << ran.complained;
  }
  /// Copies travel without their keys: those of the store are the same.
  std::vector<std::string> keys_for(const std::string& data) const {
    if (std::filesystem::exists(data + "/secrets/master.key")) return {};
    return {"--keys", data_};
  }
  static finished_program expect_done(const std::vector<std::string>& arguments) {
    auto ran = run_palabre(arguments);
    EXPECT_EQ(ran.status, 0) << ran.complained;
    return ran;
  }
  /// And that nothing was made: `target` is not there.
  static void expect_refused(const std::vector<std::string>& arguments, const std::string& target,
                             const std::vector<std::string>& says) {
    const auto ran = run_palabre(arguments);
    EXPECT_EQ(ran.status, 1) << ran.complained;
    EXPECT_EQ(ran.printed, "");
    for (const std::string& text : says)
      EXPECT_NE(ran.complained.find(text), std::string::npos) << text << " in " << ran.complained;
    EXPECT_FALSE(std::filesystem::exists(target)) << target;
    EXPECT_FALSE(std::filesystem::exists(target + ".partial")) << target;
  }
  /// The server goes on with another data directory in the place of its own.
  void serve_instead(const std::string& data) {
    std::filesystem::remove_all(data_);
    std::filesystem::rename(data, data_);
    server_.start();
  }

  running_server server_;
  const std::string data_ = server_.data();
  person ada_{server_, "ada"};
  const std::string room_ = ada_.make_room("Salon", R"(,"visibility":"public")");
  std::vector<event_line> events_;
  std::string folder_ = (std::filesystem::temp_directory_path() / "palabre-safe-XXXXXX").string();
};

} // namespace palabre::testing

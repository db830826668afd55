// The examples of docs/backup.md, one after the other, as a reader would try them: beside a server, then without it.

#include "stored_conversation.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;

/// The blocks between ```sh and ```.
std::vector<std::string> examples_of(const std::string& document) {
  std::ifstream file(document);
  std::vector<std::string> blocks;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "```sh")
      blocks.emplace_back(), inside = true;
    else if (line == "```")
      inside = false;
    else if (inside)
      blocks.back() += line + '\n';
  }
  return blocks;
}

class BackupDocument : public StoredConversation {
protected:
  BackupDocument() {
    fs::create_directory(at("bin"));
    fs::create_symlink(PALABRE_BINARY, at("bin/palabre"));
    fs::create_directory_symlink(data_, at("data"));
    fs::create_directory(at("backups"));
  }
  /// What it printed; both outputs are in the trace of a failure.
  std::string run(const std::string& example) const {
    std::ofstream(at("example")) << "set -eu\nPATH='" << at("bin") << "':$PATH\ncd '" << folder_ << "'\n" << example;
    const int status = std::system(("sh '" + at("example") + "' > '" + at("said") + "' 2>&1").c_str());
    std::ostringstream said;
    said << std::ifstream(at("said")).rdbuf();
    EXPECT_EQ(status, 0) << example << said.str();
    return said.str();
  }
};

TEST_F(BackupDocument, ItsExamplesWork) {
  const auto examples = examples_of(PALABRE_SOURCE_DIR "/docs/backup.md");
  ASSERT_GE(examples.size(), 6u);
  for (const bool live : {true, false}) {
    if (live) server_.start();
    for (const std::string& example : examples) {
      const bool wants_it_stopped =
          example.find("recover") != std::string::npos || example.starts_with("palabre archive");
      if (live && wants_it_stopped) continue;
      const std::string said = run(example);
      if (example.find("sha256sum") != std::string::npos) {
        EXPECT_NE(events_.front().text.find(said.substr(0, 64)), std::string::npos) << said;
      }
    }
    EXPECT_EQ(read_events(at("restored")).size(), events_.size());
    EXPECT_EQ(read_events(at("imported")).size(), events_.size());
    if (live) server_.stop();
    for (const char* made : {"backups/monday", "backups/monday.keys", "restored", "imported", "whole.jsonl"})
      fs::remove_all(at(made));
  }
}

} // namespace
} // namespace palabre::testing

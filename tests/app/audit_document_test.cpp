// docs/audit.md: every command that stands there prints what stands below it. With PALABRE_WRITE_DOCUMENT=1 in the
// environment what is printed is put there instead: read the difference.

#include "monday.hpp"
#include "running_server.hpp"
#include "tampering.hpp"

#include "app/secrets.hpp"
#include "http/tokens.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <vector>

namespace palabre::testing {
namespace {

constexpr std::string_view document = PALABRE_SOURCE_DIR "/docs/audit.md";

struct example {
  std::string command, output;
};

/// The commands of all fenced blocks of one kind, and the lines below each.
std::vector<example> examples_in(const std::string& kind) {
  std::ifstream file{std::string(document)};
  std::vector<example> found;
  bool is_inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```"))
      is_inside = !is_inside && line == "```" + kind;
    else if (is_inside && line.starts_with("$ "))
      found.push_back({line.substr(2), {}});
    else if (is_inside && !found.empty())
      found.back().output += line + '\n';
  }
  return found;
}

/// What a shell prints in the folder of the data directory, errors included. `settings`: variables, as "NAME=value ".
std::string run_in(const std::string& folder, const std::string& command, const std::string& settings = {}) {
  const std::string line = "cd '" + folder + "' && " + (settings.empty() ? "" : "export " + settings + " && ") +
                           "palabre() { '" PALABRE_BINARY "' \"$@\"; } && { " + command + "; } 2>&1";
  std::FILE* pipe = ::popen(line.c_str(), "r");
  std::string printed;
  char bytes[4096];
  for (std::size_t size; (size = std::fread(bytes, 1, sizeof bytes, pipe)) > 0;) printed.append(bytes, size);
  ::pclose(pipe);
  return printed;
}

/// Without what may change when nothing is wrong: the size of files.
std::string stable(const std::string& text) {
  static const std::regex files(R"([\d,]+ log, [\d,]+ views)");
  return std::regex_replace(text, files, "… log, … views");
}

void write_into_document(const example& e, const std::string& printed) {
  std::stringstream text;
  text << std::ifstream{std::string(document)}.rdbuf();
  std::string all = text.str();
  const std::string before = "$ " + e.command + '\n' + e.output;
  const auto at = all.find(before);
  ASSERT_NE(at, std::string::npos) << e.command;
  all.replace(at, before.size(), "$ " + e.command + '\n' + printed);
  std::ofstream{std::string(document)} << all;
}

void hold_against(const example& e, const std::string& printed) {
  if (std::getenv("PALABRE_WRITE_DOCUMENT") != nullptr && stable(printed) != stable(e.output))
    return write_into_document(e, printed);
  EXPECT_EQ(stable(printed), stable(e.output)) << "$ " << e.command;
}

void expect_as_printed(const monday& morning, const std::vector<example>& examples) {
  for (const example& e : examples) hold_against(e, run_in(morning.folder, e.command));
}

TEST(AuditDocument, ShowsWhatItsCommandsPrint) {
  const monday morning;
  const auto examples = examples_in("console");
  EXPECT_GE(examples.size(), 8u);
  expect_as_printed(morning, examples);
}

/// A server on Monday's log whose configuration makes Ada an administrator.
class served_monday {
public:
  served_monday() {
    EXPECT_EQ(server.stop(), 0); // it made the keys
    for (const auto& entry : std::filesystem::directory_iterator(server.data()))
      if (entry.path().filename() != "secrets" && entry.path().filename() != "keys")
        std::filesystem::remove_all(entry.path());
    std::filesystem::copy(morning.data(), server.data(), std::filesystem::copy_options::recursive);
    server.start();
  }
  std::string settings() const {
    system_randomness random;
    const wall_clock time;
    const auto secrets = app::load_secrets(server.data(), false, random).value();
    const http::access_claims ada{*user_id::parse("019b8d0f-0000-7000-8000-00000000000a"),
                                  session_id{random.next_id(time.now())},
                                  {time.now().ms + 600'000}};
    return "PALABRE=http://127.0.0.1:" + std::to_string(server.port()) +
           " TOKEN=" + http::token_authority(secrets.token_key, time).issue(ada);
  }

  const monday morning;
  running_server server{"[auth]\nadministrators = [\"ada\"]\n"};
};

TEST(AuditDocument, ShowsWhatAdministratorsGet) {
  const served_monday served;
  const auto examples = examples_in("console served");
  EXPECT_GE(examples.size(), 1u);
  for (const example& e : examples) {
    hold_against(e, run_in(served.morning.folder, e.command, served.settings()) + '\n');
  }
}

TEST(AuditDocument, ShowsWhatVerifySaysWhenARecordWasRewritten) {
  const monday morning;
  const auto examples = examples_in("console tampered");
  EXPECT_GE(examples.size(), 1u);
  rewrite_record(morning.data(), "opens with 4711", "opens with 4712");
  expect_as_printed(morning, examples);
}

TEST(AuditDocument, NamesEveryCommandOfTheTools) {
  std::ifstream file{std::string(document)};
  std::stringstream text;
  text << file.rdbuf();
  for (const char* command : {"palabre events", "palabre replay", "palabre diff", "palabre verify", "palabre stats",
                              "palabre user promote", "palabre user demote", "palabre user list"})
    EXPECT_NE(text.str().find(command), std::string::npos) << command;
}

TEST(AuditDocument, NothingThatItsCommandsPrintIsASecret) {
  const monday morning;
  for (const example& e : examples_in("console")) {
    const std::string printed = run_in(morning.folder, e.command);
    EXPECT_EQ(printed.find("ABCDEFGHJK"), std::string::npos) << e.command;
    EXPECT_EQ(printed.find("argon2id"), std::string::npos) << e.command;
  }
}

} // namespace
} // namespace palabre::testing

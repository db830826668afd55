// The settings of namespaces, and of the key that other systems sign with.
#include "foreign_backend.hpp"
#include "running_server.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;

finished_program checked(const std::string& toml) {
  const std::string path =
      (fs::temp_directory_path() / ("palabre-named-" + std::to_string(getpid()) + ".toml")).string();
  std::ofstream(path) << toml;
  auto ran = run_palabre({"config", "check", "--config", path});
  fs::remove(path);
  return ran;
}

TEST(NamespaceSettings, AreRefusedByName) {
  struct {
    std::string toml;
    std::vector<std::string> says;
  } const table[] = {
      {"[namespaces.room]", {"namespaces.room", "reserved"}},
      {"[namespaces.user]\npresence = true", {"namespaces.user", "reserved"}},
      {"[namespaces.\"a b\"]", {"namespaces.a b", "letters"}},
      {"[namespaces]\nchat = 1", {"namespaces.chat", "table"}},
      {"[namespaces.chat]\ncolour = 1", {"namespaces.chat.colour", "config show"}},
      {"[namespaces.chat]\nhistory_size = 10001", {"namespaces.chat.history_size", "10001", "0 to 10000"}},
      {"[namespaces.chat]\nhistory_ttl = \"31d\"", {"namespaces.chat.history_ttl", "31d", "1s to 30d"}},
      {"[namespaces.chat]\nsubscribe = \"subscribers\"",
       {"namespaces.chat.subscribe", "nobody, token, user or anyone"}},
      {"[namespaces.chat]\npublish = \"token\"", {"namespaces.chat.publish", "nobody, subscribers, user or anyone"}},
      {"[namespaces.chat]\npresence = 1", {"namespaces.chat.presence", "true or false"}},
      {"[namespaces.chat]\napi_key_sha256 = [\"secret\"]", {"namespaces.chat.api_key_sha256", "64 lower-case hex"}},
      {"[realtime]\ntoken_key_file = \"/none\"", {"realtime.token_key_file", "/none"}},
  };
  for (const auto& row : table) {
    const auto ran = checked(row.toml);
    EXPECT_EQ(ran.status, 2) << row.toml;
    for (const std::string& text : row.says) EXPECT_NE(ran.complained.find(text), std::string::npos) << ran.complained;
  }
  EXPECT_EQ(run_palabre({"config", "check", "--set", "namespaces.presence=true"}).status, 2);
}

TEST(NamespaceSettings, ComeFromEverywhereAndAreShown) {
  setenv("PALABRE_NAMESPACES__CHAT__HISTORY_SIZE", "7", 1);
  const auto shown = run_palabre({"config", "show", "--set", "namespaces.chat.publish=subscribers", "--set",
                                  "namespaces.a.b.api_key_sha256=" + std::string(64, 'a')});
  unsetenv("PALABRE_NAMESPACES__CHAT__HISTORY_SIZE");
  EXPECT_EQ(shown.status, 0) << shown.complained;
  for (const std::string line : {"namespaces.chat.history_size = 7\n", "namespaces.chat.publish = subscribers\n",
                                 "namespaces.chat.subscribe = token\n", "namespaces.chat.history_ttl = 5m\n"})
    EXPECT_NE(shown.printed.find(line), std::string::npos) << line;
  EXPECT_NE(shown.printed.find("namespaces.a.b.api_key_sha256 = aaaa"), std::string::npos);
}

TEST(NamespaceSettings, TheTokenKeyIsSecretAndLong) {
  const key_file file;
  const auto check = [&] { return run_palabre({"config", "check", "--set", "realtime.token_key_file=" + file.path}); };
  EXPECT_EQ(check().status, 0);
  fs::permissions(file.path, fs::perms(0640));
  EXPECT_NE(check().complained.find("chmod 600"), std::string::npos);
  fs::permissions(file.path, fs::perms(0600));
  std::ofstream(file.path) << token_key.substr(1) << '\n';
  EXPECT_NE(check().complained.find("less than 32 bytes"), std::string::npos);
}

} // namespace
} // namespace palabre::testing

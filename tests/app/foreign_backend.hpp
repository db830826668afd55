#pragma once
// Another system beside the server: its keys, and the tokens it signs.

#include "base/digest.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace palabre::testing {

inline const std::string token_key(32, 'k');
inline const std::string api_key(32, 'a'), other_key(32, 'b');

inline std::string hash_of(const std::string& key) {
  return to_hex(as_bytes(sha256(key)));
}

/// The file goes with the test.
struct key_file {
  key_file() { // 0600 from the start
    const int made = mkstemp(path.data());
    EXPECT_GE(made, 0);
    close(made);
    std::ofstream(path) << token_key << '\n';
  }
  ~key_file() { std::filesystem::remove(path); }
  std::string path = (std::filesystem::temp_directory_path() / "palabre-token-key-XXXXXX").string();
};

inline std::string signed_token(const std::string& payload) {
  const std::string body = to_base64url(R"({"alg":"HS256"})") + "." + to_base64url(payload);
  return body + "." + to_base64url(as_bytes(hmac_sha256(token_key, body)));
}

} // namespace palabre::testing

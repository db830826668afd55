#include "events/mentions.hpp"

#include <gtest/gtest.h>

namespace palabre::events {
namespace {

using mentions = std::vector<possible_mention>;

TEST(Mentions, AreLoginsBehindAnAt) {
  const struct {
    std::string_view text;
    mentions found;
  } cases[] = {
      {"", {}},
      {"ada", {}},
      {"@", {}},
      {"@ada", {{"ada"}}},
      {"@BOB-2 and @Ada", {{"ada"}, {"bob-2"}}},
      {"(@ada), \"@bob\"! @eve's", {{"ada"}, {"bob"}, {"eve"}}},
      {"@ada @ada @ADA", {{"ada"}}},
      {"ask @ada.", {{"ada", "ada."}}},
      {"ask @ada_.-", {{"ada_", "ada_.", "ada_.-"}}},
      {"@a.b....", {{"a.b", "a.b.", "a.b.."}}},
      {"你好@ada, é@bob", {{"ada"}, {"bob"}}},
      {"@ada\n@bob\t@eve", {{"ada"}, {"bob"}, {"eve"}}},
      {"@ab", {}},         // too short for a login
      {"@ab.", {{"ab."}}}, // but this is one
      {"@élodie", {}},     // none is written so
      {"@@ada", {}},
      {"ada@example.org", {}},
      {"a.@ada _@ada -@ada", {}},
      {"@ada@example.org", {}},
      {"https://example.org/@ada", {}},
      {"@abcdefghijklmnopqrstuvwxyz0123456", {}}, // 33 letters
      {"@abcdefghijklmnopqrstuvwxyz01234.!", {{"abcdefghijklmnopqrstuvwxyz01234", "abcdefghijklmnopqrstuvwxyz01234."}}},
      {"@abcdefghijklmnopqrstuvwxyz012345.", {{"abcdefghijklmnopqrstuvwxyz012345"}}},
  };
  for (const auto& each : cases) EXPECT_EQ(possible_mentions(each.text), each.found) << each.text;
}

} // namespace
} // namespace palabre::events

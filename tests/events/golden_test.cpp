// The bytes of every event type and schema version ever written. A line is added with a new version and never changed.

#include "golden_events.hpp"

#include "events/catalog.hpp"

#include <gtest/gtest.h>

#include <set>

namespace palabre::events {
namespace {

using testing::golden_event;
using testing::golden_events;

std::string stored_json(const any_event& event) {
  return std::visit(
      [](const auto& family) { return std::visit([](const auto& e) { return to_json(e, secrets::stored); }, family); },
      event);
}

TEST(GoldenEvents, AreReadAndTodaysAreWrittenTheSame) {
  for (const golden_event& e : golden_events()) {
    const auto event = decode_any(e.kind, e.type, e.schema, e.payload);
    ASSERT_TRUE(event) << e.type << ' ' << e.schema << ": " << event.error().context;
    const auto& types = all_types();
    const auto known = std::find_if(types.begin(), types.end(), [&](const auto& t) {
      return static_cast<char>(t.stream) == e.kind && t.type.name == e.type;
    });
    ASSERT_NE(known, types.end()) << e.kind << ' ' << e.type;
    if (known->type.schema == e.schema) {
      EXPECT_EQ(stored_json(event.value()), e.payload) << e.type;
    }
  }
}

TEST(GoldenEvents, HoldEveryVersionOfEveryType) {
  std::set<std::tuple<char, std::string, std::uint16_t>> held;
  for (const golden_event& e : golden_events()) held.emplace(e.kind, e.type, e.schema);
  for (const auto& t : all_types())
    for (std::uint16_t schema = 1; schema <= t.type.schema; ++schema)
      EXPECT_TRUE(held.contains({static_cast<char>(t.stream), std::string(t.type.name), schema}))
          << static_cast<char>(t.stream) << ' ' << t.type.name << ' ' << schema;
}

TEST(GoldenEvents, ShowNoSecret) {
  for (const golden_event& e : golden_events()) {
    const std::string shown = public_json(decode_any(e.kind, e.type, e.schema, e.payload).value(), words::shown);
    for (const char* secret : {"ABCDEFGHJK", "0123456789\"", "argon2id", "\"abc\"", "\"def\""})
      EXPECT_EQ(shown.find(secret), std::string::npos) << e.type << " shows " << secret;
  }
}

} // namespace
} // namespace palabre::events

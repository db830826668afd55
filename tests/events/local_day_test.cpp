#include "events/local_day.hpp"

#include <gtest/gtest.h>

namespace palabre::events {
namespace {

timestamp at(const char* text) {
  return parse_rfc3339(text).value();
}

TEST(LocalDay, IsThatOfThePlace) {
  struct row {
    const char *zone, *at, *begins, *ends;
  };
  const row rows[] = {
      {"UTC", "2026-11-22T23:59:59.999Z", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"},
      {"Europe/Paris", "2026-11-22T23:30:00Z", "2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z"},
      {"Europe/Paris", "2026-07-14T21:59:59.999Z", "2026-07-13T22:00:00Z", "2026-07-14T22:00:00Z"},
      {"Europe/Paris", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"}, // 23 hours
      {"Europe/Paris", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"}, // 25 hours
      {"Asia/Kolkata", "2026-11-22T18:30:00Z", "2026-11-22T18:30:00Z", "2026-11-23T18:30:00Z"},
      {"America/Los_Angeles", "2026-11-22T07:59:59Z", "2026-11-21T08:00:00Z", "2026-11-22T08:00:00Z"},
      {"Nowhere/Atall", "2026-11-22T12:00:00Z", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"},
  };
  for (const row& each : rows) {
    const day_bounds day = local_day(each.zone, at(each.at));
    EXPECT_EQ(to_rfc3339(day.begins), to_rfc3339(at(each.begins))) << each.zone << ' ' << each.at;
    EXPECT_EQ(to_rfc3339(day.ends), to_rfc3339(at(each.ends))) << each.zone << ' ' << each.at;
    EXPECT_TRUE(day.contains(at(each.at)));
    EXPECT_FALSE(day.contains(day.ends));
  }
}

TEST(LocalDay, KnowsWhichZonesThereAre) {
  for (const char* zone : {"UTC", "Europe/Paris", "America/Argentina/Buenos_Aires"}) EXPECT_TRUE(is_time_zone(zone));
  for (const char* zone : {"", "Paris", "Europe/Atlantis", "europe paris"}) EXPECT_FALSE(is_time_zone(zone)) << zone;
}

} // namespace
} // namespace palabre::events

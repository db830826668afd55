#include "events/local_day.hpp"

#include <unicode/gregocal.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <memory>
#include <optional>

namespace palabre::events {
namespace {

constexpr std::int64_t day_ms = 86'400'000;

std::unique_ptr<icu::TimeZone> zone_named(std::string_view name) {
  const auto text = icu::UnicodeString::fromUTF8({name.data(), static_cast<std::int32_t>(name.size())});
  return std::unique_ptr<icu::TimeZone>(icu::TimeZone::createTimeZone(text));
}

timestamp at_midnight(icu::Calendar& calendar, UErrorCode& failed) {
  for (const UCalendarDateFields field : {UCAL_HOUR_OF_DAY, UCAL_MINUTE, UCAL_SECOND, UCAL_MILLISECOND})
    calendar.set(field, 0);
  return {static_cast<std::int64_t>(calendar.getTime(failed))};
}

/// nullopt: there is no such zone.
std::optional<day_bounds> day_in(std::string_view zone, timestamp at) {
  const auto place = zone_named(zone);
  if (*place == icu::TimeZone::getUnknown()) return std::nullopt;
  UErrorCode failed = U_ZERO_ERROR;
  icu::GregorianCalendar calendar(*place, failed);
  calendar.setRepeatedWallTimeOption(UCAL_WALLTIME_FIRST); // where midnight comes twice, the day begins with the first
  calendar.setTime(static_cast<UDate>(at.ms), failed);
  const timestamp begins = at_midnight(calendar, failed);
  calendar.add(UCAL_DAY_OF_MONTH, 1, failed);
  const timestamp ends = at_midnight(calendar, failed);
  if (U_FAILURE(failed) != 0) return std::nullopt;
  return day_bounds{begins, ends};
}

} // namespace

bool is_time_zone(std::string_view name) {
  return *zone_named(name) != icu::TimeZone::getUnknown();
}

day_bounds local_day(std::string_view zone, timestamp at) {
  if (zone != "UTC")
    if (const auto day = day_in(zone, at)) return *day;
  const std::int64_t begins = utc_day(at) * day_ms;
  return {{begins}, {begins + day_ms}};
}

} // namespace palabre::events

#include "base/clock.hpp"

#include "base/assert.hpp"
#include "base/text_in_place.hpp"

#include <chrono>
#include <cstring>

namespace palabre {
namespace {

constexpr std::int64_t day_ms = 86'400'000;

/// Requires: below 100.
void put_two_digits(char* at, unsigned value) {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
}

/// Reads exactly `width` digits at `at`, or -1.
int digits(std::string_view text, std::size_t at, int width) {
  if (at + width > text.size()) return -1;
  int value = 0;
  for (int i = 0; i < width; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

} // namespace

std::int64_t utc_day(timestamp t) {
  return t.ms >= 0 ? t.ms / day_ms : (t.ms - day_ms + 1) / day_ms;
}

char* write_rfc3339(char* at, timestamp t) {
  PALABRE_ASSERT(has_rfc3339(t));
  using namespace std::chrono;
  const year_month_day date{sys_days{days{utc_day(t)}}};
  const auto rest = static_cast<unsigned>(t.ms % day_ms);
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  std::memcpy(at, "0000-00-00T00:00:00.000Z", rfc3339_bytes);
  put_two_digits(at, year / 100);
  put_two_digits(at + 2, year % 100);
  put_two_digits(at + 5, static_cast<unsigned>(date.month()));
  put_two_digits(at + 8, static_cast<unsigned>(date.day()));
  put_two_digits(at + 11, rest / 3'600'000);
  put_two_digits(at + 14, rest / 60'000 % 60);
  put_two_digits(at + 17, rest / 1000 % 60);
  put_two_digits(at + 20, rest % 1000 / 10);
  at[22] = static_cast<char>('0' + rest % 10);
  return at + rfc3339_bytes;
}

void append_rfc3339(std::string& out, timestamp t) {
  char text[rfc3339_bytes];
  write_rfc3339(text, t);
  out.append(text, rfc3339_bytes);
}

std::string to_rfc3339(timestamp t) {
  std::string text;
  append_rfc3339(text, t);
  return text;
}

std::optional<timestamp> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':')
    return std::nullopt;
  const int y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2), h = digits(text, 11, 2),
            mi = digits(text, 14, 2), s = digits(text, 17, 2);
  const year_month_day date{year{y}, month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
  if (y < 1970 || mo < 1 || d < 1 || !date.ok() || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 60)
    return std::nullopt;
  std::size_t at = 19;
  int fraction_ms = 0;
  if (text[at] == '.') {
    int unit = 100;
    std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
      fraction_ms += unit * (text[at] - '0');
    if (at == first || at - first > 9) return std::nullopt;
  }
  std::int64_t offset_min = 0;
  const std::string_view zone = text.substr(at);
  if (zone != "Z" && zone != "z") {
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
    const int oh = digits(zone, 1, 2), om = digits(zone, 4, 2);
    if (oh < 0 || oh > 23 || om < 0 || om > 59) return std::nullopt;
    offset_min = (zone[0] == '-' ? -1 : 1) * (oh * 60 + om);
  }
  const std::int64_t days_ms = sys_days{date}.time_since_epoch().count() * day_ms;
  const timestamp t{days_ms + ((h * 60LL + mi - offset_min) * 60 + s) * 1000 + fraction_ms};
  if (!has_rfc3339(t)) return std::nullopt;
  return t;
}

timestamp wall_clock::now() const {
  using namespace std::chrono;
  return {duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

} // namespace palabre

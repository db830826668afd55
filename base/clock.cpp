#include "base/clock.hpp"

#include "base/assert.hpp"

#include <chrono>

namespace palabre {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t year_10000_ms = 253'402'300'800'000;

void put_digits(char* at, int width, std::int64_t value) {
  for (int i = width - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
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

std::string to_rfc3339(timestamp t) {
  PALABRE_ASSERT(t.ms >= 0 && t.ms < year_10000_ms);
  using namespace std::chrono;
  const year_month_day date{sys_days{days{utc_day(t)}}};
  const std::int64_t rest = t.ms % day_ms;
  std::string text = "0000-00-00T00:00:00.000Z";
  put_digits(&text[0], 4, static_cast<int>(date.year()));
  put_digits(&text[5], 2, static_cast<unsigned>(date.month()));
  put_digits(&text[8], 2, static_cast<unsigned>(date.day()));
  put_digits(&text[11], 2, rest / 3'600'000);
  put_digits(&text[14], 2, rest / 60'000 % 60);
  put_digits(&text[17], 2, rest / 1000 % 60);
  put_digits(&text[20], 3, rest % 1000);
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
  if (t.ms < 0 || t.ms >= year_10000_ms) return std::nullopt;
  return t;
}

timestamp wall_clock::now() const {
  using namespace std::chrono;
  return {duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

} // namespace palabre

#include "bench/report/numbers.hpp"

#include <cmath>
#include <cstdio>

namespace palabre::bench {

int decimals_for(double value) {
  const double size = std::abs(value);
  if (!std::isfinite(size) || size >= 1'000 || size == 0) return 0;
  if (size >= 100) return 1;
  if (size >= 10) return 2;
  if (size >= 1) return 3;
  return std::min(9, 3 - static_cast<int>(std::floor(std::log10(size))));
}

std::string grouped(double value, int decimals) {
  if (!std::isfinite(value)) return "–";
  char digits[400]; // the greatest double has 309
  std::snprintf(digits, sizeof digits, "%.*f", decimals, std::abs(value));
  std::string text = digits;
  const auto point = text.find('.');
  auto at = point == std::string::npos ? text.size() : point;
  while (at > 3) text.insert(at -= 3, 1, ',');
  const bool is_zero = text.find_first_of("123456789") == std::string::npos;
  return value < 0 && !is_zero ? "−" + text : text;
}

std::string grouped(double value) {
  return grouped(value, value == std::floor(value) ? 0 : decimals_for(value));
}

std::string duration(double ns) {
  if (!std::isfinite(ns)) return "–";
  struct {
    double size;
    const char* name;
  } unit{1, " ns"};
  // 999.5 would be shown as 1,000 of the smaller unit
  if (ns >= 999.5) unit = {1e3, " µs"};
  if (ns >= 999.5e3) unit = {1e6, " ms"};
  if (ns >= 999.5e6) unit = {1e9, " s"};
  const double value = ns / unit.size;
  const int decimals = unit.size == 1 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return grouped(value, decimals) + unit.name;
}

std::string percent(double share) {
  const double value = share * 100;
  return grouped(value, std::abs(value) < 9.95 && value != 0 ? 1 : 0) + " %";
}

std::string change_in_percent(double share) {
  const auto text = percent(share);
  return share > 0 && text.find_first_of("123456789") != std::string::npos ? "+" + text : text;
}

std::string with_unit(std::string_view number, std::string_view unit) {
  std::string text(number);
  if (!unit.empty() && !unit.starts_with('/')) text += ' ';
  return text.append(unit);
}

} // namespace palabre::bench

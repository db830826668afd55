#pragma once
// Numbers as people read them: three or four digits that mean something, thousands with commas, units that fit.

#include <string>
#include <string_view>

namespace palabre::bench {

/// How many digits after the point a value of this size needs for about four in all.
int decimals_for(double value);
/// As "12,345.6"; "–" for what is no number.
std::string grouped(double value, int decimals);
/// With decimals_for(value), and none for a whole number.
std::string grouped(double value);

/// Nanoseconds as "812 ns", "41.2 µs", "3.40 ms" or "12.0 s".
std::string duration(double ns);
/// A share as "62 %" or "2.4 %".
std::string percent(double share);
/// The same with its sign, as "+2.4 %" or "−0.3 %".
std::string change_in_percent(double share);
/// A value with its unit, as "25,431/s", "41.2 µs" or "2.9 KB".
std::string with_unit(std::string_view number, std::string_view unit);

} // namespace palabre::bench

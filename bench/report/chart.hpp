#pragma once
#include "bench/report/axis.hpp"

#include <string>
#include <vector>

namespace palabre::bench {

struct point {
  double x, y; ///< NaN, or nothing on its axis: the line is broken here
};

/// A line of one run.
struct chart_line {
  std::string name; ///< shown when the pointer rests on it
  std::vector<point> points;
  bool failed = false; ///< drawn dashed: the run does not count
};

/// Lines of one meaning and one colour, those of all runs over each other.
struct chart_series {
  std::string name;
  int colour = 0; ///< 0..3, see the style's --series-0 …
  std::vector<chart_line> lines;
};

struct chart {
  std::string title;
  std::string description; ///< for those who do not see it
  axis x, y;
  std::string x_name;
  std::vector<chart_series> series;
  bool wide = false; ///< as wide as the page; else two stand beside each other
};

/// Inline SVG as wide as its surroundings, with a legend if there are several series. `id` makes its names unique in
/// the page.
std::string to_svg(const chart& c, const std::string& id);

/// A row of dots, one for each value, on a scale around their median that is the same for most: from -10 % to +10 %;
/// wider where the values need it, and then the ends say so.
std::string spread_strip(const std::vector<double>& values, const std::string& what);

} // namespace palabre::bench

#include "bench/report/chart.hpp"

#include "bench/report/html.hpp"
#include "bench/report/numbers.hpp"
#include "bench/report/spread.hpp"

#include <algorithm>
#include <cmath>

namespace palabre::bench {
namespace {

// In units that are about a pixel of a desktop's screen, so that letters are as large as those around the chart.
constexpr double height = 320;
constexpr double left = 64, right = 22, top = 34, bottom = 48; ///< around the plot

double chart_width(const chart& c) {
  return c.wide ? 1080 : 520;
}

double x_of(const chart& c, double value) {
  return left + c.x.place(value) * (chart_width(c) - left - right);
}

double y_of(const chart& c, double value) {
  return height - bottom - c.y.place(value) * (height - top - bottom);
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string attribute(std::string_view name, double value) {
  return std::string(name) + "=\"" + number(value) + "\" ";
}

std::string svg_line(double x1, double y1, double x2, double y2, std::string_view kind) {
  return "<line " + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) + attribute("y2", y2) + "class=\"" +
         std::string(kind) + "\"/>\n";
}

std::string svg_text(double x, double y, std::string_view anchor, std::string_view text) {
  return text_tag("text", attribute("x", x) + attribute("y", y) + "text-anchor=\"" + std::string(anchor) + "\"", text);
}

std::string grid(const chart& c) {
  const double width = chart_width(c);
  std::string whole;
  for (const auto& t : c.y.ticks()) {
    const double y = y_of(c, t.value);
    whole += svg_line(left, y, width - right, y, "grid") + svg_text(left - 8, y + 4, "end", t.label);
  }
  for (const auto& t : c.x.ticks()) {
    const double x = x_of(c, t.value);
    whole += svg_line(x, height - bottom, x, height - bottom + 5, "grid");
    whole += svg_text(x, height - bottom + 19, "middle", t.label);
  }
  return whole + svg_text(left + (width - left - right) / 2, height - 6, "middle", c.x_name);
}

/// The path of a line; what has no place interrupts it, and a point between two interruptions is a dot.
std::string path_of(const chart& c, const chart_line& line) {
  std::string path;
  bool pen_down = false;
  for (const auto& p : line.points) {
    const double x = x_of(c, p.x), y = y_of(c, p.y);
    const bool has_place = std::isfinite(x) && std::isfinite(y);
    if (has_place) path += (pen_down ? "L" : "M") + number(x) + " " + number(y) + (pen_down ? "" : "h0");
    pen_down = has_place;
  }
  return path;
}

std::string lines_of(const chart& c, const chart_series& of) {
  std::string whole;
  for (const auto& line : of.lines) {
    const auto path = path_of(c, line);
    if (path.empty()) continue;
    const std::string kind = line.failed ? "line failed" : "line";
    whole += tag("path", "class=\"" + kind + "\" d=\"" + path + "\"", text_tag("title", "", line.name));
  }
  return tag("g", "class=\"series-" + std::to_string(of.colour) + "\"", whole);
}

std::string legend(const chart& c) {
  std::string whole;
  if (c.series.size() < 2) return whole;
  double x = chart_width(c) - right;
  for (auto of = c.series.rbegin(); of != c.series.rend(); ++of) {
    x -= 6.8 * static_cast<double>(of->name.size()); // as wide as the letters of the style, roughly
    whole += svg_text(x, 14, "start", of->name);
    whole += tag("g", "class=\"series-" + std::to_string(of->colour) + "\"", svg_line(x - 24, 10, x - 6, 10, "key"));
    x -= 40;
  }
  return whole;
}

} // namespace

std::string to_svg(const chart& c, const std::string& id) {
  std::string inner = text_tag("title", "id=\"" + id + "-title\"", c.title);
  inner += text_tag("desc", "id=\"" + id + "-desc\"", c.description);
  inner += grid(c);
  for (const auto& of : c.series) inner += lines_of(c, of);
  inner += legend(c);
  return tag("svg",
             std::string("class=\"chart") + (c.wide ? " wide" : "") + "\" role=\"img\" viewBox=\"0 0 " +
                 number(chart_width(c)) + " " + number(height) + "\" aria-labelledby=\"" + id + "-title " + id +
                 "-desc\"",
             inner);
}

std::string spread_strip(const std::vector<double>& values, const std::string& what) {
  const auto over_runs = spread_of(values);
  if (over_runs.runs < 2 || over_runs.median == 0) return {};
  const double size = std::abs(over_runs.median);
  const double farthest = std::max(over_runs.highest - over_runs.median, over_runs.median - over_runs.lowest) / size;
  double scale = 0.1;
  for (const double wider : {0.25, 0.5, 1.0, 2.0, 5.0})
    if (farthest > scale) scale = wider;
  std::string inner = text_tag("title", "", what + " of each run, from −" + percent(scale) + " to +" + percent(scale));
  inner += svg_line(2, 10, 198, 10, "grid") + svg_line(100, 4, 100, 16, "grid");
  for (const double value : values) {
    const double at = 100 + 96 * std::clamp((value - over_runs.median) / size / scale, -1.0, 1.0);
    if (std::isfinite(at)) inner += "<circle " + attribute("cx", at) + "cy=\"10\" r=\"4\" class=\"dot\"/>\n";
  }
  inner += svg_text(2, 30, "start", "−" + percent(scale)) + svg_text(198, 30, "end", "+" + percent(scale));
  inner += svg_text(100, 30, "middle", "each run");
  return tag("svg", "class=\"strip\" role=\"img\" viewBox=\"0 0 200 34\"", inner);
}

} // namespace palabre::bench

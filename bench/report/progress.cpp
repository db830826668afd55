#include "bench/report/progress.hpp"

#include "bench/report/columns.hpp"
#include "bench/report/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <sys/ioctl.h>

namespace palabre::bench {
namespace {

using seconds = std::chrono::duration<double>;

constexpr std::chrono::milliseconds between_draws{100};
constexpr std::chrono::seconds between_lines{5};
constexpr std::size_t bar_width = 24;

std::string bar(double fraction) {
  const auto full = static_cast<std::size_t>(std::lround(fraction * static_cast<double>(bar_width)));
  std::string drawn;
  for (std::size_t i = 0; i < bar_width; ++i) drawn += i < full ? "█" : "░";
  return drawn;
}

/// As "0:07" or "1:02:03".
std::string minutes(seconds span) {
  const auto whole = static_cast<long>(std::lround(std::max(0.0, span.count())));
  char text[48];
  if (whole >= 3'600)
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", whole / 3'600, whole / 60 % 60, whole % 60);
  else
    std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
  return text;
}

std::string elapsed_and_left(seconds elapsed, double fraction) {
  const auto text = minutes(elapsed);
  if (fraction < 0.01 || fraction >= 1) return text;
  return text + ", " + minutes(elapsed / fraction * (1 - fraction)) + " left";
}

std::size_t terminal_width(std::FILE* out) {
  winsize size{};
  const bool known = ::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return std::min(line_width_max, known ? std::size_t{size.ws_col} - 1u : line_width_max);
}

} // namespace

progress::progress(std::FILE* out, bool is_terminal, clock now)
    : out_(out), is_terminal_(is_terminal), now_(std::move(now)), begun_(now_()), drawn_(begun_) {}

progress::~progress() {
  done();
}

void progress::run(std::size_t number, std::size_t of) {
  number_ = number;
  of_ = of;
}

void progress::phase(std::string name) {
  phase_ = std::move(name);
  text_.clear();
  fraction_ = 0;
  begun_ = now_();
  draw(true);
}

void progress::update(double fraction, std::string_view text) {
  fraction_ = std::isfinite(fraction) ? std::clamp(fraction, 0.0, 1.0) : 0;
  text_ = text;
  draw(false);
}

void progress::done() {
  if (!visible_) return;
  visible_ = false;
  std::fputs("\r\x1b[K", out_);
  std::fflush(out_);
}

std::string progress::line() const {
  std::string whole;
  if (of_) whole += "run " + std::to_string(number_) + " of " + std::to_string(of_) + "  ";
  whole += left_in(phase_, of_ ? 12 : 24) + "  " + bar(fraction_) + " " +
           right_in(grouped(100 * fraction_, 0) + " %", 5) + "  ";
  return whole + elapsed_and_left(drawn_ - begun_, fraction_) + (text_.empty() ? "" : "  ") + text_;
}

std::string progress::plain_line() const {
  std::string whole;
  if (of_) whole += "run " + std::to_string(number_) + " of " + std::to_string(of_) + ", ";
  whole += phase_;
  if (fraction_ > 0) whole += ", " + percent(fraction_) + " in " + minutes(drawn_ - begun_);
  return text_.empty() ? whole : whole + ": " + text_;
}

void progress::draw(bool at_once) {
  const auto now = now_();
  const time_point::duration pause = is_terminal_ ? time_point::duration(between_draws) : between_lines;
  if (!at_once && now - drawn_ < pause) return;
  drawn_ = now;
  if (is_terminal_)
    std::fprintf(out_, "\r%s\x1b[K", shortened(line(), terminal_width(out_)).c_str());
  else
    std::fprintf(out_, "%s\n", printable(plain_line()).c_str());
  std::fflush(out_);
  visible_ = is_terminal_;
}

std::string rate_and_p99(double per_second, double p99_ms) {
  return grouped(per_second, 0) + "/s, p99 " + duration(p99_ms * 1e6);
}

} // namespace palabre::bench

#include "bench/report/columns.hpp"

#include <algorithm>

namespace palabre::bench {
namespace {

bool continues_code_point(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::string spaces(std::string_view beside, std::size_t width) {
  const auto taken = width_of(beside);
  return std::string(width > taken ? width - taken : 0, ' ');
}

const char* code_of(colour c) {
  switch (c) {
  case colour::bold: return "\x1b[1m";
  case colour::dim: return "\x1b[2m";
  case colour::red: return "\x1b[1;31m";
  case colour::green: return "\x1b[32m";
  case colour::yellow: return "\x1b[33m";
  case colour::none: break;
  }
  return "";
}

} // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues_code_point(c); }));
}

std::string printable(std::string_view text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    const bool is_c1 = byte == 0xc2 && next >= 0x80 && next < 0xa0;
    clean += byte < 0x20 || byte == 0x7f || is_c1 ? '?' : text[i];
    i += is_c1;
  }
  return clean;
}

std::string shortened(std::string_view text, std::size_t width) {
  auto clean = printable(text);
  if (width_of(clean) <= width) return clean;
  if (width == 0) return {};
  std::size_t end = 0;
  for (std::size_t seen = 0; end < clean.size(); ++end)
    if (!continues_code_point(clean[end]) && seen++ == width - 1) break;
  return clean.substr(0, end) + "…";
}

std::string left_in(std::string_view text, std::size_t width) {
  auto cut = shortened(text, width);
  return cut + spaces(cut, width);
}

std::string right_in(std::string_view text, std::size_t width) {
  const auto cut = shortened(text, width);
  return spaces(cut, width) + cut;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  const auto clean = printable(text);
  for (std::size_t at = 0; at < clean.size();) {
    const auto end = std::min(clean.find(' ', at), clean.size());
    const auto word = shortened(std::string_view(clean).substr(at, end - at), width);
    const bool fits = !lines.empty() && width_of(lines.back()) + 1 + width_of(word) <= width;
    if (word.empty()) {
    } else if (fits) {
      lines.back() += " " + word;
    } else {
      lines.push_back(word);
    }
    at = end + 1;
  }
  return lines;
}

std::string coloured(std::string_view text, colour c, bool wanted) {
  if (!wanted || c == colour::none) return std::string(text);
  return std::string(code_of(c)).append(text) + "\x1b[0m";
}

std::string text_table::text(bool colours) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], width_of(printable(row[i])));
    }
  std::string whole;
  for (const auto& row : rows_) {
    std::string line = indent_;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += i == 0 ? left_in(row[i], widths[i]) : "  " + right_in(row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    whole += coloured(line, &row == &rows_.front() ? colour::dim : colour::none, colours) + "\n";
  }
  return whole;
}

} // namespace palabre::bench

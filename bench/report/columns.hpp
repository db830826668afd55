#pragma once
// Text for a terminal, in columns. A width is a number of code points, which is right for all that is shown here.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::bench {

constexpr std::size_t line_width_max = 100;

std::size_t width_of(std::string_view text);
/// Without control characters, which a terminal would obey: names come from files and command lines.
std::string printable(std::string_view text);
/// At most `width` wide, with "…" as its end if something was cut off.
std::string shortened(std::string_view text, std::size_t width);
std::string left_in(std::string_view text, std::size_t width);
std::string right_in(std::string_view text, std::size_t width);
/// Lines of at most `width`, broken at spaces; a longer word is shortened.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

enum class colour { none, bold, dim, red, green, yellow };
/// `text` in this colour, if colours are wanted.
std::string coloured(std::string_view text, colour c, bool wanted);

/// Rows of cells: the first column stands left, the others right.
class text_table {
public:
  explicit text_table(std::string indent) : indent_(std::move(indent)) {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// Each row ends with a newline. The first row is the head.
  std::string text(bool colours) const;

private:
  std::string indent_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace palabre::bench

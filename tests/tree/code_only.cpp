// Finds comments and literals the way the compiler does, so that no check stumbles over a brace in a string.
#include "sources.hpp"

#include <algorithm>
#include <cctype>

namespace palabre::tree {

namespace {

constexpr auto npos = std::string_view::npos;

/// The word that ends right before `at`; digit separators belong to it.
std::string_view word_before(std::string_view text, std::size_t at) {
  auto begin = at;
  while (begin > 0 && (is_word(text[begin - 1]) || text[begin - 1] == '\'')) --begin;
  return text.substr(begin, at - begin);
}

bool is_raw_prefix(std::string_view word) {
  return word == "R" || word == "u8R" || word == "uR" || word == "UR" || word == "LR";
}

/// A ' inside a number separates digits.
bool is_digit_separator(std::string_view text, std::size_t at) {
  const auto word = word_before(text, at);
  return !word.empty() && std::isdigit(static_cast<unsigned char>(word.front()));
}

std::size_t end_of_line_comment(std::string_view text, std::size_t at) {
  for (auto end = text.find('\n', at); end != npos; end = text.find('\n', end + 1))
    if (text[end - 1] != '\\') return end;
  return text.size();
}

std::size_t end_of_block_comment(std::string_view text, std::size_t at) {
  const auto end = text.find("*/", at + 2);
  return end == npos ? text.size() : end + 2;
}

std::size_t end_of_raw_string(std::string_view text, std::size_t quote) {
  const auto open = text.find('(', quote);
  if (open == npos) return text.size();
  const auto closing = ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
  const auto end = text.find(closing, open);
  return end == npos ? text.size() : end + closing.size();
}

std::size_t end_of_literal(std::string_view text, std::size_t quote) {
  auto at = quote + 1;
  while (at < text.size() && text[at] != text[quote] && text[at] != '\n') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

void blank(std::string& text, std::size_t begin, std::size_t end) {
  for (auto i = begin; i < end; ++i)
    if (text[i] != '\n') text[i] = ' ';
}

} // namespace

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

std::string code_only(std::string_view text) {
  std::string code(text);
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = text.substr(at);
    auto end = at + 1;
    if (rest.starts_with("//")) {
      blank(code, at, end = end_of_line_comment(text, at));
    } else if (rest.starts_with("/*")) {
      blank(code, at, end = end_of_block_comment(text, at));
    } else if (rest[0] == '"') {
      end = is_raw_prefix(word_before(text, at)) ? end_of_raw_string(text, at) : end_of_literal(text, at);
      blank(code, at + 1, end - 1);
    } else if (rest[0] == '\'' && !is_digit_separator(text, at)) {
      end = end_of_literal(text, at);
      blank(code, at + 1, end - 1);
    }
    at = end;
  }
  return code;
}

} // namespace palabre::tree

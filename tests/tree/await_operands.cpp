#include "await_operands.hpp"

#include "sources.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace palabre::tree {

namespace {

struct token {
  std::string_view text; ///< a word, or one character of punctuation
  std::size_t offset;
};

using token_list = std::vector<token>;

token_list tokens_of(std::string_view code) {
  token_list tokens;
  for (std::size_t at = 0; at < code.size();) {
    auto end = at + 1;
    if (is_word(code[at]))
      while (end < code.size() && is_word(code[end])) ++end;
    if (!std::isspace(static_cast<unsigned char>(code[at]))) tokens.push_back({code.substr(at, end - at), at});
    at = end;
  }
  return tokens;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::count(words, word) > 0;
}

/// A `[` subscripts what stands before it, when that is a value; otherwise a lambda (or an attribute) begins.
bool begins_lambda(const token_list& tokens, std::size_t at) {
  constexpr std::array<std::string_view, 6> no_values{"co_await", "co_return", "co_yield", "return", "case", "throw"};
  if (tokens[at].text != "[" || at == 0) return false;
  const auto before = tokens[at - 1].text;
  const bool after_value =
      is_word(before[0]) ? !is_one_of(before, no_values) : before == ")" || before == "]" || before == "\"";
  return !after_value;
}

bool is_await(const token_list& tokens, std::size_t at) {
  return tokens[at].text == "co_await" && (at == 0 || tokens[at - 1].text != "operator");
}

/// What is built in the operand of the co_await at `at`; empty: nothing.
std::string_view built_in_operand(const token_list& tokens, std::size_t at) {
  int depth = 0;
  for (auto i = at + 1; i < tokens.size(); ++i) {
    const auto text = tokens[i].text;
    if (text == "{") return "a brace in the operand of co_await: name it first";
    if (begins_lambda(tokens, i)) return "a lambda in the operand of co_await: name it first";
    if (text == "(" || text == "[") ++depth;
    if (text == ")" || text == "]" || text == "}") --depth;
    if (depth < 0 || text == ";") break;
  }
  return {};
}

/// Whether the parenthesis at `open` holds the condition of a statement; what follows its end is another statement.
bool opens_condition(const token_list& tokens, std::size_t open) {
  constexpr std::array<std::string_view, 5> heads{"if", "while", "for", "switch", "constexpr"};
  return open > 0 && is_one_of(tokens[open - 1].text, heads);
}

/// Follows the borders between statements.
class statement_borders {
public:
  /// Whether the token at `at` ends a statement. Requires: called for each token in order.
  bool pass(const token_list& tokens, std::size_t at) {
    const auto text = tokens[at].text;
    if (text == "(") conditions_.push_back(opens_condition(tokens, at));
    if (text == ")" && !conditions_.empty()) {
      const bool condition = conditions_.back();
      conditions_.pop_back();
      return condition;
    }
    return text == ";" || text == "{" || text == "}" || text == "else" || text == "do";
  }

private:
  std::vector<bool> conditions_; ///< one per open parenthesis
};

} // namespace

findings unsafe_awaits(const source& file) {
  const auto code = code_only(file.text);
  const auto tokens = tokens_of(code);
  statement_borders borders;
  findings unsafe;
  const auto report = [&](std::size_t at, std::string_view what) {
    unsafe.push_back(finding(file.path, line_at(code, tokens[at].offset), what));
  };
  int awaits = 0;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (borders.pass(tokens, at)) awaits = 0;
    if (!is_await(tokens, at)) continue;
    if (++awaits == 2) report(at, "a second co_await in one statement");
    if (const auto what = built_in_operand(tokens, at); !what.empty()) report(at, what);
  }
  return unsafe;
}

} // namespace palabre::tree

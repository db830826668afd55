#pragma once
// The files of this repository, as the checks of the tree read them.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::tree {

/// One file. `path` is relative to the root, with forward slashes.
struct source {
  std::string path;
  std::string text;
};

/// What a check has to say: each entry is "file:line: what is wrong".
using findings = std::vector<std::string>;

std::string finding(std::string_view path, std::size_t line, std::string_view what);

/// Paths of all files below `root`, sorted, without hidden folders, `build`, `data` and `node_modules`.
std::vector<std::string> file_paths(const std::filesystem::path& root);

/// The C++ files among them.
std::vector<source> cpp_sources(const std::filesystem::path& root);

/// `text` with every comment, string and character literal turned into blanks (a literal keeps its quotes), so that
/// what remains is code. Lines and offsets stay where they were.
std::string code_only(std::string_view text);
/// Whether it can be within a name or a number.
bool is_word(char c);

/// The number of the line, from 1, in which `offset` lies.
std::size_t line_at(std::string_view text, std::size_t offset);

} // namespace palabre::tree

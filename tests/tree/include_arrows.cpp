#include "include_arrows.hpp"

#include <algorithm>
#include <array>
#include <regex>

namespace palabre::tree {

namespace {

/// A folder, the folders it may include besides itself, and single headers of others.
struct row {
  std::string_view folder;
  std::vector<std::string_view> folders;
  std::vector<std::string_view> headers = {};
};

const std::array<row, 11> table{{
    {"base", {}},
    {"events", {"base"}},
    {"storage", {"base"}},
    {"projections", {"base", "events", "storage"}},
    {"actors", {"base", "events", "storage", "projections"}},
    {"search", {"base", "events", "storage"}},
    {"http", {"base", "events", "projections", "search"}, {"actors/protocol.hpp", "storage/record.hpp"}},
    {"bench", {"base", "events", "storage", "projections", "actors", "http"}},
    {"seed", {"base", "bench"}},
    {"app", {"base", "events", "storage", "projections", "actors", "search", "http", "bench", "seed"}},
    {"tests", {"base", "events", "storage", "projections", "actors", "search", "http", "app", "bench", "seed"}},
}};

std::string_view folder_of(std::string_view path) {
  const auto slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

const row* row_of(std::string_view folder) {
  const auto found = std::ranges::find(table, folder, &row::folder);
  return found == table.end() ? nullptr : &*found;
}

bool allows(const row& from, std::string_view header) {
  const auto folder = folder_of(header);
  return folder == from.folder || std::ranges::count(from.folders, folder) || std::ranges::count(from.headers, header);
}

/// Why `from` may not include `header`; empty when it may. A header of nobody's folder is a neighbour or a library's.
std::string objection(const row& from, std::string_view header) {
  if (header.starts_with("../") || header.find("/../") != std::string_view::npos)
    return "include " + std::string(header) + " from the root, not with ..";
  if (!row_of(folder_of(header)) || allows(from, header)) return {};
  return std::string(from.folder) + "/ may not include " + std::string(header);
}

} // namespace

findings wrong_includes(const source& file) {
  const auto* from = row_of(folder_of(file.path));
  if (!from) return {finding(file.path, 1, "C++ outside the folders of the architecture")};
  static const std::regex directive(R"re((^|\n)[ \t]*#[ \t]*include[ \t]*(["<]))re");
  const auto code = code_only(file.text);
  findings wrong;
  for (std::sregex_iterator it(code.begin(), code.end(), directive), end; it != end; ++it) {
    const auto begin = static_cast<std::size_t>(it->position(2)) + 1;
    const auto closing = file.text.find_first_of("\">\n", begin); // the name itself was blanked in `code`
    const auto header = std::string_view(file.text).substr(begin, closing - begin);
    if (auto why = objection(*from, header); !why.empty())
      wrong.push_back(finding(file.path, line_at(file.text, begin), why));
  }
  return wrong;
}

} // namespace palabre::tree

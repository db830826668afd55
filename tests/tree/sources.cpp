#include "sources.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace palabre::tree {

namespace fs = std::filesystem;

namespace {

bool is_skipped(const fs::path& directory) {
  const auto name = directory.filename().string();
  return name.starts_with('.') || name == "build" || name == "data" || name == "node_modules";
}

bool is_cpp(std::string_view path) {
  constexpr std::array<std::string_view, 6> endings{".cpp", ".hpp", ".cc", ".h", ".ipp", ".inl"};
  return std::ranges::any_of(endings, [&](std::string_view ending) { return path.ends_with(ending); });
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

std::string finding(std::string_view path, std::size_t line, std::string_view what) {
  return std::string(path) + ":" + std::to_string(line) + ": " + std::string(what);
}

std::vector<std::string> file_paths(const fs::path& root) {
  std::vector<std::string> paths;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    if (it->is_directory() && is_skipped(it->path()))
      it.disable_recursion_pending();
    else if (it->is_regular_file())
      paths.push_back(it->path().lexically_relative(root).generic_string());
  }
  std::ranges::sort(paths);
  return paths;
}

std::vector<source> cpp_sources(const fs::path& root) {
  std::vector<source> sources;
  for (auto& path : file_paths(root))
    if (is_cpp(path)) sources.push_back({path, read(root / path)});
  return sources;
}

std::size_t line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, offset), '\n'));
}

} // namespace palabre::tree

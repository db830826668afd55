#include "damage.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace palabre::testing {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

flipped_byte::flipped_byte(const std::string& folder, std::string_view ending, std::string_view text) {
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().extension() != ending) continue;
    const auto at = read_file(file.path()).find(text);
    if (at == std::string::npos) continue;
    file_ = file.path();
    at_ = at + text.size() - 1;
    flip();
    return;
  }
}

flipped_byte::~flipped_byte() {
  if (found()) flip();
}

void flipped_byte::flip() const {
  std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at_));
  const char byte = static_cast<char>(file.get() ^ 0x10);
  file.seekp(static_cast<std::streamoff>(at_));
  file.put(byte);
}

std::map<std::string, std::string> contents_below(const std::string& folder) {
  std::map<std::string, std::string> found;
  for (const auto& file : fs::recursive_directory_iterator(folder))
    if (file.is_regular_file()) found[file.path()] = read_file(file.path());
  return found;
}

std::uint64_t named_position(std::string_view complaint) {
  constexpr std::string_view before = "position ";
  const auto at = complaint.find(before);
  if (at == std::string_view::npos) return 0;
  std::uint64_t number = 0;
  for (const char digit : complaint.substr(at + before.size())) {
    if (digit < '0' || digit > '9') break;
    number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return number;
}

} // namespace palabre::testing

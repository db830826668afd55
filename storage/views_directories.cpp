#include "storage/views_directories.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

namespace palabre::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view first_name = "views";
constexpr std::string_view numbered_prefix = "views.";
constexpr const char* pointer_name = "/views.current";

/// "views" is 0, "views.7" is 7; nullopt: not a name of ours.
std::optional<std::uint64_t> number_of(std::string_view name) {
  if (name == first_name) return 0;
  if (!name.starts_with(numbered_prefix)) return std::nullopt;
  name.remove_prefix(numbered_prefix.size());
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (failed != std::errc{} || end != name.data() + name.size() || number == 0 || name.front() == '0')
    return std::nullopt;
  return number;
}

error failed_at(const std::string& path) {
  return {errc::io, path + ": " + std::strerror(errno)};
}

result<void> sync(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return failed_at(path);
  const bool synced = ::fsync(file) == 0;
  const error why = failed_at(path);
  ::close(file);
  if (!synced) return why;
  return success();
}

result<void> write_synced(const std::string& path, const std::string& text) {
  {
    std::ofstream file(path, std::ios::trunc);
    file << text << std::flush;
    if (!file) return failed_at(path);
  }
  return sync(path, O_RDONLY);
}

/// Names of directories of ours.
std::vector<std::string> names_in(const std::string& data) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator entry(data, failed), end; !failed && entry != end; entry.increment(failed))
    if (number_of(entry->path().filename().string())) names.push_back(entry->path().filename().string());
  return names;
}

} // namespace

std::string views_directories::current() const {
  std::string name;
  std::ifstream file(data_ + pointer_name);
  if (!std::getline(file, name) || !number_of(name)) name = first_name;
  return data_ + '/' + name;
}

std::string views_directories::unused() const {
  std::uint64_t greatest = *number_of(fs::path(current()).filename().string());
  for (const std::string& name : names_in(data_)) greatest = std::max(greatest, *number_of(name));
  return data_ + '/' + std::string(numbered_prefix) + std::to_string(greatest + 1);
}

result<void> views_directories::switch_to(const std::string& directory) const {
  const std::string pointer = data_ + pointer_name, written = pointer + ".new";
  PALABRE_TRY(write_synced(written, fs::path(directory).filename().string() + '\n'));
  if (::rename(written.c_str(), pointer.c_str()) != 0) return failed_at(pointer);
  return sync(data_, O_RDONLY | O_DIRECTORY);
}

void views_directories::remove_others() const {
  const std::string kept = fs::path(current()).filename().string();
  std::error_code ignored; // nothing rests on it; the next start tries again
  for (const std::string& name : names_in(data_))
    if (name != kept) fs::remove_all(data_ + '/' + name, ignored);
}

} // namespace palabre::storage

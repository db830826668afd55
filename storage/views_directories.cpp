#include "storage/views_directories.hpp"

#include "storage/synced_file.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

namespace palabre::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view first_name = "views";
constexpr std::string_view numbered_prefix = "views.";
constexpr const char* pointer_name = "views.current";

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
  std::ifstream file(data_ + '/' + pointer_name);
  if (!std::getline(file, name) || !number_of(name)) name = first_name;
  return data_ + '/' + name;
}

std::string views_directories::unused() const {
  std::uint64_t greatest = *number_of(fs::path(current()).filename().string());
  for (const std::string& name : names_in(data_)) greatest = std::max(greatest, *number_of(name));
  return data_ + '/' + std::string(numbered_prefix) + std::to_string(greatest + 1);
}

result<void> views_directories::switch_to(const std::string& directory) const {
  PALABRE_TRY(replace_file(data_, pointer_name, fs::path(directory).filename().string() + '\n'));
  return success();
}

void views_directories::remove_others() const {
  const std::string kept = fs::path(current()).filename().string();
  std::error_code ignored; // nothing rests on it; the next start tries again
  for (const std::string& name : names_in(data_))
    if (name != kept) fs::remove_all(data_ + '/' + name, ignored);
}

result<void> views_directories::keep_only(const std::string& directory) const {
  const std::string kept = fs::path(directory).filename().string();
  if (fs::path(current()).filename().string() != kept) {
    PALABRE_TRY(switch_to(directory));
  }
  std::error_code failed;
  for (const std::string& name : names_in(data_)) {
    if (name != kept) fs::remove_all(data_ + '/' + name, failed);
    if (failed) return error{errc::io, "cannot remove " + data_ + '/' + name + ": " + failed.message()};
  }
  return sync_directory(data_);
}

} // namespace palabre::storage

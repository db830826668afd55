#pragma once
// Small files that have to be there after a crash: replaced as a whole, or written and synced in place; and the names
// of directories.

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace palabre::storage {

/// An open file; closed with this object.
class file_handle {
public:
  file_handle() = default;
  explicit file_handle(int fd) : fd_(fd) {}
  ~file_handle();
  file_handle(file_handle&& other) noexcept;
  file_handle& operator=(file_handle&& other) noexcept;
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

private:
  int fd_ = -1;
};

/// nullopt: there is no such file. Errors: io.
result<std::optional<std::string>> read_whole(const std::string& path);
/// The same of a file that is open. Errors: io.
result<std::string> read_whole(const file_handle& file, const std::string& path);
/// Writes `bytes` at `offset`, all of them. Errors: io: some of them may be there.
result<void> write_at(const file_handle& file, std::string_view bytes, std::uint64_t offset, const std::string& path);
/// Errors: io: what is durable of it is not known.
result<void> sync_file(const file_handle& file, const std::string& path);
/// What lies behind `size` is gone, durably.
result<void> cut_file(const file_handle& file, std::uint64_t size, const std::string& path);
/// Makes a file durable by its name. Errors: io.
result<void> sync_path(const std::string& path);
/// Makes names in it durable. Errors: io.
result<void> sync_directory(const std::string& directory);
/// Makes a directory, mode 0700, and its name durable in the one above; false: it was there already. Errors: io.
result<bool> make_directory(const std::string& directory);
/// Written beside and renamed into its place, with file and directory synced: after a crash the old file is there, or
/// the new one. Answers the new one, open. Errors: io: the old file or the new one is there.
result<file_handle> replace_file(const std::string& directory, const std::string& name, std::string_view bytes);

} // namespace palabre::storage

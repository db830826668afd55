#include "storage/synced_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace palabre::storage {
namespace {

error failed(const std::string& what, const std::string& path) {
  return {errc::io, what + " " + path + ": " + std::strerror(errno)};
}

} // namespace

file_handle::~file_handle() {
  if (fd_ >= 0) ::close(fd_);
}

file_handle::file_handle(file_handle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

file_handle& file_handle::operator=(file_handle&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

result<std::optional<std::string>> read_whole(const std::string& path) {
  const file_handle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::optional<std::string>{};
  if (!file) return failed("cannot open", path);
  PALABRE_TRY(auto bytes, read_whole(file, path));
  return std::optional<std::string>{std::move(bytes)};
}

result<std::string> read_whole(const file_handle& file, const std::string& path) {
  std::string bytes;
  constexpr std::size_t step = 1024 * 1024;
  for (;;) {
    const std::size_t size = bytes.size();
    bytes.resize(size + step);
    const ssize_t got = ::pread(file.get(), bytes.data() + size, step, static_cast<off_t>(size));
    if (got < 0 && errno != EINTR) return failed("cannot read", path);
    bytes.resize(size + static_cast<std::size_t>(got < 0 ? 0 : got));
    if (got == 0) return bytes;
  }
}

result<void> write_at(const file_handle& file, std::string_view bytes, std::uint64_t offset, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed("cannot write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return success();
}

result<void> sync_file(const file_handle& file, const std::string& path) {
  if (::fsync(file.get()) != 0) return failed("cannot sync", path);
  return success();
}

result<void> cut_file(const file_handle& file, std::uint64_t size, const std::string& path) {
  if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0) return failed("cannot cut", path);
  return sync_file(file, path);
}

namespace {

result<void> sync_opened(const std::string& path, int flags) {
  const file_handle opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!opened) return failed("cannot open", path);
  return sync_file(opened, path);
}

} // namespace

result<void> sync_path(const std::string& path) {
  return sync_opened(path, 0);
}

result<void> sync_directory(const std::string& directory) {
  return sync_opened(directory, O_DIRECTORY);
}

result<bool> make_directory(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0) {
    if (errno != EEXIST) return failed("cannot make", directory);
    return false;
  }
  PALABRE_TRY(sync_directory(directory + "/.."));
  return true;
}

result<file_handle> replace_file(const std::string& directory, const std::string& name, std::string_view bytes) {
  const std::string path = directory + "/" + name, draft = path + ".new";
  file_handle file(::open(draft.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return failed("cannot make", draft);
  PALABRE_TRY(write_at(file, bytes, 0, draft));
  PALABRE_TRY(sync_file(file, draft));
  if (::rename(draft.c_str(), path.c_str()) != 0) return failed("cannot replace", path);
  PALABRE_TRY(sync_directory(directory));
  return file;
}

} // namespace palabre::storage

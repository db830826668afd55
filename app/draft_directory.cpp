#include "app/draft_directory.hpp"

#include "app/file_error.hpp"
#include "storage/synced_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace palabre::app {
namespace {

namespace fs = std::filesystem;

result<void> check_free(const std::string& path) {
  std::error_code ignored;
  const auto there = fs::symlink_status(path, ignored);
  if (!fs::exists(there)) return success();
  if (fs::is_directory(there) && fs::is_empty(path, ignored)) return success();
  return error{errc::conflict, path + " is there already, and nothing is written over; name another"};
}

result<void> clear(const std::string& directory) {
  std::error_code wrong;
  for (const auto& entry : fs::directory_iterator(directory, wrong)) {
    fs::remove_all(entry.path(), wrong);
    if (wrong) break;
  }
  if (wrong) return error{errc::io, directory + ": " + wrong.message()};
  return success();
}

} // namespace

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

result<void> sync_tree(const std::string& directory) {
  std::error_code wrong;
  for (const auto& entry : fs::recursive_directory_iterator(directory, wrong)) {
    PALABRE_TRY(storage::sync_path(entry.path()));
  }
  if (wrong) return error{errc::io, directory + ": " + wrong.message()};
  return storage::sync_directory(directory);
}

result<draft_directory> draft_directory::make(const std::string& path) {
  const std::string target = without_slash(path);
  PALABRE_TRY(check_free(target));
  const std::string draft = target + ".partial";
  if (::mkdir(draft.c_str(), 0700) != 0 && errno != EEXIST) return file_error("cannot make " + draft);
  const int lock = ::open(draft.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) return file_error("cannot open " + draft);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock);
    return error{errc::conflict, draft + " is being filled by another process"};
  }
  draft_directory made(target, lock);
  PALABRE_TRY(clear(draft));
  return made;
}

draft_directory::draft_directory(draft_directory&& other) noexcept
    : target_(std::move(other.target_)), lock_(std::exchange(other.lock_, -1)) {}

draft_directory::~draft_directory() {
  if (lock_ < 0) return;
  std::error_code ignored; // the next attempt clears it away
  fs::remove_all(path(), ignored);
  ::close(lock_);
}

result<void> draft_directory::publish() {
  PALABRE_TRY(sync_tree(path()));
  if (::rename(path().c_str(), target_.c_str()) != 0) { // an empty directory there gives way
    const errc code = errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR ? errc::conflict : errc::io;
    return error{code, target_ + ": " + std::strerror(errno)};
  }
  ::close(std::exchange(lock_, -1));
  return storage::sync_directory(fs::absolute(target_).parent_path());
}

} // namespace palabre::app

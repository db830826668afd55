#pragma once
#include "base/result.hpp"

#include <string>

namespace palabre::app {

/// A directory that comes into being as a whole: filled as PATH.partial, then synced and renamed. What ends before
/// publish(), killed or not, leaves nothing called PATH; the next make() of the same path clears it away.
/// Threads: one. Movable; what was moved from does nothing.
class draft_directory {
public:
  /// Makes PATH.partial, empty, mode 0700. Errors: conflict: PATH is there and not an empty directory, or another
  /// process is filling it; io.
  static result<draft_directory> make(const std::string& path);
  draft_directory(draft_directory&& other) noexcept;
  /// Removes what was not published.
  ~draft_directory();

  /// Where to put things: PATH.partial.
  std::string path() const { return target_ + ".partial"; }
  /// Syncs all files and directories below and gives the whole its name. Errors: io, conflict: PATH has come into
  /// being.
  result<void> publish();

private:
  draft_directory(std::string target, int lock) : target_(std::move(target)), lock_(lock) {}

  std::string target_;
  int lock_; ///< of the open directory; -1: published, or moved from
};

/// "backups/monday/" → "backups/monday": so that a sibling can be named by what is added.
std::string without_slash(std::string path);
/// Syncs every file and directory below `directory`, and itself. Errors: io.
result<void> sync_tree(const std::string& directory);

} // namespace palabre::app

#pragma once
// Which directory of a data directory holds the views. They are computed anew in another one, beside those in use, and
// a small file says which counts: replacing it is the switch, and all that a crash can leave is a directory too many.

#include "base/result.hpp"

#include <string>

namespace palabre::storage {

/// Threads: any, but one writer. Keeps nothing: every call looks at the disk.
class views_directories {
public:
  /// Of the data directory `data`: `views`, `views.1`, `views.2`, …, and the file `views.current`.
  explicit views_directories(std::string data) : data_(std::move(data)) {}

  /// The one that counts; `views` where nothing says otherwise. It need not exist.
  std::string current() const;
  /// One that does not exist yet.
  std::string unused() const;
  /// From now on, also after a crash or a power loss, `directory` counts. Requires: one of unused().
  /// Errors: io: the one before still does, unless only the last sync failed.
  result<void> switch_to(const std::string& directory) const;
  /// Removes what a rebuild left that was killed. Requires: no views but current() are in use.
  void remove_others() const;

  /// From now on `directory` counts, and no other of ours is there. Requires: no views but those are in use.
  /// Errors: io: some others may still be there.
  result<void> keep_only(const std::string& directory) const;

private:
  std::string data_;
};

} // namespace palabre::storage

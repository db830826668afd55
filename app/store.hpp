#pragma once
// A data directory opened for a command: DIR/log, the views, DIR/secrets.

#include "projections/belongings.hpp"
#include "projections/presence.hpp"
#include "projections/projector.hpp"
#include "projections/reading.hpp"
#include "projections/reports.hpp"
#include "projections/roster.hpp"
#include "projections/timeline.hpp"
#include "projections/users.hpp"
#include "storage/event_log.hpp"
#include "storage/views_directories.hpp"
#include "storage/views_store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace palabre::app {

/// Every projection there is, in the order in which they fold.
struct all_projections {
  projections::timeline timeline;
  projections::roster roster;
  projections::users users;
  projections::presence presence;
  projections::reading reading;
  projections::belongings belongings;
  projections::reports reports;

  std::vector<projections::projection*> list() {
    return {&timeline, &roster, &users, &presence, &reading, &belongings, &reports};
  }
};

inline std::string log_directory(const std::string& data) {
  return data + "/log";
}
/// Of the search, which is computed anew from the log where it is not there.
inline std::string search_directory(const std::string& data) {
  return data + "/search";
}
/// The one that counts now; a rebuild makes it another.
inline std::string views_directory(const std::string& data) {
  return storage::views_directories(data).current();
}

/// A views store in a directory of its own that goes when this goes: for folds that are compared or looked at, and not
/// kept. As views_store::begin makes it.
class temporary_views {
public:
  /// Errors: io.
  static result<std::unique_ptr<temporary_views>> make();
  ~temporary_views();
  storage::views_store& store() { return *store_; }

private:
  explicit temporary_views(std::string directory) : directory_(std::move(directory)) {}
  std::string directory_;
  std::unique_ptr<storage::views_store> store_;
};

} // namespace palabre::app

#pragma once
// Rows of tables that are being built, as sorted files which the store takes over as they are: no table in memory, no
// flush, half of the work of a write.

#include "storage/known_rows.hpp"
#include "storage/views_store_state.hpp"

#include <rocksdb/db.h>

namespace palabre::storage {

/// One file for each table that changed, taken over together. Threads: one; several of a store at a time if no table
/// is in two of them.
class row_files {
public:
  explicit row_files(const views_rows& into) : into_(into) {}

  /// Requires: `changed` is in order of keys, and `t` was not added yet. Errors: io.
  result<void> add(table t, const std::vector<known_rows::entry*>& changed);
  /// What was added is in the store, newer than all that was in it. Errors: io.
  result<void> take_over();

private:
  const views_rows& into_;
  std::vector<rocksdb::IngestExternalFileArg> files_;
};

} // namespace palabre::storage

#pragma once
// Rows of tables that are being built, as sorted files which the store takes over as they are: no table in memory, no
// flush, half of the work of a write.

#include "storage/table_changes.hpp"
#include "storage/views_store_state.hpp"

namespace palabre::storage {

/// Writes one file for each of `tables` that changed; they are in the store together, newer than all that was in it.
/// Threads: several of a store at a time if no table is changed by two of them. Errors: io.
result<void> write_row_files(const views_rows& into, std::vector<table_changes>& tables);

} // namespace palabre::storage

#pragma once
// The read models as rows, to be compared with a rebuild.

#include "memory_disk.hpp"

#include "storage/event_log.hpp"
#include "storage/views_store.hpp"

#include <functional>
#include <string>
#include <vector>

namespace palabre::trust {

using all_rows = std::vector<std::pair<std::string, std::string>>;

/// Every row of every table, table by table, each with its table's name before its key. Errors: io, corrupt.
result<all_rows> rows_of(const storage::views_store& views);

/// Opens the views on `disk`, lets them follow the log to its head, and hands them to `use`.
/// Errors: of the store, of the projector, or of `use`.
result<void> with_views(const storage::event_log& log, const std::shared_ptr<memory_disk>& disk,
                        const std::function<result<void>(storage::views_store&)>& use);

/// Folded anew from the first record, in an empty store. Errors: as the projector's.
result<all_rows> rebuilt_rows(const storage::event_log& log);
/// The same by fold_log, as `palabre rebuild` does it: several threads, on a real disk. Errors: as fold_log's.
result<all_rows> rows_folded_at_once(const storage::event_log& log);

/// Empty: they are the same. Otherwise which row is the first that is not.
std::string difference(const all_rows& are, const all_rows& should_be);

} // namespace palabre::trust

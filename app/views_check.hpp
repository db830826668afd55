#pragma once
#include "app/ending.hpp"

#include "storage/event_log.hpp"
#include "storage/views_store.hpp"

#include <ostream>

namespace palabre::app {

/// Computes the views anew in a temporary directory, up to where `views` are, and compares every row. Says in one line
/// on `out` what came of it. Memory: bounded by the settings of the two stores, whatever the log's length. Errors:
/// corrupt: the table and the key that differ; io; abandoned: the end was asked for.
result<void> check_views(const storage::event_log& log, const storage::views_store& views, const ending& end,
                         std::ostream& out);

} // namespace palabre::app

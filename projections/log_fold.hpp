#pragma once
// Folds a long stretch of the log into views that are being built: as fast as two cores can, with the same rows as the
// projector's.

#include "projections/projection.hpp"
#include "storage/event_log.hpp"

#include <functional>

namespace palabre::projections {

/// Of rows that change again before they are written, and of what people talk about, mostly what they have just said:
/// the more of it is known, the less is read and written.
inline constexpr std::size_t known_bytes_max = 64 * 1024 * 1024;

/// Folds the records after `after` up to `last`. This thread reads and decodes; the first projection (the timeline,
/// which has as much to do as all others together) folds on a thread of its own, the others on a second: no table has
/// two owners, so the rows come out as if one thread had folded all. What a thread has folded is written while it goes
/// on, about every `known_bytes` that the first knows, and a quarter of that for the second, whose rows change less.
/// Memory: some 450 MB for 10,000,000 events; what a longer stretch adds is a little for each file.
/// `tell`: from this thread, every few thousand records, how far all are; false: it is given up.
///
/// Requires: `into` was made by views_store::begin or begin_with, and nobody else changes it.
///
/// Errors: io, corrupt, from_the_future; abandoned: given up. `into` is worth nothing then.
result<void> fold_log(const storage::event_log& log, storage::views_store& into,
                      const std::vector<projection*>& projections, position after, position last,
                      const std::function<bool(position)>& tell, std::size_t known_bytes = known_bytes_max);

/// The same on this thread, onto views that are complete up to `after`: rows and checkpoint change together, about a
/// megabyte at a time. Errors: io, corrupt, from_the_future: they are complete up to their checkpoint.
result<void> fold_onto(const storage::event_log& log, storage::views_store& views,
                       const std::vector<projection*>& projections, position after, position last);

} // namespace palabre::projections

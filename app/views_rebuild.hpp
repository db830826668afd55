#pragma once
// Computing the views anew, all of them or those of one projection, beside the ones that are in use.

#include "app/store.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace palabre::app {

/// How far it is, in events of the log. False: give up, and leave things as they were.
using tell_rebuild = std::function<bool(std::uint64_t done, std::uint64_t total, std::string_view what)>;

/// Views that were computed in a directory of their own and are in use by nobody yet.
struct computed_views {
  std::string directory;
  std::string fingerprint;
  position at;              ///< what they are computed up to
  std::uint64_t folded = 0; ///< events that were read for it
};

/// Folds the log up to its head into a directory that did not exist. `only`: the name of one projection, whose tables
/// alone are computed; the others are those of `present`, which must be of this log and version; empty: all.
/// `present`: the views that there are, null without; their snapshots are kept, because each says itself what it is
/// worth. If it is killed, a directory that nothing refers to remains, and goes with the next start.
/// Errors: not_found: no such projection; conflict: `present` is not what one projection can be added to; abandoned: by
/// `tell`; those of folding.
result<computed_views> compute_views(const storage::event_log& log, const std::string& data, const std::string& only,
                                     const storage::views_store* present, const tell_rebuild& tell);

/// On a stopped server's directory: computes and switches. Errors: as above; io: also when a server runs.
result<computed_views> rebuild_stopped(const std::string& data, const std::string& only, const tell_rebuild& tell);

/// While a server runs: computes, catches up, and lets `projector` go on with the result, the old rows gone at the end.
/// Errors: as above; unavailable: the projector has stopped.
result<computed_views> rebuild_serving(const storage::event_log& log, const std::string& data, const std::string& only,
                                       storage::views_store& views, projections::projector& projector,
                                       const tell_rebuild& tell);

} // namespace palabre::app

#pragma once
// Looks through all of a log, also a damaged one, to say how much of it is whole.

#include "storage/event_log.hpp"

namespace palabre::storage {

struct log_findings {
  position whole;                   ///< the records 1 to this one can be read, and each continues its stream
  std::optional<std::string> found; ///< the first thing that is wrong, with its position where it has one
};

/// Reads every record and holds it against its predecessor and its rows in the indexes; what lies behind the first
/// damaged record is not looked at. Damage to an index alone leaves `whole` at the head: an index can be computed anew.
/// `tell`: called with each position, in order. Memory: one entry for each stream. Errors: io.
result<log_findings> survey(const event_log& log, const std::function<void(position)>& tell);

} // namespace palabre::storage

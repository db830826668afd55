#pragma once
#include "storage/event_log.hpp"

namespace palabre::storage {

/// Makes a copy of the log for the process that writes it, while it goes on writing: hard links, or copies where the
/// target is on another file system, so that it takes about as long as one flush. The copy holds every record up to the
/// head of now and perhaps some later ones; it has no watermark. It is durable only once the caller has synced it.
/// Requires: `log` is open for writing; `directory` is not there, its parent is.
/// Errors: io, corrupt; what was begun may be left.
/// Threads: any. Not to be called from the journal's thread, nor from one that must not block.
result<void> checkpoint_log(const event_log& log, const std::string& directory);

} // namespace palabre::storage

#pragma once
#include <string>

namespace palabre::app {

/// JSON lines on stderr, written by a thread of their own: {"time","level","logger","message"}; of the access log
/// {"time","level","logger","request":{…}}.
/// Queue when full: the oldest line is dropped.
void start_logging(const std::string& level, bool access_log);
/// Writes what is queued.
void stop_logging();

} // namespace palabre::app

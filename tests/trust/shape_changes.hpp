#pragma once
// An event type that changed its shape twice, and a log that holds all three; and a log from the future.

#include <string>

namespace palabre::trust {

/// Empty: records of every shape, among each other in one log, are read in today's.
std::string check_shape_changes();

/// Empty: whoever reads a record of an unknown type, version or kind of stream is told so, with position, type and
/// version; nothing is made of it.
std::string check_future();

} // namespace palabre::trust
